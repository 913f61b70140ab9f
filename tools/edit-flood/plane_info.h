/* SPDX-License-Identifier: ISC */
/* plane_info: canvases by name, from the command line and from a server's /info. Pure. */
#ifndef PLACED_EDIT_FLOOD_PLANE_INFO_H
#define PLACED_EDIT_FLOOD_PLANE_INFO_H

#include <stdbool.h>
#include <stddef.h>

#include "core/position.h"

/* "GX,GY", each a decimal without leading zeros or a plus. */
bool plane_position(const char *text, struct position *position);

/* The open canvases that a server's /info (JSON of len bytes) names, at most max of them. Their
 * number; or -1 when it is not the JSON of an /info that names its canvases. */
int plane_open_canvases(const char *json, size_t len, struct position *positions, size_t max);

#endif
