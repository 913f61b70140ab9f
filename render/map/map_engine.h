/* SPDX-License-Identifier: ISC */
/*
 * map_engine: Mapnik, as C sees it: a style draws squares of tiles in Web Mercator (EPSG:3857). One
 * thread. No exception of C++ gets out of it.
 */
#ifndef PLACED_RENDER_MAP_ENGINE_H
#define PLACED_RENDER_MAP_ENGINE_H

#include <stddef.h>
#include <stdint.h>

enum {
    MAP_ENGINE_ERROR_BYTES = 512,
    MAP_TILE_SIDE = 256, /* pixels, where the scale is 1 */
    MAP_BUFFER = 128,    /* pixels around a square that are looked at, too, so that lines and names
                            that cross its border look the same on both sides */
};

#ifdef __cplusplus
extern "C" {
#endif

struct map_engine;

/* Load a style and open its data, which are of these n_types types ("shape"). NULL with a reason in
 * error. */
struct map_engine *map_engine_create(const char *style, const char *const *types, size_t n_types,
                                     char error[MAP_ENGINE_ERROR_BYTES]);
void map_engine_destroy(struct map_engine *engine); /* NULL is fine */

/* Draw side x side tiles from tile x, y of zoom z on, with 256 * scale pixels a tile each way. The
 * pixels: row by row without gaps, bytes red, green, blue, alpha, colours multiplied by alpha; the
 * engine's until the next call. NULL with a reason in error. */
const uint32_t *map_engine_draw(struct map_engine *engine, uint32_t z, uint64_t x, uint64_t y,
                                unsigned side, unsigned scale, char error[MAP_ENGINE_ERROR_BYTES]);

#ifdef __cplusplus
}
#endif

#endif
