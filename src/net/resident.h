/* The processes that live in a network namespace, as far as this process sees them in its
 * /proc: those that were started there, and whatever these started, daemons included. */
#pragma once

#include "base/error.h"

/* Stops them (SIGSTOP), and returns when none runs any more; -ETIMEDOUT names one that does
 * not stop. Returns how many there are. The calling process is never among them. */
int mh_residents_stop(int netns, struct mh_error *err);
/* Lets them go on (SIGCONT). Returns how many there are. */
int mh_residents_continue(int netns, struct mh_error *err);
