/* SPDX-License-Identifier: ISC */
/* picture: names to pictures and back; and which pictures are rendered at once. */
#include "render/name/picture.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/decimal.h"

#define NAME_OF(name) #name,
static const char *const palette_names[] = {PICTURE_PALETTES(NAME_OF)};
static const char *const op_names[] = {PICTURE_OPS(NAME_OF)};
#undef NAME_OF

/* A part of a path. */
struct text {
    const char *at;
    size_t len;
};

static bool text_is(struct text text, const char *word)
{
    return text.len == strlen(word) && memcmp(text.at, word, text.len) == 0;
}

/* Take what stands before `end` off the text's front, and `end` with it. */
static bool take_until(struct text *text, char end, struct text *part)
{
    const char *found = text->len > 0 ? memchr(text->at, end, text->len) : NULL;
    if (!found)
        return false;
    *part = (struct text){text->at, (size_t)(found - text->at)};
    text->at += part->len + 1;
    text->len -= part->len + 1;
    return true;
}

static bool drop_end(struct text *text, const char *end)
{
    size_t len = strlen(end);
    if (text->len < len || memcmp(text->at + text->len - len, end, len) != 0)
        return false;
    text->len -= len;
    return true;
}

/* A number without sign or leading zero, not above max. */
static bool parse_number(struct text text, uint64_t max, uint64_t *value)
{
    int64_t found;
    if (text.len == 0 || text.at[0] == '-' ||
        !decimal_parse_canonical(text.at, text.len, 0, (int64_t)max, &found))
        return false;
    *value = (uint64_t)found;
    return true;
}

/* Small hexadecimal digits, n of them; chars has room for the final zero. */
static bool parse_hex(struct text text, char *chars, size_t n)
{
    if (text.len != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!((text.at[i] >= '0' && text.at[i] <= '9') || (text.at[i] >= 'a' && text.at[i] <= 'f')))
            return false;
    memcpy(chars, text.at, n);
    chars[n] = '\0';
    return true;
}

/* "-0.75" as -750000: canonical, so there is no "-0", "0.50", ".5" or "00.5". */
static bool parse_millionths(struct text text, int32_t *value)
{
    enum { PLACES = 6 };
    const int32_t limit = 2 * PICTURE_JULIA_UNIT;
    bool negative = text.len > 0 && text.at[0] == '-';
    struct text rest = {text.at + negative, text.len - negative}, whole;
    uint64_t sum, part = 0;
    if (take_until(&rest, '.', &whole)) {
        if (rest.len == 0 || rest.len > PLACES || rest.at[rest.len - 1] == '0' ||
            !decimal_parse(rest.at, rest.len, PICTURE_JULIA_UNIT, &part))
            return false;
        for (size_t i = rest.len; i < PLACES; i++)
            part *= 10;
    } else {
        whole = rest;
    }
    if (!parse_number(whole, 2, &sum))
        return false;
    sum = sum * PICTURE_JULIA_UNIT + part;
    if (sum > (uint64_t)limit || (negative && sum == 0))
        return false;
    *value = negative ? -(int32_t)sum : (int32_t)sum;
    return true;
}

/* Z/X/Y with the file's ending gone. */
static bool parse_tile(struct picture *picture, struct text text, uint32_t zoom_max)
{
    struct text z, x;
    uint64_t zoom;
    if (!take_until(&text, '/', &z) || !take_until(&text, '/', &x) ||
        !parse_number(z, zoom_max, &zoom))
        return false;
    picture->z = (uint32_t)zoom;
    uint64_t last = (UINT64_C(1) << zoom) - 1;
    return parse_number(x, last, &picture->x) && parse_number(text, last, &picture->y);
}

static bool parse_revision(struct picture *picture, struct text text)
{
    struct text number = text;
    uint64_t revision;
    if (take_until(&text, '-', &number)) {
        unsigned i = 1; /* the first palette is the one that no name mentions */
        while (i < PICTURE_PALETTE_COUNT && !text_is(text, palette_names[i]))
            i++;
        if (i == PICTURE_PALETTE_COUNT)
            return false;
        picture->palette = (enum picture_palette)i;
    }
    return parse_number(number, PICTURE_FRACTAL_REVISION, &revision) &&
           revision == PICTURE_FRACTAL_REVISION;
}

static bool parse_mandelbrot(struct picture *picture, struct text text)
{
    struct text revision;
    return take_until(&text, '/', &revision) && drop_end(&text, ".png") &&
           parse_revision(picture, revision) && parse_tile(picture, text, PICTURE_FRACTAL_ZOOM_MAX);
}

static bool parse_julia(struct picture *picture, struct text text)
{
    struct text revision, c, cr;
    return take_until(&text, '/', &revision) && take_until(&text, '/', &c) &&
           take_until(&c, ',', &cr) && drop_end(&text, ".png") &&
           parse_revision(picture, revision) && parse_millionths(cr, &picture->cr) &&
           parse_millionths(c, &picture->ci) && parse_tile(picture, text, PICTURE_FRACTAL_ZOOM_MAX);
}

static bool parse_map(struct picture *picture, struct text text)
{
    struct text hash;
    if (!take_until(&text, '/', &hash) || !parse_hex(hash, picture->hash, PICTURE_HASH_CHARS) ||
        !drop_end(&text, ".png"))
        return false;
    picture->scale = drop_end(&text, "@2x") ? 2 : 1;
    return parse_tile(picture, text, PICTURE_MAP_ZOOM_MAX);
}

