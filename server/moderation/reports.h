/* SPDX-License-Identifier: ISC */
/*
 * reports: what people have reported, for moderators to look at: one report for each cell of 64 x
 * 64 pixels and reason, however many report it, until it is closed. Kept as records of the control
 * log, so that all servers and later starts have them. Any thread.
 */
#ifndef PLACED_MODERATION_REPORTS_H
#define PLACED_MODERATION_REPORTS_H

#include <stddef.h>
#include <stdint.h>

#include "rules/visitor.h"
#include "sys/metrics.h"

struct control;
struct reports;
struct worker;

enum {
    REPORTS_OPEN = 1000,       /* at a time */
    REPORTS_PER_AUTHOR = 10,   /* in ten minutes */
    REPORTS_PER_NETWORK = 100, /* likewise, of a narrow one */
    REPORT_SIDE_MAX = 1000,    /* pixels, of a rectangle */
    REPORT_ID = 32,
};

enum report_reason {
    REPORT_HATE,
    REPORT_SEXUAL,
    REPORT_SPAM,
    REPORT_PERSONAL,
    REPORT_OTHER,
    REPORT_REASONS,
};

extern const char *const report_reasons[REPORT_REASONS];

/* A rectangle in plane coordinates, and why. */
struct report {
    int32_t x, y;
    uint32_t w, h;
    enum report_reason reason;
};

enum report_result {
    REPORT_TAKEN,
    REPORT_TOO_OFTEN, /* by this author or from this network: later */
    REPORT_FULL,      /* too many are open */
};

/* Take in what the control log has (at the next control_replay), and write what is new as a job of
 * the worker; both outlive reports_stop. NULL when out of memory. */
struct reports *reports_create(struct control *control, struct worker *worker,
                               struct metrics *metrics);

/* Write no more: before the worker is destroyed. NULL is fine. */
void reports_stop(struct reports *reports);

/* After control is destroyed. NULL is fine. */
void reports_destroy(struct reports *reports);

/* A visitor reports something (wall clock). Its id in the control log and how often it was
 * reported, this time included, when it was taken. Who reports the same again is not counted again.
 */
enum report_result reports_add(struct reports *reports, const struct report *report,
                               const struct visitor *visitor, int64_t now_ms, char id[REPORT_ID],
                               uint32_t *count);

/* How many are open. */
size_t reports_open(struct reports *reports);

#endif
