#include "traffic/probe.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

enum {
    MAGIC = 0x6d685031, /* "mhP1" */
    SUM_OFFSET = 32,
    BLOCK = 32, /* two pairs of words */
};

static const uint64_t mask_40 = (UINT64_C(1) << 40) - 1;

static uint64_t get_word(const uint8_t *bytes)
{
    uint64_t word;

    memcpy(&word, bytes, sizeof(word));
    return be64toh(word);
}

static void put_word(uint8_t *bytes, uint64_t word)
{
    word = htobe64(word);
    memcpy(bytes, &word, sizeof(word));
}

/* A bijection in which every bit of the input moves half of the output (the finalizer of
 * splitmix64). */
static uint64_t mix(uint64_t word)
{
    word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9;
    word = (word ^ word >> 27) * 0x94d049bb133111eb;
    return word ^ word >> 31;
}

/* Fletcher's two sums, over words of 64 bits in lanes that do not wait for each other, so that
 * reading the filling costs next to nothing beside receiving it. The second sum weighs each
 * word by its place: words that changed places are noticed. Pairs, because that is what every
 * processor has registers for. Words are taken as the machine has them: both ends of a stream
 * have the same byte order, or every probe is corrupted. */
struct pair {
    uint64_t of __attribute__((vector_size(2 * sizeof(uint64_t))));
};

struct sums {
    struct pair plain, weighed;
};

static inline struct sums with_words(struct sums sums, const uint8_t *bytes)
{
    struct pair words;

    memcpy(&words, bytes, sizeof(words));
    sums.plain.of += words.of;
    sums.weighed.of += sums.plain.of;
    return sums;
}

/* Odd: a changed word changes the product, whichever of its bits it was. One for each of four,
 * so that words that changed places are noticed. */
static const uint64_t factors[] = {
    0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9, 0x94d049bb133111eb, 0xd6e8feb86659fd93};

/* Four words in one. The products do not wait for each other. */
static uint64_t join(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    return a * factors[0] + b * factors[1] + c * factors[2] + d * factors[3];
}

/* Mixed in between, so that what a changed word does to the plain sums cannot be made up for by
 * what it does to the weighed ones. */
static uint64_t fold(size_t length, const struct sums *even, const struct sums *odd)
{
    uint64_t plain =
        join(even->plain.of[0], even->plain.of[1], odd->plain.of[0], odd->plain.of[1]);
    uint64_t weighed =
        join(even->weighed.of[0], even->weighed.of[1], odd->weighed.of[0], odd->weighed.of[1]);

    return mix(mix(plain + length) + weighed);
}

static uint64_t sum_filling(const uint8_t *bytes, size_t length)
{
    struct sums even = {.plain = {{0}}}, odd = even;
    uint8_t last[BLOCK] = {0};
    size_t at = 0;

    for (; length - at >= BLOCK; at += BLOCK) {
        even = with_words(even, bytes + at);
        odd = with_words(odd, bytes + at + BLOCK / 2);
    }
    memcpy(last, bytes + at, length - at);
    even = with_words(even, last);
    odd = with_words(odd, last + BLOCK / 2);
    return fold(length, &even, &odd);
}

static uint64_t sum_fields(const struct mh_probe *probe, uint64_t filling_sum)
{
    return filling_sum + join((uint64_t)MAGIC << 32 | probe->of.run,
                             (uint64_t)probe->of.flow << 32 | probe->length, probe->number,
                             probe->time_ns);
}

static uint64_t sum_header(const uint8_t *bytes, uint64_t filling_sum)
{
    return mix(filling_sum + join(get_word(bytes), get_word(bytes + 8), get_word(bytes + 16),
                                 get_word(bytes + 24)));
}

static size_t header_size(size_t length)
{
    return mh_probe_is_short(length) ? MH_PROBE_SIZE_MIN : MH_PROBE_LONG_SIZE_MIN;
}

uint64_t mh_probe_fill(const struct mh_probe_flow *of, uint8_t *bytes, size_t length)
{
    assert(length >= MH_PROBE_SIZE_MIN);
    uint64_t state = (uint64_t)of->run << 32 | of->flow;
    size_t header = header_size(length);

    for (size_t at = header; at < length; at += sizeof(state)) {
        uint64_t word = mix(state += 0x9e3779b97f4a7c15);
        memcpy(bytes + at, &word, length - at < sizeof(word) ? length - at : sizeof(word));
    }
    return sum_filling(bytes + header, length - header);
}

/* ---- the long header ------------------------------------------------------------------------
 */

/* From one header to the next its sum, before it is mixed, grows by the number's factor. */
static void format_long(
    const struct mh_probe *first, size_t count, uint64_t filling_sum, uint8_t *bytes)
{
    uint64_t whose = (uint64_t)MAGIC << 32 | first->of.run;
    uint64_t which = (uint64_t)first->of.flow << 32 | first->length;
    uint64_t number = first->number;
    uint64_t sum = sum_fields(first, filling_sum);

    for (size_t i = 0; i < count; i++, bytes += first->length) {
        put_word(bytes, whose);
        put_word(bytes + 8, which);
        put_word(bytes + 16, number++);
        put_word(bytes + 24, first->time_ns);
        put_word(bytes + SUM_OFFSET, mix(sum));
        sum += factors[2];
    }
}