/* "stencil", "-100" and "-100-dither" behind it. */
static bool parse_stencil(struct picture *picture, struct text text)
{
    struct text word;
    uint64_t width;
    picture->op = PICTURE_OP_stencil;
    if (text_is(text, op_names[PICTURE_OP_stencil]))
        return true;
    if (!take_until(&text, '-', &word) || !text_is(word, op_names[PICTURE_OP_stencil]))
        return false;
    picture->dither = drop_end(&text, "-dither");
    if (!parse_number(text, PICTURE_STENCIL_MAX, &width) || width == 0)
        return false;
    picture->width = (uint32_t)width;
    return true;
}

static bool parse_image(struct picture *picture, struct text text)
{
    struct text id;
    if (!take_until(&text, '/', &id) || !parse_hex(id, picture->id, PICTURE_ID_CHARS))
        return false;
    for (unsigned i = 0; i < PICTURE_OP_COUNT; i++)
        if (i != PICTURE_OP_stencil && text_is(text, op_names[i])) {
            picture->op = (enum picture_op)i;
            return true;
        }
    return parse_stencil(picture, text);
}

static const struct {
    const char *word;
    bool (*parse)(struct picture *picture, struct text text);
} kinds[] = {
    [PICTURE_MANDELBROT] = {"mandelbrot", parse_mandelbrot},
    [PICTURE_JULIA] = {"julia", parse_julia},
    [PICTURE_MAP] = {"map", parse_map},
    [PICTURE_IMAGE] = {"images", parse_image},
};

bool picture_parse(struct picture *picture, const char *path, size_t len)
{
    struct text text = {path, len}, word;
    memset(picture, 0, sizeof *picture);
    if (len >= PICTURE_NAME_BYTES || !take_until(&text, '/', &word) || word.len > 0 ||
        !take_until(&text, '/', &word))
        return false;
    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (text_is(word, kinds[i].word)) {
            picture->kind = (enum picture_kind)i;
            return kinds[i].parse(picture, text);
        }
    return false;
}

static void format_millionths(int32_t value, char text[16])
{
    int64_t magnitude = value < 0 ? -(int64_t)value : value;
    int n = snprintf(text, 16, "%s%d.%06d", value < 0 ? "-" : "",
                     (int)(magnitude / PICTURE_JULIA_UNIT), (int)(magnitude % PICTURE_JULIA_UNIT));
    while (text[n - 1] == '0')
        text[--n] = '\0';
    if (text[n - 1] == '.')
        text[n - 1] = '\0';
}

static void format_revision(const struct picture *picture, char text[24])
{
    if (picture->palette == 0)
        snprintf(text, 24, "%d", PICTURE_FRACTAL_REVISION);
    else
        snprintf(text, 24, "%d-%s", PICTURE_FRACTAL_REVISION,
                 picture_palette_name(picture->palette));
}

static void format_tile(const struct picture *picture, char text[60])
{
    snprintf(text, 60, "%" PRIu32 "/%" PRIu64 "/%" PRIu64 "%s.png", picture->z, picture->x,
             picture->y, picture->scale == 2 ? "@2x" : "");
}

static void format_op(const struct picture *picture, char text[40])
{
    if (picture->width == 0)
        snprintf(text, 40, "%s", picture_op_name(picture->op));
    else
        snprintf(text, 40, "%s-%" PRIu32 "%s", picture_op_name(picture->op), picture->width,
                 picture->dither ? "-dither" : "");
}

void picture_format(const struct picture *picture, char name[PICTURE_NAME_BYTES])
{
    char revision[24], tile[60], op[40], cr[16], ci[16];
    switch (picture->kind) {
    case PICTURE_MANDELBROT:
        format_revision(picture, revision);
        format_tile(picture, tile);
        snprintf(name, PICTURE_NAME_BYTES, "/mandelbrot/%s/%s", revision, tile);
        return;
    case PICTURE_JULIA:
        format_revision(picture, revision);
        format_tile(picture, tile);
        format_millionths(picture->cr, cr);
        format_millionths(picture->ci, ci);
        snprintf(name, PICTURE_NAME_BYTES, "/julia/%s/%s,%s/%s", revision, cr, ci, tile);
        return;
    case PICTURE_MAP:
        format_tile(picture, tile);
        snprintf(name, PICTURE_NAME_BYTES, "/map/%s/%s", picture->hash, tile);
        return;
    case PICTURE_IMAGE:
        format_op(picture, op);
        snprintf(name, PICTURE_NAME_BYTES, "/images/%s/%s", picture->id, op);
        return;
    }
    name[0] = '\0';
}

const char *picture_op_name(enum picture_op op)
{
    return op_names[op];
}

const char *picture_palette_name(enum picture_palette palette)
{
    return palette_names[palette];
}

/* Tiles a side of a picture's job. */
static unsigned job_side(const struct picture *picture)
{
    if (picture->kind != PICTURE_MAP)
        return 1;
    return picture->z < 3 ? 1u << picture->z : PICTURE_METATILE;
}

unsigned picture_job(const struct picture *picture, struct picture *first)
{
    unsigned side = job_side(picture);
    unsigned column = (unsigned)(picture->x % side), row = (unsigned)(picture->y % side);
    memmove(first, picture, sizeof *first); /* the bytes between members, too */
    first->x -= column;
    first->y -= row;
    return row * side + column;
}

unsigned picture_job_size(const struct picture *first)
{
    return job_side(first) * job_side(first);
}

void picture_of_job(const struct picture *first, unsigned place, struct picture *picture)
{
    unsigned side = job_side(first);
    memmove(picture, first, sizeof *picture);
    picture->x += place % side;
    picture->y += place / side;
}
