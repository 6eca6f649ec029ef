#include "traffic/impairment.h"

#include "traffic/splitmix.h"

#include <errno.h>
#include <stdlib.h>

struct mh_impairment {
    struct mh_impairment_plan plan;
    uint64_t frames; /* those that were concerned */
    /* The wire: when it is free again, and when each frame waiting for it will have left. */
    uint64_t free_at_ns;
    uint64_t *leaving; /* a ring of plan.queue_frames; NULL: no rate */
    size_t oldest;
    size_t waiting;
};

/* ---- life ----------------------------------------------------------------------------------
 */

void mh_impairment_plan_done(struct mh_impairment_plan *plan)
{
    for (size_t i = 0; i < plan->rule_count; i++)
        mh_frame_filter_free(plan->rules[i].only);
    free(plan->rules);
    mh_frame_filter_free(plan->only);
    *plan = (struct mh_impairment_plan){0};
}

static bool has_rate(const struct mh_impairment_plan *plan)
{
    return plan->frame_ns > 0 || plan->byte_ns > 0;
}

int mh_impairment_new(
    const struct mh_impairment_plan *plan, struct mh_impairment **ret_impairment)
{
    struct mh_impairment_plan owned = *plan;
    struct mh_impairment *self = calloc(1, sizeof(*self));

    if (!self) {
        mh_impairment_plan_done(&owned);
        return -ENOMEM;
    }
    self->plan = owned;
    if (has_rate(plan))
        self->leaving = calloc(plan->queue_frames ? plan->queue_frames : 1, sizeof(uint64_t));
    if (has_rate(plan) && !self->leaving) {
        mh_impairment_free(self);
        return -ENOMEM;
    }
    *ret_impairment = self;
    return 0;
}

struct mh_impairment *mh_impairment_free(struct mh_impairment *impairment)
{
    if (!impairment)
        return NULL;
    mh_impairment_plan_done(&impairment->plan);
    free(impairment->leaving);
    free(impairment);
    return NULL;
}

/* ---- chance --------------------------------------------------------------------------------
 */

enum purpose { LOSS, DUPLICATE, REORDER, JITTER, COPY_JITTER, PURPOSES };

/* Evenly from 0 to below 1. */
static double draw(const struct mh_impairment *self, enum purpose purpose)
{
    uint64_t counter = self->frames * PURPOSES + (uint64_t)purpose + 1;

    uint64_t z = mh_splitmix_mix(self->plan.seed) + counter * MH_SPLITMIX_GOLDEN;

    return mh_splitmix_fraction(mh_splitmix_mix(z));
}

static bool happens(const struct mh_impairment *self, double share, enum purpose purpose)
{
    return share > 0 && draw(self, purpose) < share;
}

/* ---- rules ---------------------------------------------------------------------------------
 */

static bool is_listed(const struct mh_drop_rule *rule)
{
    for (size_t i = 0; i < rule->number_count; i++)
        if (rule->numbers[i] == rule->matched)
            return true;
    return false;
}

static bool rule_drops(struct mh_drop_rule *rule, const uint8_t *frame, size_t length)
{
    if (rule->only && !mh_frame_filter_matches(rule->only, frame, length, length))
        return false;
    rule->matched++;
    return rule->matched <= rule->first || (rule->every && rule->matched % rule->every == 0) ||
           is_listed(rule);
}

/* Each rule counts every frame, whatever the others say of it. */
static bool rules_drop(struct mh_impairment *self, const uint8_t *frame, size_t length)
{
    bool dropped = false;

    for (size_t i = 0; i < self->plan.rule_count; i++)
        dropped = rule_drops(&self->plan.rules[i], frame, length) || dropped;
    return dropped;
}

/* ---- the wire ------------------------------------------------------------------------------
 */

static void forget_those_gone(struct mh_impairment *self, uint64_t now_ns)
{
    while (self->waiting && self->leaving[self->oldest] <= now_ns) {
        self->oldest = (self->oldest + 1) % self->plan.queue_frames;
        self->waiting--;
    }
}

/* Puts it onto the wire behind those that wait. False: the queue in front of it is full. */
static bool transmit(
    struct mh_impairment *self, size_t length, uint64_t now_ns, uint64_t *ret_sent_ns)
{
    const struct mh_impairment_plan *plan = &self->plan;

    *ret_sent_ns = now_ns;
    if (!self->leaving)
        return true;
    forget_those_gone(self, now_ns);
    if (self->waiting >= plan->queue_frames)
        return false;
    uint64_t start = self->free_at_ns > now_ns ? self->free_at_ns : now_ns;
    self->free_at_ns = start + plan->frame_ns + (uint64_t)(plan->byte_ns * (double)length);
    self->leaving[(self->oldest + self->waiting++) % plan->queue_frames] = self->free_at_ns;
    *ret_sent_ns = self->free_at_ns;
    return true;
}

/* The delay of the line behind it. */
static uint64_t travel_ns(const struct mh_impairment *self, enum purpose purpose)
{
    const struct mh_impairment_plan *plan = &self->plan;

    if (plan->jitter_ns == 0)
        return plan->delay_ns;
    double offset = (draw(self, purpose) * 2 - 1) * (double)plan->jitter_ns;
    double travel = (double)plan->delay_ns + offset;
    return travel > 0 ? (uint64_t)travel : 0;
}

/* ---- the fate ------------------------------------------------------------------------------
 */

static enum mh_drop_cause find_drop(
    struct mh_impairment *self, const uint8_t *frame, size_t length)
{
    if (rules_drop(self, frame, length))
        return MH_DROPPED_BY_RULE;
    return happens(self, self->plan.loss, LOSS) ? MH_DROPPED_BY_LOSS : MH_NOT_DROPPED;
}

static void send_copy(
    struct mh_impairment *self, size_t length, uint64_t now_ns, struct mh_fate *fate)
{
    uint64_t sent_ns;

    if (!happens(self, self->plan.duplicate, DUPLICATE) ||
        !transmit(self, length, now_ns, &sent_ns))
        return;
    fate->twice = true;
    fate->copy_ns = sent_ns + travel_ns(self, COPY_JITTER);
}

struct mh_fate mh_impairment_decide(
    struct mh_impairment *impairment, const uint8_t *frame, size_t length, uint64_t now_ns)
{
    struct mh_impairment *self = impairment;
    struct mh_fate fate = {.due_ns = now_ns};
    uint64_t sent_ns;

    if (self->plan.only && !mh_frame_filter_matches(self->plan.only, frame, length, length))
        return fate;
    fate.concerned = true;
    fate.cause = find_drop(self, frame, length);
    if (fate.cause == MH_NOT_DROPPED && !transmit(self, length, now_ns, &sent_ns))
        fate.cause = MH_DROPPED_BY_QUEUE;
    if (fate.cause == MH_NOT_DROPPED) {
        fate.overtakes = happens(self, self->plan.reorder, REORDER);
        fate.due_ns = sent_ns + (fate.overtakes ? 0 : travel_ns(self, JITTER));
        send_copy(self, length, now_ns, &fate);
    }
    self->frames++;
    return fate;
}
