/* The attendant's work: it does the errands of one scenario's process (net/errand.h), outside
 * of the sandbox, until nobody can ask any more, which is when that process has ended; then it
 * gives back the ports of this machine that the scenario still has, and puts right what
 * it may have changed in places that are not its own. */
#pragma once

/* Blocks until then. Returns 0 or a negative errno. */
int mh_attendant_serve(int fd);
