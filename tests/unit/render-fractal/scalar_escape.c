/* SPDX-License-Identifier: ISC */
/* scalar_escape: see scalar_escape.h. It looks for the cardioid and the disc, as anybody would, but
 * not for cycles. */
#include "scalar_escape.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

static double log2_of(double number)
{
    int64_t bits;
    memcpy(&bits, &number, sizeof bits);
    const double e = (double)((bits >> 52) - 1023);
    bits = (bits & ((INT64_C(1) << 52) - 1)) | INT64_C(1023) << 52;
    double m;
    memcpy(&m, &bits, sizeof m);
    const double root = 0x1.6a09e667f3bcdp0, factor = 0x1.71547652b82fep1;
    const double s = (m - root) / (m + root), s2 = s * s;
    return e + (0.5 + factor * (s * (1 + s2 * (1.0 / 3 + s2 * (1.0 / 5 + s2 * (1.0 / 7))))));
}

unsigned exact_step(unsigned iterations, double m)
{
    return (unsigned)(ESCAPE_STEPS_PER_ROOT * sqrt(iterations + 4 - log2(log2(m) / 2)));
}

static bool inside(double re, double im)
{
    const double im2 = im * im, d = re - 0.25, q = d * d + im2, e = re + 1;
    return q * (q + d) <= im2 * 0.25 || e * e + im2 <= 0.0625;
}

static unsigned step_of(const struct escape_band *band, double point_re, double point_im)
{
    double re = 0, im = 0, c_re = point_re, c_im = point_im;
    if (band->julia) {
        re = point_re;
        im = point_im;
        c_re = band->c_re;
        c_im = band->c_im;
    } else if (inside(point_re, point_im)) {
        return 0;
    }
    for (unsigned n = ESCAPE_BLOCK; n <= band->iterations; n += ESCAPE_BLOCK) {
        for (int i = 0; i < ESCAPE_BLOCK; i++) {
            const double product = re * im;
            re = re * re - im * im + c_re;
            im = product + product + c_im;
        }
        const double m = re * re + im * im;
        if (m >= ESCAPE_LIMIT) {
            const double nu = (double)n + 4 - log2_of(log2_of(m) * 0.5);
            return (unsigned)sqrt(nu * (ESCAPE_STEPS_PER_ROOT * ESCAPE_STEPS_PER_ROOT));
        }
    }
    return 0;
}

void scalar_escape(const struct escape_band *band, uint16_t steps[ESCAPE_ROWS * ESCAPE_WIDTH])
{
    for (int row = 0; row < ESCAPE_ROWS; row++)
        for (int i = 0; i < ESCAPE_WIDTH; i++)
            *steps++ = (uint16_t)step_of(band, band->re[i], band->im[row]);
}
