/* SPDX-License-Identifier: ISC */
/* sorter: see sorter.h. */
#include "sorter.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/crc32c.h"
#include "merge.h"

enum {
    DIGIT_BITS = 11,
    DIGITS = 1 << DIGIT_BITS,
    BUFFER_MIN = 4096, /* bytes to read one run through */
    COPY_ROWS = 1024,
    LOOK_ROWS = 65536, /* so many rows between two looks at stop */
};

struct sorter {
    const char *folder;
    size_t memory;
    struct row *rows, *scratch; /* room each */
    size_t n, room;
    bool in_order; /* the rows so far */
    struct run *runs;
    size_t n_runs, runs_room;
    uint64_t next; /* number of the next file */
};

struct sorter *sorter_create(const char *folder, size_t memory, char error[RUN_ERROR_BYTES])
{
    struct sorter *s = calloc(1, sizeof *s);
    if (s) {
        s->folder = folder;
        s->memory = memory < SORTER_MEMORY_MIN ? SORTER_MEMORY_MIN : memory;
        s->in_order = true;
        s->room = s->memory / 2 / sizeof(struct row);
        s->rows = malloc(s->room * sizeof *s->rows);
        s->scratch = malloc(s->room * sizeof *s->scratch);
    }
    if (s && s->rows && s->scratch)
        return s;
    snprintf(error, RUN_ERROR_BYTES, "no memory for sorting: give --memory less");
    sorter_destroy(s);
    return NULL;
}

void sorter_destroy(struct sorter *s)
{
    if (!s)
        return;
    free(s->rows);
    free(s->scratch);
    free(s->runs);
    free(s);
}

/* ---- one run */

/* By time, a digit of 11 bits a pass from the lowest: stable, and linear. */
static void sort(struct sorter *s)
{
    int64_t low = INT64_MAX, high = INT64_MIN;
    for (size_t i = 0; i < s->n; i++) {
        low = s->rows[i].time_ms < low ? s->rows[i].time_ms : low;
        high = s->rows[i].time_ms > high ? s->rows[i].time_ms : high;
    }
    uint64_t span = (uint64_t)high - (uint64_t)low;
    for (unsigned shift = 0; shift < 64 && span >> shift; shift += DIGIT_BITS) {
        size_t places[DIGITS] = {0}, sum = 0;
        for (size_t i = 0; i < s->n; i++)
            places[((uint64_t)s->rows[i].time_ms - (uint64_t)low) >> shift & (DIGITS - 1)]++;
        for (size_t i = 0; i < DIGITS; i++) {
            size_t count = places[i];
            places[i] = sum;
            sum += count;
        }
        for (size_t i = 0; i < s->n; i++) {
            uint64_t key = (uint64_t)s->rows[i].time_ms - (uint64_t)low;
            s->scratch[places[key >> shift & (DIGITS - 1)]++] = s->rows[i];
        }
        struct row *swap = s->rows;
        s->rows = s->scratch;
        s->scratch = swap;
    }
}

/* ---- files */

static int complain(const char *path, const char *what, char error[RUN_ERROR_BYTES])
{
    snprintf(error, RUN_ERROR_BYTES, "%.300s: %s", path, what);
    return -1;
}

static int write_all(int fd, const void *bytes, size_t len)
{
    const char *at = bytes;
    while (len > 0) {
        ssize_t n = write(fd, at, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            errno = n == 0 ? EIO : errno;
            return -1;
        }
        at += n;
        len -= (size_t)n;
    }
    return 0;
}

static int create_file(const struct sorter *s, uint64_t number, char path[RUN_PATH_BYTES],
                       char error[RUN_ERROR_BYTES])
{
    run_path(path, s->folder, number);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    return fd >= 0 ? fd : complain(path, strerror(errno), error);
}

static int add_run(struct sorter *s, struct run run, char error[RUN_ERROR_BYTES])
{
    if (s->n_runs == s->runs_room) {
        size_t room = s->runs_room ? 2 * s->runs_room : 64;
        struct run *runs = realloc(s->runs, room * sizeof *runs);
        if (!runs)
            return complain(s->folder, "no memory", error);
        s->runs = runs;
        s->runs_room = room;
    }
    s->runs[s->n_runs++] = run;
    return 0;
}

