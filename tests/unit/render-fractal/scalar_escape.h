/* SPDX-License-Identifier: ISC */
/* scalar_escape: what render/fractal/escape.h promises, one point after the other, in plain C. The
 * tests compare with it, and bench/escape measures it. */
#ifndef PLACED_TESTS_SCALAR_ESCAPE_H
#define PLACED_TESTS_SCALAR_ESCAPE_H

#include <stdint.h>

#include "render/fractal/escape.h"

void scalar_escape(const struct escape_band *band, uint16_t steps[ESCAPE_ROWS * ESCAPE_WIDTH]);

/* The same step by the logarithms of the C library. */
unsigned exact_step(unsigned iterations, double m);

#endif
