/* SPDX-License-Identifier: ISC */
/* intake: see intake.h. */
#include "intake.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "common/lines.h"
#include "common/progress.h"
#include "common/rgba.h"
#include "common/stop.h"
#include "core/edit.h"

enum {
    LOOK_ROWS = 4096, /* between two looks at the clock and at stop_asked */
    OPAQUE = 128,     /* of 255 */
};

struct intake {
    const struct options *options;
    struct tally *tally;
    struct rows *rows;
    struct region region; /* of this file */
    struct progress progress;
    uint64_t bytes_before, bytes_total; /* of the files before, of all */
    char *error;
};

/* What the reader of rows calls a fault, as the report counts it. */
static const enum rejection rejections[PLACE_VERDICTS] = {
    [PLACE_EMPTY] = REJECTED_empty,
    [PLACE_RECTANGLE] = REJECTED_rectangle,
    [PLACE_CIRCLE] = REJECTED_circle,
    [PLACE_BAD_TIME] = REJECTED_bad_time,
    [PLACE_BAD_COORDINATE] = REJECTED_bad_coordinate,
    [PLACE_BAD_COLOUR] = REJECTED_bad_colour,
    [PLACE_CUT] = REJECTED_cut,
};

static bool in_region(const struct region *r, int64_t x, int64_t y)
{
    return x >= r->x && y >= r->y && x < r->x + r->width && y < r->y + r->height;
}

/* Where a pixel of the data lies in the plane; else it is counted, and false. */
static bool locate(struct intake *in, int64_t x, int64_t y, struct row *row, uint32_t *word)
{
    uint32_t in_x, in_y;
    enum rejection reason = REJECTED_outside;
    if (in_region(&in->region, x, y)) {
        if (position_of_pixel(x + in->options->offset_x, y + in->options->offset_y, CANVAS_WIDTH,
                              &row->position, &in_x, &in_y)) {
            *word = edit_pack(in_x, in_y, 0);
            return true;
        }
        reason = REJECTED_beyond;
    }
    in->tally->rejected[reason]++;
    return false;
}

static int take(struct intake *in, struct row *row, uint32_t place, uint8_t colour)
{
    row->word = place | edit_pack(0, 0, colour);
    in->tally->taken++;
    return in->rows->row(in->rows, row, in->error);
}

/* ---- rows of text */

static int take_line(struct intake *in, const char *line, size_t len,
                     const struct place_layout *layout)
{
    struct place_row data;
    struct row row;
    uint32_t place;
    in->tally->rows++;
    enum place_verdict verdict = place_row(line, len, layout, &data);
    if (verdict != PLACE_PIXEL) {
        in->tally->rejected[rejections[verdict]]++;
        return 0;
    }
    if (!locate(in, data.x, data.y, &row, &place))
        return 0;
    row.time_ms = data.time_ms;
    row.author = in->options->authors && data.user_len > 0
                     ? author_of(in->options->author_key, data.user, data.user_len)
                     : 0;
    return take(in, &row, place,
                data.is_rgb ? tally_colour(in->tally, data.colour) : (uint8_t)data.colour);
}

/* 0; -1, with an empty error when it is to stop. */
static int look_up(struct intake *in, const struct lines *lines)
{
    progress_show(&in->progress, in->tally->rows, in->bytes_before + lines_at(lines),
                  in->bytes_total);
    return stop_asked() ? -1 : 0;
}

static int read_rows(struct intake *in, const char *path, struct lines *lines,
                     const struct place_layout *layout, const char *first, size_t first_len)
{
    const char *line;
    size_t len;
    enum lines_result result = LINES_END;
    int rc = first ? take_line(in, first, first_len, layout) : 0;
    for (uint64_t n = 1; rc == 0; n++) {
        result = lines_next(lines, &line, &len, in->error);
        if (result == LINES_END || result == LINES_FAILED)
            break;
        if (result == LINES_LONG) {
            in->tally->rows++;
            in->tally->rejected[REJECTED_too_long]++;
        } else if (len > 0) {
            rc = take_line(in, line, len, layout);
        }
        if (rc == 0 && n % LOOK_ROWS == 0)
            rc = look_up(in, lines);
    }
    if (rc != 0 || result == LINES_FAILED)
        return -1;
    if (lines_open_ended(lines)) {
        progress_end(&in->progress);
        fprintf(stderr, "import: %s: its last line has no end: was the file cut short?\n", path);
    }
    return 0;
}

