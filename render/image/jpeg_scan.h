/* SPDX-License-Identifier: ISC */
/*
 * jpeg_scan: reads the first coefficient of each block of a baseline JPEG, which is the mean of its
 * 8 x 8 samples, and skips the other 63, several of them with one look into a table. libjpeg has to
 * look at each of them, which takes it four times as long.
 *
 * Strict: false for whatever is in doubt, so that somebody else looks at it. Pure.
 */
#ifndef PLACED_RENDER_IMAGE_JPEG_SCAN_H
#define PLACED_RENDER_IMAGE_JPEG_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    JPEG_SCAN_COMPONENTS_MAX = 4,
    JPEG_SCAN_UNIT_MAX = 10, /* blocks of a unit, as the standard bounds them */
    JPEG_SCAN_SLACK = 4096,  /* bytes behind the scan that may be read: a unit, and a little more */
};

/* A Huffman code as the file's DHT segment has it. */
struct jpeg_scan_code {
    uint8_t counts[17]; /* codes of each length; counts[0] means nothing */
    uint8_t values[256];
};

struct jpeg_scan_component {
    unsigned across, down; /* its blocks in a unit (MCU) */
    const struct jpeg_scan_code *dc, *ac;
    unsigned quantum; /* of the first coefficient */
    /* Where the means go: units_across * across for each of units_down * down rows. */
    uint8_t *means;
};

struct jpeg_scan {
    unsigned components;
    struct jpeg_scan_component component[JPEG_SCAN_COMPONENTS_MAX];
    unsigned units_across, units_down;
    unsigned restart; /* units between two restart markers, 0: there are none */
};

/* The one scan of a picture: bytes begins behind its header, and the picture ends within len bytes.
 * Behind them are JPEG_SCAN_SLACK more of any value. The bytes are changed. */
bool jpeg_scan_read(const struct jpeg_scan *scan, uint8_t *bytes, size_t len);

#endif