static struct mh_probe read_long(const uint8_t *bytes)
{
    return (struct mh_probe){
        .of = {.run = (uint32_t)get_word(bytes), .flow = (uint32_t)(get_word(bytes + 8) >> 32)},
        .length = (uint32_t)get_word(bytes + 8),
        .number = get_word(bytes + 16),
        .time_ns = get_word(bytes + 24),
    };
}

static bool is_long_of(const uint8_t *bytes, uint32_t run)
{
    return get_word(bytes) == ((uint64_t)MAGIC << 32 | run);
}

static bool is_long_intact(const uint8_t *bytes, size_t length, const struct mh_probe *probe)
{
    return probe->length == length &&
           get_word(bytes + SUM_OFFSET) ==
               sum_header(bytes, sum_filling(bytes + MH_PROBE_LONG_SIZE_MIN,
                                     length - MH_PROBE_LONG_SIZE_MIN));
}

/* ---- the short header -----------------------------------------------------------------------
 */

/* As two words and a half: the number and the sum lie across their borders. */
static void put_short(
    uint8_t *bytes, uint32_t whose, uint64_t number, uint64_t time, uint32_t sum)
{
    put_word(bytes, (uint64_t)whose << 32 | (number & mask_40) >> 8);
    put_word(bytes + 8, number << 56 | time << 16 | sum >> 16);
    bytes[16] = (uint8_t)(sum >> 8);
    bytes[17] = (uint8_t)sum;
}

static uint32_t short_sum_at(const uint8_t *bytes)
{
    return (uint32_t)(get_word(bytes + MH_PROBE_SIZE_MIN - 8));
}

static void format_short(
    const struct mh_probe *first, size_t count, uint64_t filling_sum, uint8_t *bytes)
{
    struct mh_probe probe = *first;

    probe.time_ns &= mask_40;
    uint64_t sum = sum_fields(&probe, filling_sum);
    for (size_t i = 0; i < count; i++, probe.number++, bytes += probe.length) {
        put_short(bytes, probe.of.run + probe.of.flow, probe.number, probe.time_ns,
            (uint32_t)(mix(sum) >> 32));
        sum += factors[2];
    }
}

/* Its time is the lower 40 bits. */
static struct mh_probe read_short(const uint8_t *bytes, size_t length, uint32_t run)
{
    uint64_t high = get_word(bytes), low = get_word(bytes + 8);

    return (struct mh_probe){
        .of = {.run = run, .flow = (uint32_t)(high >> 32) - run},
        .length = (uint32_t)length,
        .number = (high << 8 & mask_40) | low >> 56,
        .time_ns = low >> 16 & mask_40,
    };
}

static bool is_short_intact(const uint8_t *bytes, const struct mh_probe *probe)
{
    uint64_t filling_sum =
        sum_filling(bytes + MH_PROBE_SIZE_MIN, probe->length - MH_PROBE_SIZE_MIN);

    return mix(sum_fields(probe, filling_sum)) >> 32 == short_sum_at(bytes);
}

/* The one of all times with these lower 40 bits that is nearest to the other. */
static uint64_t whole_time(uint64_t lower, uint64_t near_ns)
{
    const uint64_t half = (mask_40 >> 1) + 1;

    return near_ns + ((lower - near_ns + half) & mask_40) - half;
}

/* ---- either ---------------------------------------------------------------------------------
 */

void mh_probe_format(
    const struct mh_probe *first, size_t count, uint64_t filling_sum, uint8_t *bytes)
{
    if (mh_probe_is_short(first->length))
        format_short(first, count, filling_sum, bytes);
    else
        format_long(first, count, filling_sum, bytes);
}

struct mh_probe mh_probe_read(
    const uint8_t *bytes, size_t length, uint32_t run, uint64_t arrival_ns)
{
    if (!mh_probe_is_short(length))
        return read_long(bytes);

    struct mh_probe probe = read_short(bytes, length, run);
    probe.time_ns = whole_time(probe.time_ns, arrival_ns);
    return probe;
}

static enum mh_probe_verdict parse_short(const uint8_t *bytes, size_t length, uint32_t run,
    uint64_t arrival_ns, struct mh_probe *ret_probe)
{
    if (length < MH_PROBE_SIZE_MIN)
        return MH_PROBE_NONE;

    *ret_probe = read_short(bytes, length, run);
    bool is_intact = is_short_intact(bytes, ret_probe);
    ret_probe->time_ns = whole_time(ret_probe->time_ns, arrival_ns);
    return is_intact ? MH_PROBE_INTACT : MH_PROBE_CORRUPTED;
}

enum mh_probe_verdict mh_probe_parse(const uint8_t *bytes, size_t length, uint32_t run,
    uint64_t arrival_ns, struct mh_probe *ret_probe)
{
    if (mh_probe_is_short(length))
        return parse_short(bytes, length, run, arrival_ns, ret_probe);
    if (!is_long_of(bytes, run))
        return MH_PROBE_NONE;

    *ret_probe = read_long(bytes);
    return is_long_intact(bytes, length, ret_probe) ? MH_PROBE_INTACT : MH_PROBE_CORRUPTED;
}

bool mh_probe_recognise(const uint8_t *bytes, size_t length, uint32_t run, uint64_t arrival_ns,
    struct mh_probe *ret_probe)
{
    if (mh_probe_is_short(length))
        return parse_short(bytes, length, run, arrival_ns, ret_probe) == MH_PROBE_INTACT;

    *ret_probe = read_long(bytes);
    return is_long_of(bytes, run);
}
