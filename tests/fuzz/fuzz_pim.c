#include "fuzz.h"
#include "wire/pim.h"
#include "wire/pim_assert.h"
#include "wire/pim_bootstrap.h"
#include "wire/pim_hello.h"
#include "wire/pim_join_prune.h"
#include "wire/pim_register.h"

/* Reserved bits are not kept, so bodies are compared in the second generation: written, read
 * and written again they are the same. Lists are kept as they are. */
#define THERE_AND_BACK(type, parse, format)                                                    \
    static void type##_there_and_back(struct mh_span body)                                     \
    {                                                                                          \
        static uint8_t first[FUZZ_ROOM], second[FUZZ_ROOM];                                    \
        struct mh_reader reader = mh_reader_of(body);                                          \
        struct mh_writer writer = mh_writer_of(first, sizeof(first));                          \
        struct mh_writer again = mh_writer_of(second, sizeof(second));                         \
        struct type message;                                                                   \
        int r = parse(&reader, &message);                                                      \
        fuzz_check_reader(&reader, r);                                                         \
        if (r < 0)                                                                             \
            return;                                                                            \
        assert(format(&writer, &message) == 0);                                                \
        reader = mh_reader_of(mh_writer_span(&writer));                                        \
        assert(parse(&reader, &message) == 0);                                                 \
        assert(format(&again, &message) == 0);                                                 \
        fuzz_check_same(&again, mh_writer_span(&writer));                                      \
    }

THERE_AND_BACK(mh_pim_hello, mh_pim_hello_parse, mh_pim_hello_format)
THERE_AND_BACK(mh_pim_register, mh_pim_register_parse, mh_pim_register_format)
THERE_AND_BACK(mh_pim_register_stop, mh_pim_register_stop_parse, mh_pim_register_stop_format)
THERE_AND_BACK(mh_pim_join_prune, mh_pim_join_prune_parse, mh_pim_join_prune_format)
THERE_AND_BACK(mh_pim_bootstrap, mh_pim_bootstrap_parse, mh_pim_bootstrap_format)
THERE_AND_BACK(mh_pim_assert, mh_pim_assert_parse, mh_pim_assert_format)
THERE_AND_BACK(mh_pim_candidate_rp, mh_pim_candidate_rp_parse, mh_pim_candidate_rp_format)

static void walk_sources(struct mh_span list, uint16_t count)
{
    struct mh_reader reader = mh_reader_of(list);
    struct mh_pim_source source;
    int r;

    while ((r = mh_pim_source_next(&reader, &source)) > 0)
        count--;
    assert(r == 0 && count == 0);
}

static void walk_join_prune(struct mh_span body)
{
    struct mh_reader reader = mh_reader_of(body);
    struct mh_pim_join_prune message;
    struct mh_pim_join_prune_group group;
    int r;

    if (mh_pim_join_prune_parse(&reader, &message) < 0)
        return;
    struct mh_reader groups = mh_reader_of(message.groups);
    while ((r = mh_pim_join_prune_group_next(&groups, &group)) > 0) {
        walk_sources(group.joined, group.joined_count);
        walk_sources(group.pruned, group.pruned_count);
        message.group_count--;
    }
    assert(r == 0 && message.group_count == 0);
}

static void walk_bootstrap(struct mh_span body)
{
    struct mh_reader reader = mh_reader_of(body);
    struct mh_pim_bootstrap message;
    struct mh_pim_bootstrap_group group;
    struct mh_pim_rp rp;

    if (mh_pim_bootstrap_parse(&reader, &message) < 0)
        return;
    struct mh_reader groups = mh_reader_of(message.groups);
    while (mh_pim_bootstrap_group_next(&groups, &group) > 0) {
        struct mh_reader rps = mh_reader_of(group.rps);
        while (mh_pim_rp_next(&rps, &rp) > 0)
            group.fragment_rp_count--;
        assert(!rps.failed && group.fragment_rp_count == 0);
    }
    assert(!groups.failed);
}

static void try_body(uint8_t type, struct mh_span body)
{
    switch (type) {
    case MH_PIM_HELLO:
        mh_pim_hello_there_and_back(body);
        break;
    case MH_PIM_REGISTER:
        mh_pim_register_there_and_back(body);
        break;
    case MH_PIM_REGISTER_STOP:
        mh_pim_register_stop_there_and_back(body);
        break;
    case MH_PIM_JOIN_PRUNE:
        mh_pim_join_prune_there_and_back(body);
        walk_join_prune(body);
        break;
    case MH_PIM_BOOTSTRAP:
        mh_pim_bootstrap_there_and_back(body);
        walk_bootstrap(body);
        break;
    case MH_PIM_ASSERT:
        mh_pim_assert_there_and_back(body);
        break;
    case MH_PIM_CANDIDATE_RP:
        mh_pim_candidate_rp_there_and_back(body);
        break;
    default:
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t memory[FUZZ_ROOM];
    struct mh_span input = {data, size};
    struct mh_reader reader = mh_reader_of(input);
    struct mh_writer writer = mh_writer_of(memory, sizeof(memory));
    struct mh_pim pim;

    int r = mh_pim_parse(&reader, NULL, &pim);
    fuzz_check_reader(&reader, r);
    if (r < 0 || size > FUZZ_ROOM)
        return 0;
    mh_pim_format(&writer, NULL, &pim);
    fuzz_check_same(&writer, input);
    try_body(pim.type, pim.body);
    return 0;
}
