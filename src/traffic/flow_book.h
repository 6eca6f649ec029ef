/* The accounts that one endpoint keeps, by the number of the flow. */
#pragma once

#include "traffic/flow_account.h"

/* Zero-initialised is empty. */
struct mh_flow_book {
    struct mh_flow_account **accounts;
    size_t capacity;
    uint64_t probes; /* of whatever flow, and in whatever state, since it was opened */
};

/* NULL: it has got nothing of that flow. */
struct mh_flow_account *mh_flow_book_find(const struct mh_flow_book *book, uint32_t flow);
/* A new account for a flow that has none. NULL: out of memory. */
struct mh_flow_account *mh_flow_book_open(
    struct mh_flow_book *book, uint32_t flow, uint64_t start_ns);
void mh_flow_book_done(struct mh_flow_book *book);
