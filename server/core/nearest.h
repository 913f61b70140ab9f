/* SPDX-License-Identifier: ISC */
/* nearest: which of the 16 colours is most like a given one. Pure. */
#ifndef PLACED_CORE_NEAREST_H
#define PLACED_CORE_NEAREST_H

#include <stdint.h>

/* By the distance in RGB; the lower index when two are as near. */
uint8_t nearest_colour(uint8_t red, uint8_t green, uint8_t blue);

#endif
