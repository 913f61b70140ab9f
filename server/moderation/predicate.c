/* SPDX-License-Identifier: ISC */
/* predicate: one part after the other; each may be there once. */
#include "moderation/predicate.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/decimal.h"
#include "core/edit.h"
#include "core/hex.h"
#include "core/rfc3339.h"

enum {
    ID_DIGITS = 16,
    PLANE_MIN = POSITION_MIN * CANVAS_WIDTH,
    PLANE_END = (POSITION_MAX + 1) * CANVAS_WIDTH,
};

struct parser {
    struct predicate *predicate;
    const char *text;     /* whole */
    const char *at, *end; /* of the part that is being read, behind its name */
    int64_t now_ms;
    char *error;
};

__attribute__((format(printf, 2, 3))) static int fail(struct parser *parser, const char *format,
                                                      ...)
{
    va_list arguments;
    int at = snprintf(parser->error, PREDICATE_ERROR_BYTES,
                      "at character %zu: ", (size_t)(parser->at - parser->text) + 1);
    va_start(arguments, format);
    vsnprintf(parser->error + at, PREDICATE_ERROR_BYTES - (size_t)at, format, arguments);
    va_end(arguments);
    return -1;
}

/* ---- values ---- */

static bool take_id(struct parser *parser, uint64_t *id)
{
    char text[HEX_U64_BYTES] = "";
    if (parser->end - parser->at < ID_DIGITS)
        return false;
    memcpy(text, parser->at, ID_DIGITS);
    if (!hex_to_u64(text, id))
        return false;
    parser->at += ID_DIGITS;
    return true;
}

static bool take_comma(struct parser *parser)
{
    if (parser->at == parser->end || *parser->at != ',')
        return false;
    parser->at++;
    return true;
}

static int read_ids(struct parser *parser, const char *what, uint64_t *ids, size_t *n, size_t room)
{
    do {
        if (*n == room)
            return fail(parser, "at most %zu %s fit into one predicate", room, what);
        if (!take_id(parser, &ids[*n]))
            return fail(parser, "expected %s of 16 small hex digits, with commas between them",
                        what);
        ++*n;
    } while (take_comma(parser));
    return parser->at == parser->end ? 0 : fail(parser, "expected a comma or a blank");
}

/* Up to the next comma or the end of the part. */
static bool take_number(struct parser *parser, int64_t min, int64_t max, int64_t *number)
{
    const char *comma = memchr(parser->at, ',', (size_t)(parser->end - parser->at));
    const char *stop = comma ? comma : parser->end;
    if (!decimal_parse_canonical(parser->at, (size_t)(stop - parser->at), min, max, number))
        return false;
    parser->at = stop;
    return true;
}

static int read_rectangle(struct parser *parser)
{
    static const char expected[] =
        "expected X,Y,W,H: four whole numbers, a rectangle inside the plane (%d to %d)";
    int64_t x, y, w, h;
    if (!take_number(parser, PLANE_MIN, PLANE_END - 1, &x) || !take_comma(parser) ||
        !take_number(parser, PLANE_MIN, PLANE_END - 1, &y) || !take_comma(parser) ||
        !take_number(parser, 1, PLANE_END - x, &w) || !take_comma(parser) ||
        !take_number(parser, 1, PLANE_END - y, &h) || parser->at != parser->end)
        return fail(parser, expected, PLANE_MIN, PLANE_END - 1);
    struct predicate *predicate = parser->predicate;
    predicate->has_rectangle = true;
    predicate->x = (int32_t)x;
    predicate->y = (int32_t)y;
    predicate->w = (int32_t)w;
    predicate->h = (int32_t)h;
    return 0;
}

static int read_colours(struct parser *parser)
{
    int64_t colour;
    parser->predicate->colours = 0;
    do {
        if (!take_number(parser, 0, CANVAS_COLOURS - 1, &colour))
            return fail(parser, "expected colours from 0 to %d, with commas between them",
                        CANVAS_COLOURS - 1);
        parser->predicate->colours |= (uint16_t)(1u << colour);
    } while (take_comma(parser));
    return 0;
}

static int read_action(struct parser *parser)
{
    int64_t action;
    if (!take_number(parser, 1, UINT32_MAX, &action) || parser->at != parser->end)
        return fail(parser, "expected the number of an action, from 1 to %" PRIu32, UINT32_MAX);
    parser->predicate->action = (uint32_t)action;
    return 0;
}

/* ---- times ---- */

