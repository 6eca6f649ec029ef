/* Which numbers of a stream were seen. Exact whatever the order, and as small as the disorder:
 * a page of 65,536 numbers costs memory only while those that came do not follow each other. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mh_number_page;

/* Zero-initialised is empty. */
struct mh_number_set {
    struct mh_number_page *pages;
    size_t page_count;
    uint64_t count; /* numbers that are in it */
};

/* 1: it is new; 0: it was there before; -ENOMEM; -ERANGE: beyond MH_NUMBER_MAX. */
int mh_number_set_add(struct mh_number_set *set, uint64_t number);
/* `count` numbers from `first` on at once, when none of them is in it: 1. Else nothing changes,
 * and they are to be added one by one: 0, or as above. */
int mh_number_set_add_run(struct mh_number_set *set, uint64_t first, uint64_t count);
/* How many of the numbers from `first` up to, and without, `end` are in it. */
uint64_t mh_number_set_count(const struct mh_number_set *set, uint64_t first, uint64_t end);
void mh_number_set_done(struct mh_number_set *set);

/* 2^40 numbers: a day at more than ten million a second. A corrupted number must not be able to
 * ask for more memory than the machine has. */
#define MH_NUMBER_MAX ((UINT64_C(1) << 40) - 1)
