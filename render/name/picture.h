/* SPDX-License-Identifier: ISC */
/*
 * picture: the name of a picture that is rendered. A name is a URL path that holds all that the
 * picture depends on, so task, result, cache entry and file are one name. Every picture has one
 * name: "x-1", "z99", "007" and "+1" are no names.
 *
 *   /mandelbrot/R/Z/X/Y.png        R: revision of the fractals, "1", and behind a hyphen a palette
 *   /julia/R/CR,CI/Z/X/Y.png       that is not the first, "1-ocean". CR, CI: decimals of at most
 *                                  six places, no final zero, from -2 to 2. Z: 0 to 40
 *   /map/HASH/Z/X/Y.png            HASH: 16 hex digits of a style and its data. Z: 0 to 22
 *   /map/HASH/Z/X/Y@2x.png         twice the pixels
 *   /images/ID/OP                  ID: SHA-256 of the uploaded bytes in hex. OP: thumbnail,
 *                                  grayscale, blur, rotate90, stencil, stencil-W, stencil-W-dither
 *                                  (W: 1 to 1000 pixels wide; stencil is as wide as it comes,
 *                                  at most 100 by 100)
 *
 * Pure: no I/O. Whether there is such a style or image is not known here.
 */
#ifndef PLACED_RENDER_NAME_PICTURE_H
#define PLACED_RENDER_NAME_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PICTURE_NAME_BYTES = 128, /* with the final zero */
    PICTURE_HASH_CHARS = 16,
    PICTURE_ID_CHARS = 64,
    PICTURE_FRACTAL_REVISION = 1,
    PICTURE_FRACTAL_ZOOM_MAX = 40,
    PICTURE_MAP_ZOOM_MAX = 22,
    PICTURE_JULIA_UNIT = 1000000, /* cr and ci are in millionths */
    PICTURE_METATILE = 8,         /* tiles a side of what a map renders at once */
    PICTURE_JOB_MAX = PICTURE_METATILE * PICTURE_METATILE,
    PICTURE_STENCIL_MAX = 1000,
};

enum picture_kind {
    PICTURE_MANDELBROT,
    PICTURE_JULIA,
    PICTURE_MAP,
    PICTURE_IMAGE,
};

/* The palettes of fractals, the first of which is not in the name. */
#define PICTURE_PALETTES(X) X(fire) X(ocean) X(forest) X(grey) X(canvas)

/* The operations on images, each with workers of its own. */
#define PICTURE_OPS(X) X(thumbnail) X(grayscale) X(blur) X(rotate90) X(stencil)

#define PICTURE_ENUM_(name) PICTURE_PALETTE_##name,
enum picture_palette { PICTURE_PALETTES(PICTURE_ENUM_) PICTURE_PALETTE_COUNT };
#undef PICTURE_ENUM_
#define PICTURE_ENUM_(name) PICTURE_OP_##name,
enum picture_op { PICTURE_OPS(PICTURE_ENUM_) PICTURE_OP_COUNT };
#undef PICTURE_ENUM_

/* What a name says. Members that its kind does not have are zero, so that two pictures are the same
 * when their bytes are. */
struct picture {
    enum picture_kind kind;
    enum picture_palette palette; /* fractals */
    int32_t cr, ci;               /* Julia: millionths */
    uint32_t z;                   /* tiles */
    uint64_t x, y;
    uint32_t scale;                    /* maps: 1, or 2 for @2x */
    char hash[PICTURE_HASH_CHARS + 1]; /* maps */
    char id[PICTURE_ID_CHARS + 1];     /* images */
    enum picture_op op;
    uint32_t width; /* stencils: 0 when the name has none */
    bool dither;
};

/* Read a path of len bytes, which need no final zero. False: it is no picture's name. */
bool picture_parse(struct picture *picture, const char *path, size_t len);

/* The one name of a picture. */
void picture_format(const struct picture *picture, char name[PICTURE_NAME_BYTES]);

/* "thumbnail"; "ocean". */
const char *picture_op_name(enum picture_op op);
const char *picture_palette_name(enum picture_palette palette);

/* What is rendered at once is a job: of maps up to 8 x 8 tiles (fewer at zooms 0 to 2), of all
 * others one picture. first becomes the job's first picture, by which the job is known; returns
 * the place of this one among the job's pictures, which go row by row. */
unsigned picture_job(const struct picture *picture, struct picture *first);

/* How many pictures a job has: 1, 4, 16 or 64. */
unsigned picture_job_size(const struct picture *first);

/* The picture at this place of a job. */
void picture_of_job(const struct picture *first, unsigned place, struct picture *picture);

#endif