static bool parse_time(const char *text, size_t len, int64_t *time_ms)
{
    uint64_t number;
    if (!decimal_parse(text, len, INT64_MAX, &number))
        return rfc3339_parse(text, len, time_ms);
    *time_ms = (int64_t)number;
    return true;
}

/* A number and its unit: how many ms. */
static bool parse_duration(const char *text, size_t len, int64_t *ms)
{
    static const struct {
        char name;
        int64_t ms;
    } units[] = {{'s', 1000}, {'m', 60 * 1000}, {'h', 3600 * 1000}, {'d', 24 * 3600 * 1000}};
    uint64_t number;
    for (size_t i = 0; len > 1 && i < sizeof units / sizeof *units; i++) {
        if (text[len - 1] != units[i].name)
            continue;
        if (!decimal_parse(text, len - 1, UINT32_MAX, &number))
            return false;
        *ms = (int64_t)number * units[i].ms;
        return *ms > 0;
    }
    return false;
}

/* Dates have dashes of their own: the one between two times is the one with a time on either side.
 */
static int read_time(struct parser *parser)
{
    struct predicate *predicate = parser->predicate;
    const char *text = parser->at, *end = parser->end;
    int64_t ms;
    predicate->has_time = true;
    if (parse_duration(text, (size_t)(end - text), &ms)) {
        predicate->to_ms = parser->now_ms;
        predicate->from_ms = ms < parser->now_ms ? parser->now_ms - ms : 0;
        return 0;
    }
    for (const char *dash = text; (dash = memchr(dash, '-', (size_t)(end - dash))); dash++) {
        if (!parse_time(text, (size_t)(dash - text), &predicate->from_ms) ||
            !parse_time(dash + 1, (size_t)(end - dash - 1), &predicate->to_ms))
            continue;
        if (predicate->from_ms > predicate->to_ms)
            return fail(parser, "the time begins after its end");
        if (predicate->to_ms < 0)
            return fail(parser, "the time ends before 1970, where the log's begins");
        if (predicate->from_ms < 0)
            predicate->from_ms = 0;
        return 0;
    }
    return fail(parser,
                "expected a duration such as 2h (s, m, h, d), or FROM-TO: times such as "
                "2026-04-01T12:00:00Z, or ms since 1970");
}

/* ---- parts ---- */

static int read_authors(struct parser *parser)
{
    struct predicate *predicate = parser->predicate;
    return read_ids(parser, "authors", predicate->authors, &predicate->n_authors,
                    PREDICATE_AUTHORS);
}

static int read_networks(struct parser *parser)
{
    struct predicate *predicate = parser->predicate;
    return read_ids(parser, "networks", predicate->networks, &predicate->n_networks,
                    PREDICATE_NETWORKS);
}

static int read_except(struct parser *parser)
{
    struct predicate *predicate = parser->predicate;
    return read_ids(parser, "authors", predicate->except, &predicate->n_except, PREDICATE_AUTHORS);
}

static const struct part {
    const char *name;
    int (*read)(struct parser *parser);
} parts[] = {
    {"u:", read_authors}, {"net:", read_networks}, {"r:", read_rectangle},
    {"t:", read_time},    {"c:", read_colours},    {"a:", read_action},
};

/* What comes after --except is one more kind of part. */
static const struct part except = {"--except u:", read_except};

enum { PARTS = sizeof parts / sizeof *parts };

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && *at == ' ')
        at++;
    return at;
}

static bool begins(const char *at, const char *end, const char *name)
{
    size_t len = strlen(name);
    return (size_t)(end - at) >= len && memcmp(at, name, len) == 0;
}

/* The part that begins here; its bit in the mask of those that were there. NULL: none. */
static const struct part *find_part(const char *at, const char *end, unsigned *bit)
{
    for (size_t i = 0; i < PARTS; i++) {
        *bit = 1u << i;
        if (begins(at, end, parts[i].name))
            return &parts[i];
    }
    *bit = 1u << PARTS;
    return begins(at, end, except.name) ? &except : NULL;
}

static int read_parts(struct parser *parser, const char *end)
{
    unsigned there = 0, bit;
    while ((parser->at = skip_blanks(parser->at, end)) < end) {
        const struct part *part = find_part(parser->at, end, &bit);
        if (!part)
            return fail(parser, "expected u:, net:, r:, t:, c:, a: or --except u:");
        if (there & bit)
            return fail(parser, "%s is there twice", part->name);
        there |= bit;
        parser->at += strlen(part->name);
        const char *blank = memchr(parser->at, ' ', (size_t)(end - parser->at));
        parser->end = blank ? blank : end;
        if (part->read(parser) != 0)
            return -1;
        parser->at = parser->end;
    }
    return 0;
}

