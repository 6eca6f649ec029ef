/* The networks of bench/stream.lua and bench/forwarded.lua, made by the lab for bare C
 * programs. Whatever fails ends the program. */
#pragma once

#include "lab/lab.h"

#include <stdbool.h>

/* Host and port 0 are the source's, 1 to `receivers` the receivers'. One receiver hangs on a
 * cable (veth), several on a switch (bridge); `routed`: they hang on a switch of their own,
 * with a router between that forwards (source, group). */
struct mh_lab *stream_network_build(int receivers, bool routed, const struct mh_addr *group);
