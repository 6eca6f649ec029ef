/* What is missing among the numbers of a stream that came: between the lowest and the highest
 * one of them, where the network was surely open. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct mh_loss_runs {
    uint64_t span;    /* numbers from the lowest up to the highest one that came; 0: none did */
    uint64_t lost;    /* of them */
    uint64_t longest; /* most of them in a row */
};

/* Of numbers in any order, duplicates among them. Sorts them. */
struct mh_loss_runs mh_loss_runs_of(uint64_t *numbers, size_t count);
