/* SPDX-License-Identifier: ISC */
/*
 * escape REPETITIONS: what render/fractal takes for tiles of the Mandelbrot set, beside plain C.
 *
 * JSON on stdout: for each tile CPU milliseconds of one thread, the least of the repetitions, in
 * which all take turns: plain C (one point after the other; both know the cardioid and the disc),
 * each clone that this machine can run, and the whole tile as a file by one thread. Ends with 1
 * when a clone comes to other steps than plain C.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../tests/unit/render-fractal/scalar_escape.h"
#include "render/fractal/fractal.h"
#include "render/fractal/plane.h"
#include "sys/descriptors.h"

enum { PIXELS = PLANE_TILE * PLANE_TILE, PLAIN_C = ESCAPE_CLONES, FILE_OF_TILE, WAYS };

static const char *const names[WAYS] = {"default", "avx2", "avx512", "plain_c", "file"};

/* The whole, and ever deeper at the valley of sea horses; a tile without the set, and one in it. */
static const struct {
    const char *name;
    struct picture tile;
} tiles[] = {
    {"z0 whole", {.z = 0}},
    {"z2 edge", {.z = 2, .x = 1, .y = 1}},
    {"z6 sea horses", {.z = 6, .x = 28, .y = 29}},
    {"z12 spirals", {.z = 12, .x = 1798, .y = 1913}},
    {"z20 spirals", {.z = 20, .x = 460418, .y = 489728}},
    {"z30 spirals", {.z = 30, .x = 471468509, .y = 501482026}},
    {"z40 spirals", {.z = 40, .x = 0x7068237853, .y = 0x77902a152b}},
};
enum { TILES = sizeof tiles / sizeof *tiles };

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static bool can(int way)
{
    return way >= ESCAPE_CLONES || escape_can((enum escape_clone)way);
}

static double run(int way, struct fractal *fractal, const struct picture *tile, uint16_t *steps)
{
    const double begun = cpu_ms();
    size_t len;
    if (way == FILE_OF_TILE) {
        if (!fractal_render(fractal, tile, &len))
            exit(1);
        return cpu_ms() - begun;
    }
    for (unsigned row = 0; row < PLANE_TILE; row += ESCAPE_ROWS) {
        struct escape_band band;
        plane_band(tile, row, &band);
        if (way == PLAIN_C)
            scalar_escape(&band, steps + (size_t)row * PLANE_TILE);
        else
            escape_band((enum escape_clone)way, &band, steps + (size_t)row * PLANE_TILE);
    }
    return cpu_ms() - begun;
}

int main(int argc, char **argv)
{
    standard_descriptors_open();
    const int repetitions = argc == 2 ? atoi(argv[1]) : 0;
    struct fractal *fractal = fractal_create(1, escape_best());
    static uint16_t plain[PIXELS], steps[PIXELS];
    if (repetitions < 1 || !fractal) {
        fprintf(stderr, "usage: escape REPETITIONS\n");
        return 2;
    }
    for (int i = 0; i < TILES; i++) {
        double least[WAYS] = {0};
        for (int r = 0; r < repetitions; r++)
            for (int way = WAYS - 1; way >= 0; way--) { /* plain C before the clones */
                if (!can(way))
                    continue;
                const double ms = run(way, fractal, &tiles[i].tile, way == PLAIN_C ? plain : steps);
                if (r == 0 || ms < least[way])
                    least[way] = ms;
                if (way < ESCAPE_CLONES && memcmp(steps, plain, sizeof plain) != 0) {
                    fprintf(stderr, "%s: %s comes to other steps\n", tiles[i].name, names[way]);
                    return 1;
                }
            }
        printf("%s{\"tile\":\"%s\",\"iterations\":%u", i == 0 ? "[" : ",\n", tiles[i].name,
               plane_iterations(tiles[i].tile.z));
        for (int way = 0; way < WAYS; way++)
            if (can(way))
                printf(",\"%s\":%.4f", names[way], least[way]);
        printf("}");
    }
    printf("]\n");
    fractal_destroy(fractal);
    return 0;
}
