/* SPDX-License-Identifier: ISC */
/* fake_log: a log that does what a test says: it fails, comes back, is another one, takes nothing.
 */
#ifndef PLACED_TESTS_FAKE_LOG_H
#define PLACED_TESTS_FAKE_LOG_H

#include "log/log.h"

enum { FAKE_RECORDS = 16 };

struct fake_log {
    struct log log; /* first */
    /* reading */
    struct {
        const char *value;
        int64_t time_ms;
    } records[FAKE_RECORDS];
    uint64_t low, high;  /* which of them there are */
    enum log_event next; /* what the next poll finds besides records */
    bool no_seek;        /* seeks fail */
    /* writing */
    enum log_append answer; /* to the next append */
    enum log_state state;
    struct origin last; /* of what was accepted last */
    struct log_outcomes *outcomes;
};

void fake_log_init(struct fake_log *fake);

/* One more record. */
void fake_log_add(struct fake_log *fake, const char *value);

#endif
