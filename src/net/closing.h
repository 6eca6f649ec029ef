/* Packet sockets that are being closed. The kernel makes each close(2) of one wait for a grace
 * period of RCU, 10 to 20 ms (synchronize_net() in packet_release()). A thread for each spends
 * those of many sockets side by side, and keeps the caller out of it. */
#pragma once

struct mh_closer;

/* Zero-initialised is empty. Used by one thread. */
struct mh_closing {
    struct mh_closer *closers;
};

/* Closes `fd` soon, or at once where no thread is to be had. */
void mh_closing_add(struct mh_closing *closing, int fd);
/* Waits until all are closed. */
void mh_closing_finish(struct mh_closing *closing);
