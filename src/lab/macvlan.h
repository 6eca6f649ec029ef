/* A child of one of this machine's interfaces, with a MAC address of its own on the same wire,
 * made in the namespace of a host; the kernel removes it together with that. */
#pragma once

#include "lab/place.h"

/* The calling thread stands in the machine's namespace, and does so again afterwards. */
int mh_macvlan_make(const struct mh_place *place, struct mh_error *err);
/* "bridge" ...; -EINVAL for a word that is no mode. */
int mh_macvlan_mode(const char *word, uint32_t *ret_mode);
