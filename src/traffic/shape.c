#include "traffic/shape.h"

#include "traffic/splitmix.h"

#include <math.h>

/* Further than this no schedule goes: a hundred years. */
static const double end_of_time_ns = 3.2e18;

static double draw(struct mh_shape_walk *walk)
{
    walk->chance += MH_SPLITMIX_GOLDEN;
    return mh_splitmix_fraction(mh_splitmix_mix(walk->chance));
}

static double draw_exponential(struct mh_shape_walk *walk, double mean)
{
    return -log(1 - draw(walk)) * mean;
}

/* Exponential periods have no memory: what is left of one is as long as a whole one. */
static void draw_first_period(struct mh_shape_walk *walk)
{
    double on_ns = (double)walk->shape.on_ns;
    double off_ns = (double)walk->shape.off_ns;

    if (draw(walk) * (on_ns + off_ns) >= on_ns)
        walk->offset_ns += draw_exponential(walk, off_ns);
    walk->on_left_ns = draw_exponential(walk, on_ns);
}

struct mh_shape_walk mh_shape_begin(const struct mh_shape *shape, uint64_t rate_upps)
{
    struct mh_shape_walk walk = {
        .shape = *shape, .gap_ns = 1e15 / (double)rate_upps, .chance = shape->seed};

    if (shape->kind == MH_SHAPE_ON_OFF)
        walk.gap_ns *= (double)shape->on_ns / ((double)shape->on_ns + (double)shape->off_ns);
    return walk;
}

/* A gap that an off period cuts goes on after it: the rate is exact in the long run. */
static void pass_while_on(struct mh_shape_walk *walk, double gap_ns)
{
    while (gap_ns > walk->on_left_ns) {
        gap_ns -= walk->on_left_ns;
        walk->offset_ns += walk->on_left_ns;
        walk->offset_ns += draw_exponential(walk, (double)walk->shape.off_ns);
        walk->on_left_ns = draw_exponential(walk, (double)walk->shape.on_ns);
    }
    walk->on_left_ns -= gap_ns;
    walk->offset_ns += gap_ns;
}

static void pass_first_gap(struct mh_shape_walk *walk)
{
    double gap_ns = draw(walk) * walk->gap_ns;

    if (walk->shape.kind == MH_SHAPE_ON_OFF) {
        draw_first_period(walk);
        pass_while_on(walk, gap_ns);
    } else {
        walk->offset_ns = gap_ns;
    }
}

void mh_shape_step(struct mh_shape_walk *walk)
{
    if (walk->shape.kind == MH_SHAPE_POISSON)
        walk->offset_ns += draw_exponential(walk, walk->gap_ns);
    else if (walk->number == 0)
        pass_first_gap(walk);
    else if (walk->shape.kind == MH_SHAPE_ON_OFF)
        pass_while_on(walk, walk->gap_ns);
    else
        walk->offset_ns += walk->gap_ns;
    walk->number++;
}

uint64_t mh_shape_offset_ns(const struct mh_shape_walk *walk)
{
    return (uint64_t)ceil(fmin(walk->offset_ns, end_of_time_ns));
}

uint64_t mh_shape_due(const struct mh_shape_walk *walk, uint64_t until_ns, uint64_t most)
{
    struct mh_shape_walk ahead = *walk;
    uint64_t due = 0;

    for (; due < most && mh_shape_offset_ns(&ahead) <= until_ns; due++)
        mh_shape_step(&ahead);
    return due;
}
