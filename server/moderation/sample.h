/* SPDX-License-Identifier: ISC */
/* sample: one edit as the detectors see it. */
#ifndef PLACED_MODERATION_SAMPLE_H
#define PLACED_MODERATION_SAMPLE_H

#include <stdint.h>

struct sample {
    int64_t time_ms; /* of its record, since 1970 */
    uint64_t author;
    uint64_t network; /* in which the author was seen last; 0: unknown */
    int64_t known_ms; /* since when the author is known there; 0: unknown */
    int32_t x, y;     /* in plane coordinates */
    uint8_t colour;
    uint32_t weight; /* stands for so many edits of its record, when not all are looked at */
};

#endif
