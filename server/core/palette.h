/* SPDX-License-Identifier: ISC */
/* palette: the 16 colours of 2017 by name; a colour's index is what the wire carries. Pure. */
#ifndef PLACED_CORE_PALETTE_H
#define PLACED_CORE_PALETTE_H

#include <stdint.h>

#include "core/edit.h"

struct colour {
    const char *name;
    uint8_t red, green, blue;
};

extern const struct colour palette[CANVAS_COLOURS];

#endif
