/* SPDX-License-Identifier: ISC */
/* picture: see picture.h. */
#include "picture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/stop.h"
#include "core/edit.h"
#include "core/hex.h"
#include "derived/picture_png.h"

bool picture_init(struct picture *picture, const struct region *region, bool is_canvas)
{
    *picture = (struct picture){.region = *region, .is_canvas = is_canvas};
    uint64_t pixels = (uint64_t)region->width * region->height;
    if (region->width > PICTURE_SIDE_MAX || region->height > PICTURE_SIDE_MAX ||
        pixels > PICTURE_PIXELS_MAX)
        return false;
    picture->pixels = calloc((size_t)pixels, 1);
    return picture->pixels != NULL;
}

void picture_finish(struct picture *picture)
{
    free(picture->pixels);
    picture->pixels = NULL;
}

void picture_paint(struct picture *picture, const struct source_record *record)
{
    const struct region *region = &picture->region;
    int64_t left = region_left(region, record->position);
    int64_t top = region_top(region, record->position);
    for (size_t i = 0; i < record->n; i++) {
        uint32_t word = edit_load(record->edits + EDIT_BYTES * i);
        int64_t x = left + edit_x(word), y = top + edit_y(word);
        if (x >= 0 && y >= 0 && x < region->width && y < region->height)
            picture->pixels[(size_t)y * region->width + (size_t)x] = (uint8_t)edit_colour(word);
    }
    picture->version = record->offset + 1;
}

enum source_result picture_fold(struct picture *picture, struct source *source, uint64_t version,
                                struct progress *progress)
{
    struct source_record record;
    enum source_result result;
    uint64_t edits = 0;
    if (source_seek(source, 0, version) != 0)
        return SOURCE_FAILED;
    while ((result = source_next(source, &record)) == SOURCE_RECORD && !stop_asked()) {
        picture_paint(picture, &record);
        edits += record.n;
        progress_show(progress, edits, record.offset, version);
    }
    return stop_asked() ? SOURCE_FAILED : result;
}

uint8_t *picture_png(const struct picture *picture, const uint8_t *genesis, size_t *len)
{
    const struct region *region = &picture->region;
    char version[24], place[64], hex[HEX_BYTES(GENESIS_BYTES)] = "";
    snprintf(version, sizeof version, "%" PRIu64, picture->version);
    if (picture->is_canvas)
        snprintf(place, sizeof place, "%" PRId32 ",%" PRId32, region->x / CANVAS_WIDTH,
                 region->y / CANVAS_HEIGHT);
    else
        snprintf(place, sizeof place, "%" PRId32 ",%" PRId32 ",%" PRIu32 ",%" PRIu32, region->x,
                 region->y, region->width, region->height);
    if (genesis)
        hex_encode(hex, genesis, GENESIS_BYTES);
    const struct picture_text texts[] = {
        {"version", version},
        {picture->is_canvas ? "canvas" : "region", place},
        {"genesis", hex}, /* last: absent when the log has none */
    };
    return picture_encode_area(picture->pixels, region->width, region->height, texts,
                               genesis ? 3 : 2, len);
}
