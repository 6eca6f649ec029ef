#include "traffic/probe.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

enum {
    MAGIC = 0x6d685031, /* "mhP1" */
    SUM_OFFSET = 32,
    BLOCK = 32, /* two pairs of words */
};

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

static uint64_t sum_header(const uint8_t *bytes, uint64_t filling_sum)
{
    return mix(filling_sum + join(get_word(bytes), get_word(bytes + 8), get_word(bytes + 16),
                                 get_word(bytes + 24)));
}

uint64_t mh_probe_fill(const struct mh_probe_flow *of, uint8_t *bytes, size_t length)
{
    assert(length >= MH_PROBE_SIZE_MIN);
    uint64_t state = (uint64_t)of->run << 32 | of->flow;

    for (size_t at = MH_PROBE_SIZE_MIN; at < length; at += sizeof(state)) {
        uint64_t word = mix(state += 0x9e3779b97f4a7c15);
        memcpy(bytes + at, &word, length - at < sizeof(word) ? length - at : sizeof(word));
    }
    return sum_filling(bytes + MH_PROBE_SIZE_MIN, length - MH_PROBE_SIZE_MIN);
}

/* From one header to the next its sum, before it is mixed, grows by the number's factor. */
void mh_probe_format(
    const struct mh_probe *first, size_t count, uint64_t filling_sum, uint8_t *bytes)
{
    uint64_t whose = (uint64_t)MAGIC << 32 | first->of.run;
    uint64_t which = (uint64_t)first->of.flow << 32 | first->length;
    uint64_t number = first->number;
    uint64_t sum = filling_sum + join(whose, which, number, first->time_ns);

    for (size_t i = 0; i < count; i++, bytes += first->length) {
        put_word(bytes, whose);
        put_word(bytes + 8, which);
        put_word(bytes + 16, number++);
        put_word(bytes + 24, first->time_ns);
        put_word(bytes + SUM_OFFSET, mix(sum));
        sum += factors[2];
    }
}

struct mh_probe mh_probe_read(const uint8_t *bytes)
{
    return (struct mh_probe){
        .of = {.run = (uint32_t)get_word(bytes), .flow = (uint32_t)(get_word(bytes + 8) >> 32)},
        .length = (uint32_t)get_word(bytes + 8),
        .number = get_word(bytes + 16),
        .time_ns = get_word(bytes + 24),
    };
}

static bool is_probe(const uint8_t *bytes, size_t length)
{
    return length >= MH_PROBE_SIZE_MIN && get_word(bytes) >> 32 == MAGIC;
}

bool mh_probe_whose(const uint8_t *bytes, size_t length, struct mh_probe_flow *ret_of)
{
    if (!is_probe(bytes, length))
        return false;

    *ret_of = mh_probe_read(bytes).of;
    return true;
}

enum mh_probe_verdict mh_probe_parse(
    const uint8_t *bytes, size_t length, struct mh_probe *ret_probe)
{
    if (!is_probe(bytes, length))
        return MH_PROBE_NONE;

    *ret_probe = mh_probe_read(bytes);
    if (ret_probe->length != length)
        return MH_PROBE_CORRUPTED;

    uint64_t sum =
        sum_header(bytes, sum_filling(bytes + MH_PROBE_SIZE_MIN, length - MH_PROBE_SIZE_MIN));
    return sum == get_word(bytes + SUM_OFFSET) ? MH_PROBE_INTACT : MH_PROBE_CORRUPTED;
}
