/* SPDX-License-Identifier: ISC */
/*
 * style: what is known of a map's style without drawing it: its hash, which is in the names of its
 * tiles, and what the style says of itself by <Parameter name="..."> in <Parameters> of <Map>:
 *
 *   minzoom, maxzoom   0 to 22; 0 and 18 when absent
 *   attribution        who has made the data: plain text
 *   bounds             W,S,E,N in degrees
 *
 * The hash is over the style file and all files that it names: data (of a shapefile its .shp,
 * .dbf and .shx) and pictures of symbols. Another byte in one of them is another style, whose tiles
 * have other names. Databases are not looked at.
 *
 * Mapnik is not needed here. Threads: any; it reads all the data, which may take a while.
 */
#ifndef PLACED_RENDER_MAP_STYLE_H
#define PLACED_RENDER_MAP_STYLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/name/picture.h"

enum {
    MAP_STYLE_ERROR_BYTES = 512,
    MAP_STYLE_ATTRIBUTION_BYTES = 512,
    MAP_STYLE_BACKGROUND_BYTES = 40,
    MAP_STYLE_ZOOM_DEFAULT = 18, /* the greatest where a style does not say */
};

struct map_style {
    char hash[PICTURE_HASH_CHARS + 1];
    uint32_t minzoom, maxzoom;
    double bounds[4];                              /* W, S, E, N in degrees */
    char attribution[MAP_STYLE_ATTRIBUTION_BYTES]; /* UTF-8 without control characters */
    char background[MAP_STYLE_BACKGROUND_BYTES];   /* "#c9dce7", as CSS understands it; "": none */
};

/* Read the style file at path, and all files that it names, as they are now. 0, or -1 with what is
 * wrong and where in error. */
int map_style_read(struct map_style *style, const char *path, char error[MAP_STYLE_ERROR_BYTES]);

#endif
