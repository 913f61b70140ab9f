/* SPDX-License-Identifier: ISC */
/* picture: what a region of the plane looked like at a version, as PNG: of a whole canvas the same
 * bytes as a server gives. */
#ifndef PLACED_EXPORT_PICTURE_H
#define PLACED_EXPORT_PICTURE_H

#include "common/progress.h"
#include "common/region.h"
#include "common/source.h"

enum {
    PICTURE_SIDE_MAX = 1000000,
    PICTURE_PIXELS_MAX = 1 << 28,
};

struct picture {
    struct region region;
    bool is_canvas;   /* it is named as one */
    uint64_t version; /* after the last record that was painted; 0: none */
    uint8_t *pixels;
};

/* Blank. False when it has more than PICTURE_PIXELS_MAX, or memory is short. */
bool picture_init(struct picture *picture, const struct region *region, bool is_canvas);
void picture_finish(struct picture *picture);

/* Paint the edits of one record. */
void picture_paint(struct picture *picture, const struct source_record *record);

/* Paint all records below version. SOURCE_END, or SOURCE_FAILED: see source_error. */
enum source_result picture_fold(struct picture *picture, struct source *source, uint64_t version,
                                struct progress *progress);

/* The PNG, for free(); genesis is NULL when there is none. NULL when memory is short. */
uint8_t *picture_png(const struct picture *picture, const uint8_t *genesis, size_t *len);

#endif
