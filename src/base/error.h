/* A failure that explains itself: a code for the program, a sentence for a person. */
#pragma once

struct mh_error {
    int code;           /* negative errno */
    char operation[32]; /* what was attempted, in a word or two: "join", "create switch" */
    char message[384];  /* one sentence: the attempt, its values, and what the kernel said */
    char hint[320];     /* what to do about it; empty where we know nothing useful */
};

/* Fills *err (which may be NULL) and returns `code`, so that a failing function ends in
 *     return mh_error_set(err, -errno, "join", "group %s on %s", group, interface);
 * which reads "join group 239.1.2.3 on eth0: No such device (ENODEV)". Clears the hint. */
int mh_error_set(struct mh_error *err, int code, const char *operation, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same with the kernel's own words (netlink's extended ack) in place of strerror's.
 * `said` may be NULL or empty: then this is mh_error_set(). */
int mh_error_set_said(struct mh_error *err, int code, const char *operation, const char *said,
    const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Adds a remedy to an error that is already set; returns its code. `err` may be NULL: then
 * there is no code to return but 0, so such a caller keeps the code of mh_error_set(). */
int mh_error_hint(struct mh_error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "EADDRINUSE" for -EADDRINUSE (or EADDRINUSE); "E<number>" for one without a name. */
const char *mh_error_name(int code);
