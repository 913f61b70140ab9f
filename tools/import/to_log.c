/* SPDX-License-Identifier: ISC */
/* to_log: see to_log.h. */
#include "to_log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/stop.h"
#include "feed.h"
#include "log/open.h"
#include "log_out.h"
#include "prepare.h"
#include "sys/clock.h"

/* A message, unless it is empty: then it was stopped. */
static int complain(const char *what)
{
    if (*what)
        fprintf(stderr, "import: %s\n", what);
    return -1;
}

/* ---- opening */

static struct log *open_log(const struct options *options)
{
    /* A broker that is away is waited for; a record given up would be a gap. */
    struct log_property properties[OPTIONS_PROPERTIES_MAX + 1] = {{"message.timeout.ms", "0"}};
    char error[LOG_ERROR_BYTES] = "";
    memcpy(properties + 1, options->properties,
           options->n_properties * sizeof options->properties[0]);
    const struct log_options log_options = {.keep_times = options->speed == 0,
                                            .properties = properties,
                                            .n_properties = options->n_properties + 1};
    struct log *log = log_open(options->log, &log_options, error);
    if (!log)
        complain(error);
    if (!log && strstr(error, "another process"))
        fprintf(stderr, "import: stop that server first, or import through it by --server\n");
    return log;
}

/* What the times of the records will be. */
static void say_times(struct log *log, const struct options *options,
                      const struct work_state *state, const struct log_end *end)
{
    enum log_times times = log_keeps_times(log);
    if (options->speed > 0 || state->first_ms == 0)
        return;
    if (times == LOG_TIMES_ITS_OWN)
        fprintf(stderr,
                "import: topic %s has message.timestamp.type=LogAppendTime: all times will be "
                "those of this import. To keep the times of the data, set it to CreateTime before "
                "the import (and back afterwards), or name a topic that is not there yet\n",
                log_identify(log).topic);
    else if (end->has_record && end->batch == 0 && end->time_ms > state->first_ms)
        fprintf(stderr,
                "import: the log's last record is later than the first row: times in this log will "
                "go back there. In a log of its own the timeline shows the event as it was\n");
}

/* ---- where the import begins in the log */

/* Find, or note, the offset of the first record. */
static int find_first(const struct log_end *end, const char *name, struct work *work,
                      struct work_state *state, char error[WORK_ERROR_BYTES])
{
    if (state->log[0]) {
        if (state->first >= end->bounds.low && state->first <= end->bounds.high)
            return 0;
        snprintf(error, WORK_ERROR_BYTES,
                 "this import began at offset %" PRIu64 " of the log, which goes from %" PRIu64
                 " to %" PRIu64 " now: it is another log, or has lost its beginning",
                 state->first, end->bounds.low, end->bounds.high);
        return -1;
    }
    state->first = end->bounds.high;
    if (end->batch > 0) { /* the log ends with this very import: go on there */
        if (end->batch > end->offset - end->bounds.low + 1) {
            snprintf(error, WORK_ERROR_BYTES, "the beginning of this import is no longer there");
            return -1;
        }
        state->first = end->offset - (end->batch - 1);
    }
    snprintf(state->log, sizeof state->log, "%s", name);
    return work_save(work, state, error);
}

/* ---- the second half */

static int append(struct log *log, const struct options *options, const struct import_id *id,
                  const struct log_found *found, bool empty, const struct work *work,
                  const struct work_state *state, struct report *report)
{
    char error[RUN_ERROR_BYTES] = "";
    const struct log_out_config config = {.log = log,
                                          .nonce = id->nonce,
                                          .found = found,
                                          .empty = empty,
                                          .first_ms = state->first_ms,
                                          .speed = options->speed};
    uint64_t begun_us = clock_now_us();
    struct log_out *out = log_out_create(&config, error);
    if (!out)
        return complain(error);
    size_t max = log_out_edits_max(out, options->authors);
    int rc = feed(options, work, state, log_out_batches(out),
                  options->batch < max ? options->batch : max, error);
    if (rc == 0)
        rc = log_out_finish(out);
    if (rc != 0)
        complain(log_out_error(out)[0] ? log_out_error(out) : error);
    report->found = log_out_found(out);
    report->appended = log_out_appended(out);
    report->records = log_out_records(out);
    report->append_s = (double)(clock_now_us() - begun_us) / 1e6;
    log_out_destroy(out);
    return rc;
}

/* The broker did not say whether it keeps times: the first record shows it. */
static void check_times(struct log *log, const struct options *options, uint64_t nonce,
                        const struct work_state *state)
{
    char error[LOG_ERROR_BYTES];
    struct log_found found;
    if (options->speed > 0 || state->first_ms == 0 || log_keeps_times(log) != LOG_TIMES_UNKNOWN)
        return;
    if (log_found_read(log, nonce, state->first, &found, error) == 0 && found.n > 0 &&
        found.first_time_ms > state->last_ms)
        fprintf(stderr,
                "import: the records have the times of this import: the topic is set to "
                "message.timestamp.type=LogAppendTime. CreateTime would have kept the data's\n");
    log_found_finish(&found);
}

static int run(struct log *log, const char *name, const struct options *options,
               const struct import_id *id, struct work *work, struct work_state *state,
               struct report *report)
{
    char error[WORK_ERROR_BYTES] = "";
    struct log_end end;
    struct log_found found = {0};
    int rc = prepare(options, id, name, work, state, report, error);
    report->tally = state->tally;
    report->first_ms = state->first_ms;
    report->last_ms = state->last_ms;
    if (rc == 0)
        rc = log_end_find(log, id->nonce, &end, error);
    if (rc == 0)
        rc = find_first(&end, name, work, state, error);
    if (rc == 0)
        rc = log_found_read(log, id->nonce, state->first, &found, error);
    if (rc != 0) {
        log_found_finish(&found);
        return complain(error);
    }
    report->first = state->first;
    say_times(log, options, state, &end);
    if (found.n > 0)
        fprintf(stderr, "import: going on after record %" PRIu64 " of this import\n", found.n);
    bool empty = end.bounds.low == end.bounds.high;
    rc = append(log, options, id, &found, empty, work, state, report);
    log_found_finish(&found);
    if (rc == 0)
        check_times(log, options, id->nonce, state);
    return rc;
}

int to_log(const struct options *options, const struct import_id *id, struct work *work,
           struct report *report)
{
    char name[WORK_LOG_BYTES];
    int rc = -1;
    struct log *log = open_log(options);
    struct work_state *state = calloc(1, sizeof *state);
    if (log && state) {
        struct log_identity identity = log_identify(log);
        snprintf(name, sizeof name, "%.200s/%.200s", identity.cluster, identity.topic);
        rc = run(log, name, options, id, work, state, report);
    } else if (!state) {
        complain("no memory");
    }
    free(state);
    log_close(log);
    if (rc == 0)
        work_clear(work);
    report->complete = rc == 0;
    return rc;
}
