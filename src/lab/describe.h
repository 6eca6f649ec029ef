/* What the functions that describe a network share. Private to the lab layer. */
#pragma once

#include "lab/network.h"

/* Room for one more; NULL when memory is out. */
void *mh_describe_grow(void *list, int count, size_t size);
int mh_describe_out_of_memory(struct mh_error *err);
/* -EBUSY once the network is built. */
int mh_describe_check_time(
    const struct mh_lab *lab, const char *operation, const char *name, struct mh_error *err);

/* `plan->attached_switch` may be MH_NO_SWITCH. */
int mh_describe_check_port(
    const struct mh_lab *lab, const struct mh_port_plan *plan, struct mh_error *err);
/* Returns the port's number. */
int mh_describe_append_port(
    struct mh_lab *lab, const struct mh_port_plan *plan, struct mh_error *err);
