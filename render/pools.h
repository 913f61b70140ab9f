/* SPDX-License-Identifier: ISC */
/* pools: the pools of children that the configuration asks for: fractals, maps, operations on
 * images. Their programs lie beside this one, or in libexec/placed. */
#ifndef PLACED_RENDER_POOLS_H
#define PLACED_RENDER_POOLS_H

#include "render/config/render_config.h"
#include "sys/beside.h"

struct ev_loop;
struct farm;
struct site;

enum {
    POOLS_NUMBER_BYTES = 24,
    POOLS_ARGUMENTS = 10,
};

/* What the command lines of the children are made of: it stays as long as the farm. */
struct pools {
    char fractal[BESIDE_BYTES], map[BESIDE_BYTES], image[BESIDE_BYTES];
    char memory[POOLS_NUMBER_BYTES], threads[POOLS_NUMBER_BYTES], pixels[POOLS_NUMBER_BYTES];
    const char *fractal_command[POOLS_ARGUMENTS];
    const char *image_command[PICTURE_OP_COUNT][POOLS_ARGUMENTS];
};

/* Add them to site->farm; fills fractal, images and map_styles of the site. 0, or -1 after a
 * message. */
int pools_open(struct pools *pools, const struct render_config *config, struct site *site);

/* How many children there are at the start. */
unsigned pools_children(const struct render_config *config);

#endif