/* Sort what is there and write it to the next file. */
static int spill(struct sorter *s, char error[RUN_ERROR_BYTES])
{
    char path[RUN_PATH_BYTES];
    if (s->n == 0)
        return 0;
    if (!s->in_order)
        sort(s);
    struct run run = {s->next++, s->n, crc32c(0, s->rows, s->n * sizeof *s->rows)};
    int fd = create_file(s, run.number, path, error);
    if (fd < 0)
        return -1;
    int rc = write_all(fd, s->rows, s->n * sizeof *s->rows);
    if (rc != 0)
        complain(path, strerror(errno), error);
    close(fd);
    s->n = 0;
    s->in_order = true;
    return rc == 0 ? add_run(s, run, error) : -1;
}

int sorter_add(struct sorter *s, const struct row *row, char error[RUN_ERROR_BYTES])
{
    if (s->n == s->room && spill(s, error) != 0)
        return -1;
    s->in_order &= s->n == 0 || s->rows[s->n - 1].time_ms <= row->time_ms;
    s->rows[s->n++] = *row;
    return 0;
}

/* ---- rounds of merging */

/* Write all that merge has. 0; -1 with a reason, or without one when it is to stop. */
static int copy(struct sorter *s, struct merge *merge, int fd, const char *path, struct run *run,
                bool (*stop)(void), char error[RUN_ERROR_BYTES])
{
    struct row *rows = s->scratch; /* free between spills */
    for (size_t n = 0;;) {
        int rc = merge_next(merge, &rows[n], error);
        if (rc < 0)
            return -1;
        n += (size_t)rc;
        run->rows += (uint64_t)rc;
        if (n == COPY_ROWS || (rc == 0 && n > 0)) {
            run->crc = crc32c(run->crc, rows, n * sizeof *rows);
            if (write_all(fd, rows, n * sizeof *rows) != 0)
                return complain(path, strerror(errno), error);
            n = 0;
        }
        if (rc == 0)
            return 0;
        if (run->rows % LOOK_ROWS == 0 && stop && stop())
            return -1;
    }
}

/* Merge n runs into one, and remove their files. */
static int merge_runs(struct sorter *s, const struct run *runs, size_t n, struct run *result,
                      bool (*stop)(void), char error[RUN_ERROR_BYTES])
{
    char path[RUN_PATH_BYTES];
    *result = (struct run){.number = s->next++};
    struct merge *merge = merge_open(s->folder, runs, n, s->memory / 2, error);
    if (!merge)
        return -1;
    int fd = create_file(s, result->number, path, error);
    int rc = fd < 0 ? -1 : copy(s, merge, fd, path, result, stop, error);
    if (fd >= 0)
        close(fd);
    merge_close(merge);
    for (size_t i = 0; i < n && rc == 0; i++) {
        run_path(path, s->folder, runs[i].number);
        unlink(path);
    }
    return rc;
}

/* One round: neighbours become one, so that the order of the runs stays. */
static int merge_round(struct sorter *s, size_t fan, bool (*stop)(void),
                       char error[RUN_ERROR_BYTES])
{
    size_t n = 0;
    for (size_t from = 0; from < s->n_runs; from += fan, n++) {
        size_t count = s->n_runs - from < fan ? s->n_runs - from : fan;
        struct run run = s->runs[from];
        if (count > 1 && merge_runs(s, s->runs + from, count, &run, stop, error) != 0)
            return -1;
        s->runs[n] = run;
    }
    s->n_runs = n;
    return 0;
}

static int persist(const char *path, int flags, char error[RUN_ERROR_BYTES])
{
    int fd = open(path, flags | O_CLOEXEC);
    int rc = fd < 0 ? -1 : fsync(fd);
    if (rc != 0)
        complain(path, strerror(errno), error);
    if (fd >= 0)
        close(fd);
    return rc;
}

int sorter_finish(struct sorter *s, bool (*stop)(void), const struct run **runs, size_t *n_runs,
                  char error[RUN_ERROR_BYTES])
{
    char path[RUN_PATH_BYTES];
    size_t fan = s->memory / 2 / BUFFER_MIN - 1; /* 7 at least */
    fan = fan < SORTER_FAN ? fan : SORTER_FAN;
    error[0] = '\0';
    if (spill(s, error) != 0)
        return -1;
    free(s->rows); /* half of the memory, for the buffers of the merging */
    s->rows = NULL;
    s->room = 0;
    while (s->n_runs > fan) {
        if (merge_round(s, fan, stop, error) != 0)
            return -1;
    }
    for (size_t i = 0; i < s->n_runs; i++) {
        run_path(path, s->folder, s->runs[i].number);
        if (persist(path, O_RDONLY, error) != 0)
            return -1;
    }
    if (persist(s->folder, O_RDONLY | O_DIRECTORY, error) != 0)
        return -1;
    *runs = s->runs;
    *n_runs = s->n_runs;
    return 0;
}
