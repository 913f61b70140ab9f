/* SPDX-License-Identifier: ISC */
/*
 * control_reading: a log that was away is read on from the last record that was read, which must be
 * there and the same. One that is another log is not read any more: rules that were set on this
 * one stand until somebody has had a look.
 */
#include "control/control_reading.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sys/clock.h"
#include "sys/diag.h"

enum {
    POLL_MS = 100,
    START_MS = 30000, /* without a record, while reading to the end */
    AGAIN_MS = 1000,  /* between two attempts to read a log that cannot be read */
};

struct control_reading {
    struct log_records sink; /* first */
    struct log_reader *reader;
    struct control_records *records;
    bool has_anchor;
    struct anchor anchor; /* of the last record read */
    bool proving;         /* the next record has to be the anchor's */
    bool is_another;      /* it was not: for ever */
    int64_t again_ms;     /* when to try again, while it cannot be read */
    char trouble[LOG_ERROR_BYTES];
};

static void set_trouble(struct control_reading *reading, const char *why)
{
    if (!reading->trouble[0])
        diag_error("control log: %s; the rules stay as they are", why);
    snprintf(reading->trouble, sizeof reading->trouble, "%s", why);
}

static void on_record(struct log_records *sink, const struct record *record)
{
    struct control_reading *reading = (struct control_reading *)sink;
    if (reading->is_another)
        return;
    struct anchor anchor = record_anchor(record);
    if (reading->proving && !anchor_equal(&anchor, &reading->anchor)) {
        reading->is_another = true;
        set_trouble(reading,
                    "it is not the one that was read before. Restart the server if it is "
                    "the right one");
        return;
    }
    if (reading->proving && reading->trouble[0])
        diag_info("control log: it can be read again");
    reading->trouble[0] = '\0';
    reading->proving = false;
    if (reading->has_anchor && record->offset <= reading->anchor.offset)
        return;
    reading->has_anchor = true;
    reading->anchor = anchor;
    reading->records->record(reading->records, record);
}

struct control_reading *control_reading_create(struct log *log, struct control_records *records,
                                               char error[CONTROL_ERROR_BYTES])
{
    struct control_reading *reading = calloc(1, sizeof *reading);
    if (!reading) {
        snprintf(error, CONTROL_ERROR_BYTES, "out of memory");
        return NULL;
    }
    reading->sink.record = on_record;
    reading->records = records;
    reading->reader = log_reader_create(log, &reading->sink, error);
    if (reading->reader)
        return reading;
    free(reading);
    return NULL;
}

void control_reading_destroy(struct control_reading *reading)
{
    if (!reading)
        return;
    log_reader_destroy(reading->reader);
    free(reading);
}

/* To the last record that was read, or to the beginning. */
static int seek(struct control_reading *reading, char error[LOG_ERROR_BYTES])
{
    struct log_bounds bounds;
    reading->proving = reading->has_anchor;
    if (reading->has_anchor)
        return log_reader_seek(reading->reader, reading->anchor.offset, error);
    if (log_reader_bounds(reading->reader, &bounds, error) != 0)
        return -1;
    if (bounds.low > 0)
        diag_warn("control log: it begins at offset %" PRIu64
                  ": the rules of the records before are gone. Its retention must be unlimited",
                  bounds.low);
    return log_reader_seek(reading->reader, bounds.low, error);
}

int control_reading_start(struct control_reading *reading, const volatile int *stop,
                          char error[CONTROL_ERROR_BYTES])
{
    char why[LOG_ERROR_BYTES];
    if (seek(reading, why) != 0) {
        snprintf(error, CONTROL_ERROR_BYTES, "control log: %.230s", why);
        return -1;
    }
    int64_t deadline_ms = clock_now_ms() + START_MS;
    while (!log_reader_caught_up(reading->reader)) {
        size_t delivered;
        if (__atomic_load_n(stop, __ATOMIC_RELAXED)) /* a signal handler sets it */
            return 0;
        enum log_event event = log_reader_poll(reading->reader, POLL_MS, &delivered, why);
        if (event == LOG_RECONNECTED && seek(reading, why) != 0)
            event = LOG_FAILED;
        if (event != LOG_FAILED && reading->is_another)
            snprintf(why, sizeof why, "%s", reading->trouble);
        if (event == LOG_FAILED || reading->is_another) {
            snprintf(error, CONTROL_ERROR_BYTES, "control log: %.230s", why);
            return -1;
        }
        if (delivered > 0)
            deadline_ms = clock_now_ms() + START_MS;
        if (clock_now_ms() >= deadline_ms) {
            snprintf(error, CONTROL_ERROR_BYTES, "control log: its end cannot be reached");
            return -1;
        }
    }
    return 0;
}

/* Begin again at the last record, if that works. */
static void try_again(struct control_reading *reading)
{
    char why[LOG_ERROR_BYTES];
    if (seek(reading, why) == 0) {
        reading->again_ms = 0;
        if (!reading->has_anchor) /* nothing to be proved */
            reading->trouble[0] = '\0';
        return;
    }
    set_trouble(reading, why);
    reading->again_ms = clock_now_ms() + AGAIN_MS;
}

void control_reading_step(struct control_reading *reading, int timeout_ms)
{
    char why[LOG_ERROR_BYTES];
    size_t delivered;
    if (reading->is_another) {
        clock_pause_ms(timeout_ms < POLL_MS ? timeout_ms : POLL_MS);
        return;
    }
    if (reading->again_ms != 0) {
        if (clock_now_ms() < reading->again_ms) {
            clock_pause_ms(timeout_ms < POLL_MS ? timeout_ms : POLL_MS);
            return;
        }
        try_again(reading);
        return;
    }
    switch (log_reader_poll(reading->reader, timeout_ms, &delivered, why)) {
    case LOG_OK:
        break;
    case LOG_RECONNECTED:
        try_again(reading);
        break;
    case LOG_FAILED:
        set_trouble(reading, why);
        reading->again_ms = clock_now_ms() + AGAIN_MS;
        break;
    }
}

void control_reading_wake(struct control_reading *reading)
{
    log_reader_wake(reading->reader);
}

const char *control_reading_trouble(const struct control_reading *reading)
{
    return reading->trouble[0] ? reading->trouble : NULL;
}
