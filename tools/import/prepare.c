/* SPDX-License-Identifier: ISC */
/* prepare: see prepare.h. */
#include "prepare.h"

#include <stdio.h>
#include <string.h>

#include "common/stop.h"
#include "intake.h"
#include "sys/clock.h"

struct sorting {
    struct rows rows; /* first: rows are cast to it */
    struct sorter *sorter;
    struct work_state *state;
};

static int take(struct rows *rows, const struct row *row, char error[INTAKE_ERROR_BYTES])
{
    struct sorting *sorting = (struct sorting *)rows;
    struct work_state *state = sorting->state;
    if (row->time_ms > 0 && (state->first_ms == 0 || row->time_ms < state->first_ms))
        state->first_ms = row->time_ms;
    if (row->time_ms > state->last_ms)
        state->last_ms = row->time_ms;
    return sorter_add(sorting->sorter, row, error);
}

static int sort_files(const struct options *options, struct work *work, struct work_state *state,
                      struct report *report, char error[WORK_ERROR_BYTES])
{
    const struct run *runs;
    struct sorting sorting = {.rows.row = take, .state = state};
    sorting.sorter = sorter_create(work_folder(work), options->memory, error);
    if (!sorting.sorter)
        return -1;
    uint64_t begun_us = clock_now_us();
    int rc = intake_read(options, &state->tally, &sorting.rows, error);
    uint64_t read_us = clock_now_us();
    report->read_s = (double)(read_us - begun_us) / 1e6;
    if (rc == 0)
        rc = sorter_finish(sorting.sorter, stop_asked, &runs, &state->n_runs, error);
    if (rc == 0)
        memcpy(state->runs, runs, state->n_runs * sizeof *runs);
    report->sort_s = (double)(clock_now_us() - read_us) / 1e6;
    sorter_destroy(sorting.sorter);
    return rc;
}

int prepare(const struct options *options, const struct import_id *id, const char *log,
            struct work *work, struct work_state *state, struct report *report,
            char error[WORK_ERROR_BYTES])
{
    int known = work_load(work, state, error);
    if (known < 0)
        return -1;
    bool same_log = known && strcmp(state->log, log) == 0;
    if (known && strcmp(state->id, id->text) == 0) {
        if (!same_log)
            state->log[0] = '\0'; /* sorted for another log: the runs are good for this one, too */
        return 0;
    }
    if (same_log) {
        snprintf(
            error, WORK_ERROR_BYTES,
            "%.300s: here is the place of another import into this log, which is not finished: "
            "finish it first (the same files and options), or remove this folder",
            work_folder(work));
        return -1;
    }
    work_clear(work);
    *state = (struct work_state){0};
    snprintf(state->id, sizeof state->id, "%s", id->text);
    if (sort_files(options, work, state, report, error) != 0)
        return -1;
    return work_save(work, state, error);
}

void prepare_work_folder(const struct options *options, char *path, size_t room)
{
    const char *beside = options->files[0];
    if (options->work) {
        snprintf(path, room, "%s", options->work);
        return;
    }
    if (options->log && !strstr(options->log, "://"))
        beside = strncmp(options->log, "local:", 6) == 0 ? options->log + 6 : options->log;
    size_t len = strlen(beside);
    while (len > 1 && beside[len - 1] == '/')
        len--;
    snprintf(path, room, "%.*s.import", (int)len, beside);
}
