/* The codes of IGMPv3 and MLDv2 in which small values stand for themselves and large ones are a
 * mantissa and an exponent. An encoder gives the code of the largest value that is not above
 * the one asked for, at most the largest there is. */
#pragma once

#include <stdint.h>

/* Max Resp Code and QQIC of IGMPv3 (RFC 3376, sections 4.1.1 and 4.1.7), QQIC of MLDv2 (RFC
 * 3810, section 5.1.9). */
enum { MH_EXPONENTIAL8_MAX = 31744 };
uint16_t mh_exponential8_decode(uint8_t code);
uint8_t mh_exponential8_encode(uint32_t value);

/* Maximum Response Code of MLDv2 (RFC 3810, section 5.1.3). */
enum { MH_EXPONENTIAL16_MAX = 8387584 };
uint32_t mh_exponential16_decode(uint16_t code);
uint16_t mh_exponential16_encode(uint32_t value);
