/* SPDX-License-Identifier: ISC */
/*
 * header: what the first bytes of a JPEG, PNG or WebP file say of its picture, read before anything
 * decodes it, in a process that links no decoder. Strict: what is in doubt is not a picture. Pure.
 *
 * The bytes may come in pieces of any size; those that are skipped (an EXIF block before the size)
 * need not be kept.
 */
#ifndef PLACED_RENDER_IMAGE_HEADER_H
#define PLACED_RENDER_IMAGE_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum header_type {
    HEADER_JPEG,
    HEADER_PNG,
    HEADER_WEBP,
    HEADER_TYPES,
};

struct header {
    enum header_type type;
    uint32_t width, height; /* pixels as stored, before any EXIF orientation; never 0 */
    unsigned samples;       /* bytes that a pixel takes in a decoder that keeps it whole */
    bool whole;             /* cannot be decoded row by row: progressive, interlaced, or WebP */
    bool alpha;             /* WebP: some pixels may be transparent */
    bool lossless;          /* WebP: every pixel is as it was */
    bool animated;          /* WebP: has several pictures, of which the first counts */
};

enum header_result {
    HEADER_MORE,   /* so far so good */
    HEADER_FOUND,  /* the header is known; what follows has not been looked at */
    HEADER_OTHER,  /* some other kind of file */
    HEADER_BROKEN, /* begins as one of the three, and then makes no sense */
};

enum { HEADER_BUFFER_BYTES = 40, HEADER_WHY_BYTES = 96 };

struct header_scan {
    struct header header;
    char why[HEADER_WHY_BYTES]; /* of HEADER_OTHER and HEADER_BROKEN: a sentence for people */
    /* Its own: the bytes that the next step looks at, how many it wants, and how many go by before.
     */
    enum header_result result;
    enum header_result (*step)(struct header_scan *scan);
    uint8_t buffer[HEADER_BUFFER_BYTES];
    size_t have, want;
    uint64_t skip;
    unsigned chunks;
};

void header_begin(struct header_scan *scan);

/* The next bytes. Once it is not HEADER_MORE, more bytes change nothing. */
enum header_result header_feed(struct header_scan *scan, const uint8_t *bytes, size_t len);

/* The file has ended. HEADER_MORE has become HEADER_BROKEN. */
enum header_result header_end(struct header_scan *scan);

/* "image/jpeg"; "jpg". */
const char *header_media_type(enum header_type type);
const char *header_extension(enum header_type type);

#endif
