/* SPDX-License-Identifier: ISC */
/*
 * One clone of escape_band; escape.c includes this once for each. Before: CLONE(name), which makes
 * names of a clone; LANES, doubles in a vector of its processor; TARGET, an attribute of functions.
 *
 * One vector of each row is worked on at a time: an iteration waits for the one before it, and four
 * that are independent of each other fill the processor's pipeline.
 */

typedef double CLONE(vec) __attribute__((vector_size(8 * LANES)));
typedef int64_t CLONE(mask) __attribute__((vector_size(8 * LANES))); /* of comparisons: 0 or -1 */
#define VEC      CLONE(vec)
#define MASK     CLONE(mask)
#define EACH_ROW for (int k = 0; k < ESCAPE_ROWS; k++)

static TARGET inline bool CLONE(any)(const MASK masks[ESCAPE_ROWS])
{
    const MASK all = masks[0] | masks[1] | masks[2] | masks[3];
    int64_t any = 0;
    for (int i = 0; i < LANES; i++)
        any |= all[i];
    return any != 0;
}

/* log2 of positive normal numbers to seven digits. A number is 2^e * m with m from 1 to 2, and
 * log2 m = 1/2 + 2 / ln 2 * artanh((m - sqrt 2) / (m + sqrt 2)), whose series converges fast. */
static TARGET inline VEC CLONE(log2)(VEC number)
{
    const int64_t bias = 1023, mantissa = (1LL << 52) - 1, two_to_52 = 0x4330000000000000;
    const MASK bits = (MASK)number;
    /* Written into the last bits of 2^52 an integer becomes a double by a subtraction. */
    const VEC e = (VEC)((bits >> 52) | two_to_52) - (0x1p52 + (double)bias);
    const VEC m = (VEC)((bits & mantissa) | bias << 52);
    const double root = 0x1.6a09e667f3bcdp0, factor = 0x1.71547652b82fep1; /* sqrt 2, 2 / ln 2 */
    const VEC s = (m - root) / (m + root), s2 = s * s;
    const VEC series = s * (1 + s2 * (1.0 / 3 + s2 * (1.0 / 5 + s2 * (1.0 / 7))));
    return e + (0.5 + factor * series);
}

/* nu * ESCAPE_STEPS_PER_ROOT^2; 0 where count is, which is inside. */
static TARGET inline VEC CLONE(smooth)(VEC count, VEC m)
{
    const VEC nu = count + 4 - CLONE(log2)(CLONE(log2)(m) * 0.5);
    const VEC scaled = nu * ((double)ESCAPE_STEPS_PER_ROOT * ESCAPE_STEPS_PER_ROOT);
    return (VEC)((MASK)scaled & (MASK)(count > 0));
}

/* Points of the Mandelbrot set's largest two parts, the cardioid and the disc to its left, never
 * escape. */
static TARGET inline MASK CLONE(inside)(VEC re, VEC im)
{
    const VEC im2 = im * im, d = re - 0.25, q = d * d + im2, e = re + 1;
    return (MASK)(q * (q + d) <= im2 * 0.25) | (MASK)(e * e + im2 <= 0.0625);
}

static TARGET void CLONE(columns)(const struct escape_band *band, int column,
                                  double smooth[ESCAPE_ROWS * ESCAPE_WIDTH])
{
    VEC re[ESCAPE_ROWS], im[ESCAPE_ROWS], c_re[ESCAPE_ROWS], c_im[ESCAPE_ROWS];
    VEC old_re[ESCAPE_ROWS], old_im[ESCAPE_ROWS]; /* where they once were, to find cycles */
    VEC count[ESCAPE_ROWS], last[ESCAPE_ROWS];    /* iterations, m of those that have escaped */
    MASK active[ESCAPE_ROWS];
    EACH_ROW
    {
        VEC point_re;
        memcpy(&point_re, band->re + column, sizeof point_re);
        const VEC point_im = (VEC){0} + band->im[k];
        re[k] = old_re[k] = band->julia ? point_re : (VEC){0};
        im[k] = old_im[k] = band->julia ? point_im : (VEC){0};
        c_re[k] = band->julia ? (VEC){0} + band->c_re : point_re;
        c_im[k] = band->julia ? (VEC){0} + band->c_im : point_im;
        active[k] = band->julia ? ~(MASK){0} : ~CLONE(inside)(point_re, point_im);
        count[k] = last[k] = (VEC){0};
    }
    unsigned remember = ESCAPE_BLOCK;
    for (unsigned n = ESCAPE_BLOCK; n <= band->iterations && CLONE(any)(active);
         n += ESCAPE_BLOCK) {
        for (int i = 0; i < ESCAPE_BLOCK; i++)
            EACH_ROW
            {
                const VEC product = re[k] * im[k];
                re[k] = re[k] * re[k] - im[k] * im[k] + c_re[k];
                im[k] = product + product + c_im[k];
            }
        EACH_ROW
        {
            const VEC m = re[k] * re[k] + im[k] * im[k];
            /* Not <, since those that escaped long ago have become infinite or no number. */
            const MASK escaped = ~(MASK)(m < (double)ESCAPE_LIMIT) & active[k];
            count[k] = (VEC)((MASK)count[k] | (escaped & (MASK)((VEC){0} + (double)n)));
            last[k] = (VEC)((MASK)last[k] | (escaped & (MASK)m));
            active[k] &= ~escaped;
        }
        if (n % ESCAPE_CYCLE == 0)
            EACH_ROW
            {
                /* Exactly where it was before it stays for ever. */
                active[k] &= ~((MASK)(re[k] == old_re[k]) & (MASK)(im[k] == old_im[k]));
            }
        if (n == remember) {
            remember *= 2; /* a cycle of any length is found sooner or later */
            EACH_ROW
            {
                old_re[k] = re[k];
                old_im[k] = im[k];
            }
        }
    }
    MASK left[ESCAPE_ROWS];
    EACH_ROW
    {
        left[k] = (MASK)count[k];
        memset(smooth + k * ESCAPE_WIDTH + column, 0, sizeof(VEC));
    }
    if (!CLONE(any)(left))
        return;
    EACH_ROW
    {
        const VEC result = CLONE(smooth)(count[k], last[k]);
        memcpy(smooth + k * ESCAPE_WIDTH + column, &result, sizeof result);
    }
}

static TARGET void CLONE(band)(const struct escape_band *band,
                               uint16_t steps[ESCAPE_ROWS * ESCAPE_WIDTH])
{
    double smooth[ESCAPE_ROWS * ESCAPE_WIDTH];
    for (int column = 0; column < ESCAPE_WIDTH; column += LANES)
        CLONE(columns)(band, column, smooth);
    for (int i = 0; i < ESCAPE_ROWS * ESCAPE_WIDTH; i++)
        steps[i] = (uint16_t)(int)sqrt(smooth[i]);
}

#undef VEC
#undef MASK
#undef EACH_ROW
#undef CLONE
#undef LANES
#undef TARGET
