/* SPDX-License-Identifier: ISC */
/* merge: a heap of runs, the one with the earliest row on top. */
#include "merge.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/crc32c.h"

enum {
    BUFFER_ROWS_MIN = 4096 / sizeof(struct row),
    BUFFER_ROWS_MAX = 1024 * 1024 / sizeof(struct row),
};

struct input {
    const struct run *run;
    int fd;
    struct row *rows; /* room for merge->room */
    size_t at, n;
    uint64_t left; /* rows of the file that are not in the buffer yet */
    uint32_t crc;
};

struct merge {
    const char *folder;
    struct input *inputs;
    size_t n_inputs, room;
    size_t *heap; /* numbers of inputs that have a row */
    size_t n_heap;
};

static int complain(const struct merge *merge, const struct input *input, const char *what,
                    char error[RUN_ERROR_BYTES])
{
    snprintf(error, RUN_ERROR_BYTES, "%.300s/run-%llu: %s", merge->folder,
             (unsigned long long)input->run->number, what);
    return -1;
}

/* Read on. 1; 0 at the end of the run; -1 with a reason. */
static int fill(struct merge *merge, struct input *input, char error[RUN_ERROR_BYTES])
{
    input->at = input->n = 0;
    if (input->left == 0) {
        if (input->crc == input->run->crc)
            return 0;
        return complain(merge, input, "it is not what was written: sort again", error);
    }
    size_t rows = input->left < merge->room ? (size_t)input->left : merge->room, got = 0;
    while (got < rows * sizeof(struct row)) {
        ssize_t n = read(input->fd, (char *)input->rows + got, rows * sizeof(struct row) - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return complain(merge, input, n < 0 ? strerror(errno) : "it is cut short", error);
        got += (size_t)n;
    }
    input->crc = crc32c(input->crc, input->rows, got);
    input->n = rows;
    input->left -= rows;
    return 1;
}

static bool before(const struct merge *merge, size_t a, size_t b)
{
    const struct input *x = &merge->inputs[a], *y = &merge->inputs[b];
    int64_t s = x->rows[x->at].time_ms, t = y->rows[y->at].time_ms;
    return s != t ? s < t : a < b;
}

static void sink(struct merge *merge, size_t at)
{
    size_t *heap = merge->heap, top = heap[at];
    for (size_t child; (child = 2 * at + 1) < merge->n_heap; at = child) {
        if (child + 1 < merge->n_heap && before(merge, heap[child + 1], heap[child]))
            child++;
        if (!before(merge, heap[child], top))
            break;
        heap[at] = heap[child];
    }
    heap[at] = top;
}

static int open_inputs(struct merge *merge, const struct run *runs, size_t n,
                       char error[RUN_ERROR_BYTES])
{
    char path[RUN_PATH_BYTES];
    for (size_t i = 0; i < n; i++) {
        struct input *input = &merge->inputs[i];
        *input = (struct input){.run = &runs[i], .fd = -1, .left = runs[i].rows};
        merge->n_inputs++;
        run_path(path, merge->folder, runs[i].number);
        input->fd = open(path, O_RDONLY | O_CLOEXEC);
        if (input->fd < 0)
            return complain(merge, input, strerror(errno), error);
        input->rows = malloc(merge->room * sizeof *input->rows);
        if (!input->rows)
            return complain(merge, input, "no memory", error);
        int rc = fill(merge, input, error);
        if (rc < 0)
            return -1;
        if (rc > 0)
            merge->heap[merge->n_heap++] = i;
    }
    for (size_t at = merge->n_heap / 2; at-- > 0;)
        sink(merge, at);
    return 0;
}

struct merge *merge_open(const char *folder, const struct run *runs, size_t n, size_t memory,
                         char error[RUN_ERROR_BYTES])
{
    struct merge *merge = calloc(1, sizeof *merge);
    if (merge) {
        merge->folder = folder;
        merge->room = memory / (n + 1) / sizeof(struct row);
        if (merge->room < BUFFER_ROWS_MIN)
            merge->room = BUFFER_ROWS_MIN;
        if (merge->room > BUFFER_ROWS_MAX)
            merge->room = BUFFER_ROWS_MAX;
        merge->inputs = calloc(n + 1, sizeof *merge->inputs);
        merge->heap = calloc(n + 1, sizeof *merge->heap);
    }
    if (!merge || !merge->inputs || !merge->heap) {
        snprintf(error, RUN_ERROR_BYTES, "no memory");
        merge_close(merge);
        return NULL;
    }
    if (open_inputs(merge, runs, n, error) == 0)
        return merge;
    merge_close(merge);
    return NULL;
}

void merge_close(struct merge *merge)
{
    if (!merge)
        return;
    for (size_t i = 0; i < merge->n_inputs; i++) {
        if (merge->inputs[i].fd >= 0)
            close(merge->inputs[i].fd);
        free(merge->inputs[i].rows);
    }
    free(merge->inputs);
    free(merge->heap);
    free(merge);
}

int merge_next(struct merge *merge, struct row *row, char error[RUN_ERROR_BYTES])
{
    if (merge->n_heap == 0)
        return 0;
    struct input *input = &merge->inputs[merge->heap[0]];
    *row = input->rows[input->at++];
    if (input->at == input->n) {
        int rc = fill(merge, input, error);
        if (rc < 0)
            return -1;
        if (rc == 0)
            merge->heap[0] = merge->heap[--merge->n_heap];
    }
    if (merge->n_heap > 1)
        sink(merge, 0);
    return 1;
}
