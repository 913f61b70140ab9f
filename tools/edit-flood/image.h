/* SPDX-License-Identifier: ISC */
/* image: a PNG as edits in the nearest colours; transparent pixels are left out. */
#ifndef PLACED_EDIT_FLOOD_IMAGE_H
#define PLACED_EDIT_FLOOD_IMAGE_H

#include <stddef.h>
#include <stdint.h>

/* The edits that paint the file with its corner at (at_x, at_y), row by row; what lies beside the
 * canvas is left out. *words is to be freed. 0, or -1 with a message on standard error. */
int image_load(const char *path, int at_x, int at_y, uint32_t **words, size_t *n);

#endif
