/* Cuts a host's cable open at its switch, or half way to the other host (lab/patch.h), or a
 * cable between switches at one of them, in one direction: frames that cross the port there are
 * led out to a device of ours, and go on when
 * they are sent into another one. Nothing else changes: port, carrier, MAC address and the
 * switch's tables stay as they are, the host sees nothing of it, and a port without a detour
 * pays nothing.
 *
 * How (tc-bpf(8), tc-mirred(8)): a filter at the port, in the switches' namespace, redirects
 * every frame into a veth pair, but those that carry a mark. With that mark (SO_MARK) they are
 * sent on: to the host straight out of the port, from the host through the veth pair back to
 * the port's ingress, where they were taken away. The pair has no offloads, so that what comes
 * out of it are frames as they are on a wire: segmented, with checksums. */
#pragma once

#include "lab/lab.h"

/* At a trunk's end the other switch takes the place of the host. */
enum mh_detour_direction { MH_DETOUR_TO_HOST, MH_DETOUR_FROM_HOST };

/* Devices of the switches' namespace, by index. */
struct mh_detour {
    unsigned exit;     /* what was led out arrives here */
    unsigned entrance; /* what is sent out of here goes on */
    uint32_t mark;     /* that such frames must have */
    int mtu;
};

/* The place of a detour is a port, by its number, or the first (0) or second (1) end of a
 * trunk, which has a number behind those of the ports. */
int mh_lab_trunk_place(const struct mh_lab *lab, int trunk, int end);

/* Makes the devices of a detour, once; they go with the lab. Frames do not take it yet. A port
 * of a cable between two hosts has none (-EOPNOTSUPP), unless the cable is impairable. */
int mh_lab_detour_make(struct mh_lab *lab, int place, enum mh_detour_direction direction,
    struct mh_detour *ret_detour, struct mh_error *err);
/* From here on every frame takes the detour, or none: one step of the kernel. */
int mh_lab_detour_insert(
    struct mh_lab *lab, int place, enum mh_detour_direction direction, struct mh_error *err);
int mh_lab_detour_remove(
    struct mh_lab *lab, int place, enum mh_detour_direction direction, struct mh_error *err);
