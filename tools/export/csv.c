/* SPDX-License-Identifier: ISC */
/* csv: numbers are written by hand here: millions of rows go through it. */
#include "csv.h"

#include <string.h>

#include "common/stop.h"
#include "core/authors.h"
#include "core/bytes.h"
#include "core/edit.h"

static const char header[] = "ts,user,x_coordinate,y_coordinate,color\n";

static char *put_number(char *at, int64_t value)
{
    char digits[20];
    size_t n = 0;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    if (value < 0)
        *at++ = '-';
    do
        digits[n++] = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    while (n > 0)
        *at++ = digits[--n];
    return at;
}

static char *put_author(char *at, uint64_t author)
{
    static const char digits[] = "0123456789abcdef";
    for (int shift = 60; shift >= 0; shift -= 4)
        *at++ = digits[author >> shift & 0xf];
    return at;
}

size_t csv_row(char *text, int64_t time_ms, const uint64_t *author, int32_t x, int32_t y,
               uint32_t colour)
{
    char *at = text;
    if (time_ms != -1)
        at = put_number(at, time_ms);
    *at++ = ',';
    if (author)
        at = put_author(at, *author);
    *at++ = ',';
    at = put_number(at, x);
    *at++ = ',';
    at = put_number(at, y);
    *at++ = ',';
    at = put_number(at, colour);
    *at++ = '\n';
    return (size_t)(at - text);
}

/* Who made the edits of a record, one after the other: a run at a time, because a record can have
 * hundreds of thousands. */
struct authors_walk {
    const uint8_t *run; /* the next one; NULL: nobody is named */
    uint64_t author;
    size_t left; /* edits of the present run */
};

/* The header counts for as many edits as the record has: there is always a next run. */
static const uint64_t *next_author(struct authors_walk *walk)
{
    if (!walk->run)
        return NULL;
    if (walk->left == 0) {
        walk->left = load_u16(walk->run);
        walk->author = load_u64(walk->run + 2);
        walk->run += AUTHORS_RUN_BYTES;
    }
    walk->left--;
    return &walk->author;
}

static bool inside(const struct region *region, int64_t x, int64_t y)
{
    return !region || (x >= region->x && y >= region->y && x < region->x + (int64_t)region->width &&
                       y < region->y + (int64_t)region->height);
}

static void write_record(const struct source_record *record, const struct region *region,
                         struct output *output, struct csv_counts *counts)
{
    struct authors_walk walk = {.run = record->authors.data ? record->authors.data + 1 : NULL};
    for (size_t i = 0; i < record->n; i++) {
        uint32_t word = edit_load(record->edits + EDIT_BYTES * i);
        int32_t x = record->position.gx * CANVAS_WIDTH + (int32_t)edit_x(word);
        int32_t y = record->position.gy * CANVAS_HEIGHT + (int32_t)edit_y(word);
        const uint64_t *author = next_author(&walk);
        if (!inside(region, x, y))
            continue;
        output_used(output,
                    csv_row(output_room(output), record->time_ms, author, x, y, edit_colour(word)));
        counts->edits++;
        counts->timeless += record->time_ms == -1;
    }
}

enum csv_result csv_write(struct source *source, uint64_t from, uint64_t to,
                          const struct region *region, struct output *output,
                          struct progress *progress, struct csv_counts *counts)
{
    struct source_record record;
    enum source_result result = SOURCE_END;
    uint64_t end = to < source_end(source) ? to : source_end(source);
    *counts = (struct csv_counts){0};
    if (source_seek(source, from, to) != 0)
        return CSV_SOURCE_FAILED;
    memcpy(output_room(output), header, strlen(header));
    output_used(output, strlen(header));
    while (output_good(output) && !stop_asked() &&
           (result = source_next(source, &record)) == SOURCE_RECORD) {
        write_record(&record, region, output, counts);
        progress_show(progress, counts->edits, record.offset - from, end - from);
    }
    if (stop_asked())
        return CSV_STOPPED;
    if (!output_good(output))
        return CSV_OUTPUT_FAILED;
    return result == SOURCE_FAILED ? CSV_SOURCE_FAILED : CSV_DONE;
}
