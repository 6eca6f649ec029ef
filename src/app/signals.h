/* The signals that end a run. They come as something to read, so that the run is cleaned up and
 * told before it ends: SIGINT, SIGTERM, SIGHUP, and SIGQUIT, SIGUSR1, SIGUSR2 and SIGXCPU,
 * which make(1), timeout(1) or a batch system may choose. Those that were ignored when the
 * program was started stay so (nohup(1), the background jobs of a shell without job control).
 *
 * While nobody reads, because the program writes to a pipe that is full say, the next signal
 * ends it on the spot with status 128+n: its children die with it.
 */
#pragma once

#include <signal.h>

/* For the whole process, and once at a time. Readable when there is one to take; or a negative
 * errno. SIGPIPE and SIGXFSZ are ignored: a write that fails says so. */
int mh_signals_open(void);
/* Everything is as it was before. */
void mh_signals_close(int fd);

/* A signal's number, or 0. Several that came together are one. */
int mh_signals_take(int fd);

/* For the time of a fork(2), because the child would tell us what came for it. */
void mh_signals_block(sigset_t *ret_former);
/* In the child: actions as they were before; what it blocks stays blocked. */
void mh_signals_reset(void);