int predicate_parse(struct predicate *predicate, const char *text, size_t len, int64_t now_ms,
                    char error[PREDICATE_ERROR_BYTES])
{
    struct parser parser = {.predicate = predicate,
                            .text = text,
                            .at = text,
                            .end = text + len,
                            .now_ms = now_ms,
                            .error = error};
    *predicate = (struct predicate){.colours = PREDICATE_ALL_COLOURS};
    if (len >= PREDICATE_BYTES)
        return fail(&parser, "a predicate has at most %d bytes", PREDICATE_BYTES - 1);
    if (read_parts(&parser, text + len) != 0)
        return -1;
    if (!predicate->has_time && predicate->action == 0)
        return fail(&parser, "a time is missing: t:2h, or t:FROM-TO");
    return 0;
}

/* ---- writing ---- */

struct writer {
    char *text;
    size_t len;
};

__attribute__((format(printf, 2, 3))) static void write(struct writer *writer, const char *format,
                                                        ...)
{
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(writer->text + writer->len, PREDICATE_BYTES - writer->len, format, arguments);
    va_end(arguments);
    writer->len += (size_t)n;
}

static void write_ids(struct writer *writer, const char *name, const uint64_t *ids, size_t n)
{
    for (size_t i = 0; i < n; i++)
        write(writer, "%s%016" PRIx64, i == 0 ? name : ",", ids[i]);
}

void predicate_write(const struct predicate *predicate, char text[PREDICATE_BYTES])
{
    struct writer writer = {.text = text};
    text[0] = '\0';
    write_ids(&writer, "u:", predicate->authors, predicate->n_authors);
    write_ids(&writer, " net:", predicate->networks, predicate->n_networks);
    if (predicate->has_rectangle)
        write(&writer, " r:%d,%d,%d,%d", predicate->x, predicate->y, predicate->w, predicate->h);
    if (predicate->has_time)
        write(&writer, " t:%" PRId64 "-%" PRId64, predicate->from_ms, predicate->to_ms);
    const char *before = " c:";
    for (unsigned i = 0; predicate->colours != PREDICATE_ALL_COLOURS && i < CANVAS_COLOURS; i++) {
        if (predicate->colours & 1u << i) {
            write(&writer, "%s%u", before, i);
            before = ",";
        }
    }
    if (predicate->action != 0)
        write(&writer, " a:%" PRIu32, predicate->action);
    write_ids(&writer, " --except u:", predicate->except, predicate->n_except);
    if (text[0] == ' ')
        memmove(text, text + 1, writer.len);
}

/* ---- fitting ---- */

bool predicate_touches(const struct predicate *predicate, struct position canvas)
{
    int64_t left = (int64_t)canvas.gx * CANVAS_WIDTH, top = (int64_t)canvas.gy * CANVAS_HEIGHT;
    return !predicate->has_rectangle ||
           (left < (int64_t)predicate->x + predicate->w && predicate->x < left + CANVAS_WIDTH &&
            top < (int64_t)predicate->y + predicate->h && predicate->y < top + CANVAS_HEIGHT);
}

bool predicate_takes_whole(const struct predicate *predicate, struct position canvas)
{
    int64_t left = (int64_t)canvas.gx * CANVAS_WIDTH, top = (int64_t)canvas.gy * CANVAS_HEIGHT;
    return predicate->colours == PREDICATE_ALL_COLOURS &&
           (!predicate->has_rectangle ||
            (predicate->x <= left && left + CANVAS_WIDTH <= (int64_t)predicate->x + predicate->w &&
             predicate->y <= top && top + CANVAS_HEIGHT <= (int64_t)predicate->y + predicate->h));
}

bool predicate_fits_edit(const struct predicate *predicate, struct position canvas, uint32_t word)
{
    if (!(predicate->colours & 1u << edit_colour(word)))
        return false;
    if (!predicate->has_rectangle)
        return true;
    int64_t x = (int64_t)canvas.gx * CANVAS_WIDTH + edit_x(word) - predicate->x;
    int64_t y = (int64_t)canvas.gy * CANVAS_HEIGHT + edit_y(word) - predicate->y;
    return x >= 0 && x < predicate->w && y >= 0 && y < predicate->h;
}
