/* How far a stream was behind its schedule, since any moment: a long pause before something was
 * measured says nothing of it, and hides no shorter one while it was. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { MH_LATENESS_STEPS = 32 };

/* Each step is later than the one before, and lower: what a later, longer pause covers is
 * forgotten. All zero: it never was late. */
struct mh_lateness {
    size_t count;
    struct {
        uint64_t sent; /* probes until then */
        uint64_t late_ns;
    } steps[MH_LATENESS_STEPS];
};

/* `sent` never falls from call to call. */
void mh_lateness_note(struct mh_lateness *lateness, uint64_t sent, uint64_t late_ns);
/* The most since so many were sent; never too little, and where there were too many steps too
 * much rather than that. */
uint64_t mh_lateness_since(const struct mh_lateness *lateness, uint64_t sent);
