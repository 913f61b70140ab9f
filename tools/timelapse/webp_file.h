/* SPDX-License-Identifier: ISC */
/*
 * webp_file: an animated WebP, written frame by frame. libwebpmux would keep all frames in memory
 * until the end; here a file can be left and continued, and its size costs no memory.
 *
 * The format: RIFF, a length, WEBP; the chunks VP8X (flags and size) and ANIM (background, loops);
 * then a chunk ANMF a frame: place, size, duration, how it is drawn, and the chunk of its image.
 */
#ifndef PLACED_TIMELAPSE_WEBP_FILE_H
#define PLACED_TIMELAPSE_WEBP_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "image.h"
#include "rect.h"

#define WEBP_FILE_BYTES_MAX                                                                        \
    (UINT64_C(0xffffffff) - 1)              /* of the length in its head, an even one              \
                                             */
enum { WEBP_FILE_DURATION_MAX = 0xffffff }; /* ms; it has 24 bits */

struct webp_file {
    FILE *file;
    uint64_t bytes; /* written so far */
    uint32_t crc;   /* of them (crc32c) without the first 8, which change */
};

/* How one frame is drawn over those before it. */
struct webp_frame {
    struct rect rect; /* in pixels, at an even corner */
    uint32_t duration_ms;
    bool blend; /* its transparent pixels keep what is there */
    struct encoded chunk;
};

/* All return 0, or -1 with errno (EFBIG: the format's own bound). */

/* Begin an empty file. */
int webp_file_begin(struct webp_file *webp, FILE *file, uint32_t width, uint32_t height);

/* Are the first `bytes` bytes of this file what was written with this crc? */
bool webp_file_is(FILE *file, uint64_t bytes, uint32_t crc);

/* Go on behind the first `bytes` bytes, and drop what follows them. */
int webp_file_continue(struct webp_file *webp, FILE *file, uint64_t bytes, uint32_t crc);

int webp_file_frame(struct webp_file *webp, const struct webp_frame *frame);

/* Make it a file that can be played; more frames may follow. */
int webp_file_complete(struct webp_file *webp);

#endif
