/* SPDX-License-Identifier: ISC */
/* trace: reads files, sorts by time. See trace.h. */
#include "trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/lines.h"
#include "core/nearest.h"
#include "common/place_row.h"
#include "core/edit.h"

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

static int take(struct trace *trace, const char *line, size_t len,
                const struct place_layout *layout, int at_x, int at_y)
{
    struct place_row row;
    trace->rows++;
    switch (place_row(line, len, layout, &row)) {
    case PLACE_PIXEL:
        break;
    case PLACE_EMPTY:
        trace->empty++;
        return 0;
    case PLACE_RECTANGLE:
    case PLACE_CIRCLE:
        trace->areas++;
        return 0;
    default:
        trace->malformed++;
        return 0;
    }
    int64_t x = (int64_t)row.x - at_x, y = (int64_t)row.y - at_y;
    if (x < 0 || y < 0 || x >= CANVAS_WIDTH || y >= CANVAS_HEIGHT) {
        trace->outside++;
        return 0;
    }
    uint32_t colour = row.colour;
    if (row.is_rgb)
        colour = nearest_colour((uint8_t)(row.colour >> 16), (uint8_t)(row.colour >> 8),
                                (uint8_t)row.colour);
    return append(trace, row.time_ms, edit_pack((uint32_t)x, (uint32_t)y, colour));
}

static int load(struct trace *trace, const char *path, int at_x, int at_y)
{
    char error[LINES_ERROR_BYTES];
    struct place_layout layout;
    const char *line;
    size_t len;
    struct lines *lines = lines_open(path, error);
    if (!lines) {
        fprintf(stderr, "edit-flood: %s\n", error);
        return -1;
    }
    int rc = 0;
    enum lines_result result = lines_next(lines, &line, &len, error);
    if (result != LINES_FAILED && (result != LINES_LINE || !place_header(line, len, &layout)))
        rc = complain(path, "no header of an r/place file (2017, 2022 or 2023)");
    while (rc == 0 && result != LINES_FAILED) {
        result = lines_next(lines, &line, &len, error);
        if (result == LINES_END)
            break;
        if (result == LINES_LONG) {
            trace->rows++;
            trace->malformed++;
        } else if (result == LINES_LINE && len > 0 &&
                   take(trace, line, len, &layout, at_x, at_y) != 0) {
            rc = complain(path, "out of memory");
        }
    }
    if (result == LINES_FAILED) {
        fprintf(stderr, "edit-flood: %s\n", error);
        rc = -1;
    }
    lines_close(lines);
    return rc;
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
