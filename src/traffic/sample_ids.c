#include "traffic/sample_ids.h"

void mh_sample_ids_ask(struct mh_sample_ids *ids, uint32_t id)
{
    uint64_t at = ids->asked++ % MH_SAMPLE_IDS;

    ids->latest[at].id = id;
    ids->latest[at].is_told = false;
}

/* Latest first: mostly it is told at once. */
bool mh_sample_ids_tell(struct mh_sample_ids *ids, uint32_t id)
{
    if (ids->told == ids->asked)
        return false;
    for (uint64_t back = 1; back <= ids->asked && back <= MH_SAMPLE_IDS; back++) {
        uint64_t at = (ids->asked - back) % MH_SAMPLE_IDS;
        if (ids->latest[at].id != id || ids->latest[at].is_told)
            continue;
        ids->latest[at].is_told = true;
        ids->told++;
        return true;
    }
    return false;
}
