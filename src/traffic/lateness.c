#include "traffic/lateness.h"

void mh_lateness_note(struct mh_lateness *lateness, uint64_t sent, uint64_t late_ns)
{
    size_t count = lateness->count;

    while (count > 0 && lateness->steps[count - 1].late_ns <= late_ns)
        count--;
    if (count < MH_LATENESS_STEPS) {
        lateness->steps[count].late_ns = late_ns;
        count++;
    }
    lateness->steps[count - 1].sent = sent;
    lateness->count = count;
}

uint64_t mh_lateness_since(const struct mh_lateness *lateness, uint64_t sent)
{
    for (size_t i = 0; i < lateness->count; i++)
        if (lateness->steps[i].sent >= sent)
            return lateness->steps[i].late_ns;
    return 0;
}
