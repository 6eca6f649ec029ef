#include "wire/exponential.h"

/* With m bits of mantissa a code is 1, three bits of exponent, m bits; it means
 * (2^m + mantissa) << (exponent + 3). Values below 2^(m + 3) stand for themselves. */
enum { EXPONENT_BIAS = 3, EXPONENT_MAX = 7 };

static uint32_t decode(uint32_t code, uint32_t mantissa_bits)
{
    if (code < 1U << (mantissa_bits + EXPONENT_BIAS))
        return code;
    uint32_t mantissa = code & ((1U << mantissa_bits) - 1);
    uint32_t exponent = code >> mantissa_bits & EXPONENT_MAX;
    return (1U << mantissa_bits | mantissa) << (exponent + EXPONENT_BIAS);
}

static uint32_t encode(uint32_t value, uint32_t mantissa_bits)
{
    uint32_t implicit = 1U << mantissa_bits;
    uint32_t flag = implicit << EXPONENT_BIAS;
    uint32_t exponent = 0;

    if (value < flag)
        return value;
    while (value >> (exponent + EXPONENT_BIAS) >= 2 * implicit) {
        if (exponent++ == EXPONENT_MAX)
            return 2 * flag - 1;
    }
    uint32_t mantissa = value >> (exponent + EXPONENT_BIAS) & (implicit - 1);
    return flag | exponent << mantissa_bits | mantissa;
}

uint16_t mh_exponential8_decode(uint8_t code)
{
    return (uint16_t)decode(code, 4);
}

uint8_t mh_exponential8_encode(uint32_t value)
{
    return (uint8_t)encode(value, 4);
}

uint32_t mh_exponential16_decode(uint16_t code)
{
    return decode(code, 12);
}

uint16_t mh_exponential16_encode(uint32_t value)
{
    return (uint16_t)encode(value, 12);
}
