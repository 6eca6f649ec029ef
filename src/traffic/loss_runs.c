#include "traffic/loss_runs.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    const uint64_t *left = a;
    const uint64_t *right = b;

    return (*left > *right) - (*left < *right);
}

struct mh_loss_runs mh_loss_runs_of(uint64_t *numbers, size_t count)
{
    struct mh_loss_runs runs = {0};

    if (count == 0)
        return runs;
    qsort(numbers, count, sizeof(*numbers), compare);
    runs.span = numbers[count - 1] - numbers[0] + 1;
    for (size_t i = 1; i < count; i++) {
        uint64_t step = numbers[i] - numbers[i - 1];
        uint64_t run = step > 0 ? step - 1 : 0; /* 0: a duplicate */

        runs.lost += run;
        if (run > runs.longest)
            runs.longest = run;
    }
    return runs;
}
