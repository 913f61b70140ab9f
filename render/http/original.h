/* SPDX-License-Identifier: ISC */
/*
 * original: what is known of an uploaded picture, and its file about.json, which is written last:
 * where it is, the upload is complete. Pure.
 *
 *   {"id":64 hex digits,"type":"image/png","width","height","bytes","time":ms since 1970}
 */
#ifndef PLACED_RENDER_HTTP_ORIGINAL_H
#define PLACED_RENDER_HTTP_ORIGINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/image/header.h"
#include "render/name/picture.h"

enum { ORIGINAL_JSON_BYTES = 512, ORIGINAL_NAME_BYTES = PICTURE_NAME_BYTES };

struct original {
    char id[PICTURE_ID_CHARS + 1];
    enum header_type type;
    uint32_t width, height;
    uint64_t bytes;
    int64_t time_ms;
};

/* Without a final zero; the length. */
size_t original_write(const struct original *original, char json[ORIGINAL_JSON_BYTES]);

/* The same as an event for everybody: "t" is "image", "at" the time. */
size_t original_event(const struct original *original, char json[ORIGINAL_JSON_BYTES]);

/* False: it is something else, or of another id. */
bool original_read(struct original *original, const char *id, const uint8_t *json, size_t len);

/* 64 hex digits, small ones. */
bool original_id_good(const char *id, size_t len);

/* "/images/ID/original" or "/images/ID/about.json", as stores have it. */
void original_name(const char *id, const char *part, char name[ORIGINAL_NAME_BYTES]);

#endif
