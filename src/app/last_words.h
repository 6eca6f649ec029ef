/* What a child does whose scenario does not notice that its time is over.
 *
 * At the deadline the programs that os.execute() and io.popen() wait for are ended, so that
 * they return. Half a second later everything else that the scenario has started goes the same
 * way. Half a second after that there is no hope (a C function that never returns, a
 * finalizer): the child says where it stands, in an event `stuck` (lua/meta/job.lua), and ends
 * itself.
 */
#pragma once

struct mh_vm;

/* From now on, for this process. */
void mh_last_words_guard(struct mh_vm *vm);

/* Ends the programs of our process group, but not us. */
void mh_last_words_end_programs(void);
