#include "test.h"
#include "wire/exponential.h"

static void small_values_stand_for_themselves(void **state)
{
    (void)state;
    for (uint32_t value = 0; value < 128; value++) {
        assert_int_equal(mh_exponential8_decode((uint8_t)value), value);
        assert_int_equal(mh_exponential8_encode(value), value);
    }
    for (uint32_t value = 0; value < 32768; value++) {
        assert_int_equal(mh_exponential16_decode((uint16_t)value), value);
        assert_int_equal(mh_exponential16_encode(value), value);
    }
}

/* (mant | 0x10) << (exp + 3), (mant | 0x1000) << (exp + 3) */
static void decodes_as_the_rfcs_say(void **state)
{
    (void)state;
    assert_int_equal(mh_exponential8_decode(0x80), 128);
    assert_int_equal(mh_exponential8_decode(0x8a), 208);
    assert_int_equal(mh_exponential8_decode(0xb5), (0x15) << 6);
    assert_int_equal(mh_exponential8_decode(0xff), MH_EXPONENTIAL8_MAX);
    assert_int_equal(mh_exponential16_decode(0x8000), 32768);
    assert_int_equal(mh_exponential16_decode(0x9abc), 0x1abc << 4);
    assert_int_equal(mh_exponential16_decode(0xffff), MH_EXPONENTIAL16_MAX);
}

static void every_code_survives_the_round_trip(void **state)
{
    (void)state;
    for (uint32_t code = 0; code <= UINT8_MAX; code++)
        assert_int_equal(mh_exponential8_encode(mh_exponential8_decode((uint8_t)code)), code);
    for (uint32_t code = 0; code <= UINT16_MAX; code++)
        assert_int_equal(
            mh_exponential16_encode(mh_exponential16_decode((uint16_t)code)), code);
}

static void encodes_the_largest_value_not_above(void **state)
{
    (void)state;
    for (uint32_t value = 0; value <= MH_EXPONENTIAL8_MAX; value++) {
        uint8_t code = mh_exponential8_encode(value);
        assert_true(mh_exponential8_decode(code) <= value);
        assert_true(code == UINT8_MAX || mh_exponential8_decode((uint8_t)(code + 1)) > value);
    }
    for (uint32_t value = 0; value <= MH_EXPONENTIAL16_MAX; value += 7) {
        uint16_t code = mh_exponential16_encode(value);
        assert_true(mh_exponential16_decode(code) <= value);
        assert_true(
            code == UINT16_MAX || mh_exponential16_decode((uint16_t)(code + 1)) > value);
    }
}

static void larger_values_become_the_largest_code(void **state)
{
    (void)state;
    assert_int_equal(mh_exponential8_encode(MH_EXPONENTIAL8_MAX + 1), 0xff);
    assert_int_equal(mh_exponential8_encode(UINT32_MAX), 0xff);
    assert_int_equal(mh_exponential16_encode(MH_EXPONENTIAL16_MAX + 1), 0xffff);
    assert_int_equal(mh_exponential16_encode(UINT32_MAX), 0xffff);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_values_stand_for_themselves),
        cmocka_unit_test(decodes_as_the_rfcs_say),
        cmocka_unit_test(every_code_survives_the_round_trip),
        cmocka_unit_test(encodes_the_largest_value_not_above),
        cmocka_unit_test(larger_values_become_the_largest_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
