/* SPDX-License-Identifier: ISC */
/* trace: reads files, sorts by time. See trace.h. */
#include "trace.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "trace_row.h"

enum {
    LINE_BYTES = 1024,
    READ_BYTES = 256 * 1024,
};

/* Times are kept in 32 bits; rows may come in any order, so the first one is put in the middle. */
static const int64_t MIDDLE = (int64_t)1 << 31;

static int complain(const char *path, const char *what)
{
    fprintf(stderr, "edit-flood: %s: %s\n", path, what);
    return -1;
}

static int append(struct trace *trace, int64_t ms, uint32_t word)
{
    if (trace->n == 0)
        trace->origin_ms = ms - MIDDLE;
    int64_t offset = ms - trace->origin_ms;
    if (offset < 0 || offset > UINT32_MAX) { /* seven weeks apart: no such event */
        trace->malformed++;
        return 0;
    }
    if (trace->n == trace->room) {
        size_t room = trace->room ? 2 * trace->room : 1 << 16;
        struct trace_edit *edits = realloc(trace->edits, room * sizeof *edits);
        if (!edits)
            return -1;
        trace->edits = edits;
        trace->room = room;
    }
    trace->edits[trace->n++] = (struct trace_edit){(uint32_t)offset, word};
    return 0;
}

static int take(struct trace *trace, char *line, const struct trace_layout *layout, int at_x,
                int at_y)
{
    int64_t ms;
    uint32_t word;
    trace->rows++;
    switch (trace_row(line, layout, at_x, at_y, &ms, &word)) {
    case TRACE_TAKEN:
        return append(trace, ms, word);
    case TRACE_EMPTY:
        trace->empty++;
        break;
    case TRACE_OUTSIDE:
        trace->outside++;
        break;
    case TRACE_AREA:
        trace->areas++;
        break;
    case TRACE_MALFORMED:
        trace->malformed++;
        break;
    }
    return 0;
}

static int load(struct trace *trace, const char *path, int at_x, int at_y)
{
    char line[LINE_BYTES];
    struct trace_layout layout;
    gzFile file = gzopen(path, "rb"); /* reads plain files too */
    if (!file)
        return complain(path, strerror(errno));
    gzbuffer(file, READ_BYTES);
    int result = 0, code;
    if (!gzgets(file, line, sizeof line) || !trace_header(line, &layout))
        result = complain(path, "no header of an r/place file (2017, 2022 or 2023)");
    while (result == 0 && gzgets(file, line, sizeof line)) {
        if (line[strspn(line, "\r\n")] == '\0')
            continue;
        if (take(trace, line, &layout, at_x, at_y) != 0)
            result = complain(path, "out of memory");
    }
    const char *message = gzerror(file, &code);
    if (result == 0 && code != Z_OK && code != Z_STREAM_END)
        result = complain(path, code == Z_ERRNO ? strerror(errno) : message);
    gzclose(file);
    return result;
}

/* Two rounds over 16 bits each: stable, and linear in what may be 100 million rows. */
static int sort(struct trace *trace)
{
    struct trace_edit *other = malloc(trace->n * sizeof *other);
    size_t *places = malloc(65536 * sizeof *places);
    if (!other || !places) {
        free(other);
        free(places);
        return -1;
    }
    for (unsigned shift = 0; shift < 32; shift += 16) {
        memset(places, 0, 65536 * sizeof *places);
        for (size_t i = 0; i < trace->n; i++)
            places[trace->edits[i].ms >> shift & 0xffff]++;
        size_t sum = 0;
        for (size_t i = 0; i < 65536; i++) {
            size_t count = places[i];
            places[i] = sum;
            sum += count;
        }
        for (size_t i = 0; i < trace->n; i++)
            other[places[trace->edits[i].ms >> shift & 0xffff]++] = trace->edits[i];
        struct trace_edit *swap = trace->edits;
        trace->edits = other;
        other = swap;
    }
    trace->room = trace->n;
    free(other);
    free(places);
    return 0;
}

int trace_load(struct trace *trace, const char *const *files, size_t n_files, int at_x, int at_y)
{
    memset(trace, 0, sizeof *trace);
    for (size_t i = 0; i < n_files; i++) {
        if (load(trace, files[i], at_x, at_y) != 0) {
            trace_finish(trace);
            return -1;
        }
    }
    if (trace->n == 0 || sort(trace) != 0) {
        complain(files[0], trace->n == 0 ? "no edit to be taken" : "out of memory");
        trace_finish(trace);
        return -1;
    }
    uint32_t first = trace->edits[0].ms;
    trace->origin_ms += first;
    for (size_t i = 0; i < trace->n; i++)
        trace->edits[i].ms -= first;
    return 0;
}

void trace_finish(struct trace *trace)
{
    free(trace->edits);
    trace->edits = NULL;
    trace->n = 0;
}

size_t trace_until(const struct trace *trace, size_t from, uint64_t ms)
{
    size_t low = from, high = trace->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (trace->edits[middle].ms <= ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
