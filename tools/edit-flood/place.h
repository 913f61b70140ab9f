/* SPDX-License-Identifier: ISC */
/* place: where a canvas lies on the plane. Pure. */
#ifndef PLACED_EDIT_FLOOD_PLACE_H
#define PLACED_EDIT_FLOOD_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PLACE_MIN = -1024,
    PLACE_MAX = 1023,
    CANVASES_MAX = 1024, /* that one flood may use */
};

struct place {
    int16_t x, y;
};

/* "GX,GY", each a decimal without leading zeros or a plus. */
bool place_parse(const char *text, struct place *place);

/* The open canvases that a server's /info (JSON of len bytes) names, at most max of them. Their
 * number; or -1 when it is not the JSON of an /info that names its canvases. */
int place_parse_info(const char *json, size_t len, struct place *places, size_t max);

#endif
