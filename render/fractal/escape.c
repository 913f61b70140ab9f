/* SPDX-License-Identifier: ISC */
/* escape: the clones, and which of them this machine can run. */
#include "render/fractal/escape.h"

#include <float.h>
#include <math.h>
#include <string.h>

_Static_assert(FLT_EVAL_METHOD == 0, "doubles are computed as doubles");
_Static_assert(ESCAPE_ROWS == 4, "escape_clone.h names the four rows");

#define CLONE(name) plain_##name
#define LANES       2
#define TARGET
#include "render/fractal/escape_clone.h"

#if defined(__x86_64__)
#define CLONE(name) avx2_##name
#define LANES       4
#define TARGET      __attribute__((target("avx2")))
#include "render/fractal/escape_clone.h"

/* AddressSanitizer, asked to find uses of a stack after return, gives functions a stack that is
 * aligned for vectors of 32 bytes only (GCC's bug 110027). */
#define CLONE(name) avx512_##name
#define LANES       8
#define TARGET      __attribute__((target("avx512f"), no_sanitize("address")))
#include "render/fractal/escape_clone.h"
#endif

bool escape_can(enum escape_clone clone)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (clone == ESCAPE_AVX2)
        return __builtin_cpu_supports("avx2");
    if (clone == ESCAPE_AVX512)
        return __builtin_cpu_supports("avx512f");
#endif
    return clone == ESCAPE_PLAIN;
}

enum escape_clone escape_best(void)
{
    enum escape_clone best = ESCAPE_PLAIN;
    for (enum escape_clone clone = ESCAPE_PLAIN; clone < ESCAPE_CLONES; clone++)
        if (escape_can(clone))
            best = clone;
    return best;
}

void escape_band(enum escape_clone clone, const struct escape_band *band,
                 uint16_t steps[ESCAPE_ROWS * ESCAPE_WIDTH])
{
#if defined(__x86_64__)
    if (clone == ESCAPE_AVX2) {
        avx2_band(band, steps);
        return;
    }
    if (clone == ESCAPE_AVX512) {
        avx512_band(band, steps);
        return;
    }
#endif
    plain_band(band, steps);
}
