/* The numbers of the datagrams of a stream whose departure was asked for (net/departure.c). A
 * loop that is busy with other things reads of departures later: meanwhile more are asked for.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* About as many as the error queue of a socket with the kernel's default buffer holds. */
enum { MH_SAMPLE_IDS = 256 };

/* Zero-initialised is empty. */
struct mh_sample_ids {
    uint64_t asked;
    uint64_t told;
    struct {
        uint32_t id;
        bool is_told;
    } latest[MH_SAMPLE_IDS]; /* a ring: the n-th at n % MH_SAMPLE_IDS */
};

void mh_sample_ids_ask(struct mh_sample_ids *ids, uint32_t id);
/* Was it asked for, and not told yet? Then it is now. */
bool mh_sample_ids_tell(struct mh_sample_ids *ids, uint32_t id);
