/* SPDX-License-Identifier: ISC */
/*
 * map_styles: the maps that are served: their styles, the hashes in the names of their tiles, and a
 * pool of children for each. Styles are read anew on request, by a thread of its own, because that
 * reads all their data; a style that has changed has another hash, and its children are replaced.
 *
 * Threads: the loop's.
 */
#ifndef PLACED_RENDER_HTTP_MAP_STYLES_H
#define PLACED_RENDER_HTTP_MAP_STYLES_H

#include <stddef.h>

#include "render/map/style.h"

struct cJSON;
struct ev_loop;
struct farm;
struct map_styles;
struct picture;
struct pool;
struct pool_config;

enum {
    MAP_STYLES_MAX = 32,
    MAP_STYLES_NAME_BYTES = 33,
    MAP_STYLES_ERROR_BYTES = MAP_STYLE_ERROR_BYTES + 128,
};

struct map_styles_source {
    const char *name, *file; /* stay */
};

/* One that is served. */
struct map_served {
    const char *name;
    const char *file;
    struct map_style style; /* as it was last read */
    struct pool *pool;
};

/* Read the styles and start their pools "map:NAME". pool: all that pools have in common; command[0]
 * is the program, which gets --style, --name and --memory. NULL with a message in error. */
struct map_styles *map_styles_create(struct ev_loop *loop, struct farm *farm,
                                     const struct map_styles_source *sources, size_t n,
                                     const char *program, const struct pool_config *pool,
                                     const char *child_memory, char error[MAP_STYLES_ERROR_BYTES]);
void map_styles_destroy(struct map_styles *styles); /* after the farm; NULL is fine */

/* Read them anew; what comes of it is said to the operator. */
void map_styles_reload(struct map_styles *styles);

/* What draws this tile; NULL: there is no such style, or zoom in it. */
const struct map_served *map_styles_find(const struct map_styles *styles,
                                         const struct picture *picture);
const struct map_served *map_styles_named(const struct map_styles *styles, const char *name,
                                          size_t len);

/* In the order of the command line; NULL behind the last. */
const struct map_served *map_styles_at(const struct map_styles *styles, size_t i);

#endif
