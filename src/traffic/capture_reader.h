/* The thread that reads the captures of one scenario, beside the thread that everything else
 * runs in: so a capture on each of many hosts takes little from what is captured.
 *
 * It waits for a first packet, and from there on reads every few milliseconds all that came, as
 * network drivers do it. Whoever touches what it reads into holds the lock. */
#pragma once

#include <uv.h>

#include <stdbool.h>

struct mh_capture_reader;

/* Reads everything, in the reader's thread, with the lock held; says whether somebody should be
 * told. */
typedef bool mh_capture_read_fn(void *context);
/* Tells, in the loop. */
typedef void mh_capture_tell_fn(void *context);

struct mh_capture_reader_calls {
    mh_capture_read_fn *read;
    mh_capture_tell_fn *tell;
    void *context;
};

/* 0 or a negative errno. */
int mh_capture_reader_start(uv_loop_t *loop, const struct mh_capture_reader_calls *calls,
    struct mh_capture_reader **ret_reader);
/* Returns when the thread has ended. Takes NULL; returns NULL. */
struct mh_capture_reader *mh_capture_reader_stop(struct mh_capture_reader *reader);

/* A packet at `fd` is something to read for. The descriptor stays the caller's. */
int mh_capture_reader_watch(struct mh_capture_reader *reader, int fd);
void mh_capture_reader_unwatch(struct mh_capture_reader *reader, int fd);

void mh_capture_reader_lock(struct mh_capture_reader *reader);
void mh_capture_reader_unlock(struct mh_capture_reader *reader);
