#include "fuzz.h"
#include "traffic/probe.h"

enum { BITS = 8, WHOSE_SIZE = 8, CONTROL_SIZE = 36, RUN = 0x12345678 }; /* the corpus's */

static const uint64_t arrival_ns = 1700000000123456789;

/* What stands in any bytes is no probe unless it says so, and intact only in its own length. */
static void check_any(const uint8_t *data, size_t size)
{
    struct mh_probe probe;
    enum mh_probe_verdict verdict = mh_probe_parse(data, size, RUN, arrival_ns, &probe);

    assert(size >= MH_PROBE_SIZE_MIN || verdict == MH_PROBE_NONE);
    assert(verdict != MH_PROBE_INTACT || probe.length == size);
    assert(verdict == MH_PROBE_NONE || probe.of.run == RUN);
    assert(mh_probe_recognise(data, size, RUN, arrival_ns, &probe) ==
           (mh_probe_is_short(size) ? verdict == MH_PROBE_INTACT : verdict != MH_PROBE_NONE));
}

static uint64_t take_number(struct mh_reader *reader)
{
    uint64_t high = mh_read_u32(reader);

    return high << 32 | mh_read_u32(reader);
}

static void check_same(const struct mh_probe *a, const struct mh_probe *b)
{
    assert(a->of.run == b->of.run && a->of.flow == b->of.flow);
    assert(a->length == b->length && a->number == b->number && a->time_ns == b->time_ns);
}

/* As large as the probe, so that a sanitizer sees a step beyond. */
static enum mh_probe_verdict parse_exact(const uint8_t *bytes, size_t length,
    const struct mh_probe *made, struct mh_probe *ret_probe)
{
    uint8_t *exact = malloc(length > 0 ? length : 1);

    assert(exact);
    memcpy(exact, bytes, length);
    enum mh_probe_verdict verdict =
        mh_probe_parse(exact, length, made->of.run, made->time_ns, ret_probe);
    free(exact);
    return verdict;
}

/* Cut, and with any of its bits turned over. */
static void check_damage(
    uint8_t *bytes, const struct mh_probe *made, uint32_t cut, uint32_t bit)
{
    struct mh_probe parsed;
    size_t length = made->length;
    size_t left = cut % length;
    size_t at = bit / BITS % length;

    assert(parse_exact(bytes, left, made, &parsed) ==
           (left < MH_PROBE_SIZE_MIN ? MH_PROBE_NONE : MH_PROBE_CORRUPTED));
    bytes[at] ^= (uint8_t)(1U << bit % BITS);
    assert(
        parse_exact(bytes, length, made, &parsed) ==
        (at < WHOSE_SIZE && !mh_probe_is_short(length) ? MH_PROBE_NONE : MH_PROBE_CORRUPTED));
}

/* One bit says that it is a short one. */
static uint32_t made_length(uint32_t control)
{
    const uint32_t longs = UINT16_MAX - MH_PROBE_LONG_SIZE_MIN;
    const uint32_t shorts = MH_PROBE_LONG_SIZE_MIN - MH_PROBE_SIZE_MIN;

    if (control >> 31)
        return MH_PROBE_SIZE_MIN + control % shorts;
    return MH_PROBE_LONG_SIZE_MIN + control % longs;
}

/* The first bytes of the input say what probe to make; it is read as it was made. */
static void check_made(const uint8_t *data)
{
    static uint8_t bytes[UINT16_MAX];
    struct mh_reader reader = mh_reader_of((struct mh_span){data, CONTROL_SIZE});
    struct mh_probe parsed;
    struct mh_probe made;

    made.of.run = mh_read_u32(&reader);
    made.of.flow = mh_read_u32(&reader);
    made.number = take_number(&reader);
    made.time_ns = take_number(&reader);
    made.length = made_length(mh_read_u32(&reader));
    if (mh_probe_is_short(made.length))
        made.number &= (UINT64_C(1) << 40) - 1;
    mh_probe_format(&made, 1, mh_probe_fill(&made.of, bytes, made.length), bytes);
    assert(parse_exact(bytes, made.length, &made, &parsed) == MH_PROBE_INTACT);
    check_same(&made, &parsed);
    uint32_t cut = mh_read_u32(&reader);
    check_damage(bytes, &made, cut, mh_read_u32(&reader));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_any(data, size);
    if (size >= CONTROL_SIZE)
        check_made(data);
    return 0;
}