static int read_text(struct intake *in, const char *path)
{
    struct place_layout layout;
    const char *line = NULL;
    size_t len = 0;
    int rc = -1;
    struct lines *lines = lines_open(path, in->error);
    if (!lines)
        return -1;
    enum lines_result result = lines_next(lines, &line, &len, in->error);
    bool header = result == LINES_LINE && place_header(line, len, &layout);
    bool forced = in->options->format < PLACE_FORMATS;
    if (result == LINES_FAILED)
        goto done;
    if (!header && !forced) {
        snprintf(in->error, INTAKE_ERROR_BYTES,
                 "%.200s: its first line is not the header of an r/place file (\"ts,user,"
                 "x_coordinate,y_coordinate,color\" or \"timestamp,...,coordinate,...\"); --format "
                 "says what it is",
                 path);
        goto done;
    }
    if (forced && (!header || (int)layout.format != in->options->format))
        layout = place_layout_of((enum place_format)in->options->format);
    in->region = in->options->region;
    if (!in->options->has_region && layout.format == PLACE_2017) /* 1000 is an off-by-one */
        in->region = (struct region){0, 0, CANVAS_WIDTH, CANVAS_HEIGHT};
    bool first = !header && result == LINES_LINE && len > 0;
    rc = read_rows(in, path, lines, &layout, first ? line : NULL, len);
done:
    lines_close(lines);
    return rc;
}

/* ---- pixels of a picture */

static int read_picture(struct intake *in, const char *path)
{
    struct rgba rgba;
    char error[RGBA_ERROR_BYTES];
    struct row row = {0};
    if (rgba_load(path, &rgba, error) != 0) {
        snprintf(in->error, INTAKE_ERROR_BYTES, "%.200s: %s", path, error);
        return -1;
    }
    in->region = in->options->region;
    const uint8_t *pixel = rgba.pixels;
    int rc = 0;
    for (int64_t y = 0; y < rgba.height && rc == 0; y++) {
        for (int64_t x = 0; x < rgba.width && rc == 0; x++, pixel += 4) {
            uint32_t place;
            uint8_t colour = 0;
            in->tally->rows++;
            if (pixel[3] >= OPAQUE)
                colour = tally_colour(in->tally, (uint32_t)pixel[0] << 16 |
                                                     (uint32_t)pixel[1] << 8 | pixel[2]);
            if (colour == 0) /* white, which a new canvas is */
                in->tally->blank++;
            else if (locate(in, x, y, &row, &place))
                rc = take(in, &row, place, colour);
        }
        if (rc == 0 && stop_asked())
            rc = -1;
    }
    rgba_finish(&rgba);
    return rc;
}

static bool is_picture(const struct options *options, const char *path)
{
    size_t len = strlen(path);
    if (options->format != OPTIONS_FORMAT_AUTO)
        return options->format == OPTIONS_FORMAT_PNG;
    return len > 4 && strcasecmp(path + len - 4, ".png") == 0;
}

static uint64_t size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
}

int intake_read(const struct options *options, struct tally *tally, struct rows *rows,
                char error[INTAKE_ERROR_BYTES])
{
    struct intake in = {.tally = tally, .rows = rows, .error = error};
    int rc = 0;
    error[0] = '\0';
    struct options all = *options;
    if (!options->has_region) /* everything that a row can say */
        all.region = (struct region){-PLACE_FAR, -PLACE_FAR, 2 * PLACE_FAR + 1, 2 * PLACE_FAR + 1};
    in.options = &all;
    for (size_t i = 0; i < options->n_files; i++)
        in.bytes_total += size_of(options->files[i]);
    progress_begin(&in.progress, "read", "rows", options->quiet, 0);
    for (size_t i = 0; i < options->n_files && rc == 0; i++) {
        const char *path = options->files[i];
        rc = is_picture(options, path) ? read_picture(&in, path) : read_text(&in, path);
        in.bytes_before += size_of(path);
    }
    progress_end(&in.progress);
    return rc;
}
