/* SPDX-License-Identifier: ISC */
/* A smaller picture shows the most frequent colours, also at its edges, however it came about. */
#include "cells.h"
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = 53, HEIGHT = 31, PIXELS = WIDTH * HEIGHT };

/* By counting anew, in another order. */
static uint8_t expected(const uint8_t *pixels, uint32_t side, uint32_t i, uint32_t j)
{
    unsigned counts[16] = {0};
    for (uint32_t n = 0; n < PIXELS; n++) {
        if (n % WIDTH / side == i && n / WIDTH / side == j)
            counts[pixels[n]]++;
    }
    int most = 15;
    for (int colour = 14; colour >= 0; colour--)
        most = counts[colour] >= counts[most] ? colour : most;
    return (uint8_t)most;
}

static void cells_follow_the_pixels(void **state)
{
    static const uint32_t sides[] = {2, 3, 7, 10, 53, 60, 1000};
    for (size_t s = 0; s < sizeof sides / sizeof *sides; s++) {
        uint32_t side = sides[s];
        uint8_t pixels[PIXELS] = {0}, before[PIXELS] = {0};
        struct cells cells;
        assert_int_equal(cells_init(&cells, side, WIDTH, HEIGHT), 0);
        assert_int_equal(cells.width, (WIDTH + side - 1) / side);
        assert_int_equal(cells.height, (HEIGHT + side - 1) / side);
        for (int round = 0; round < 30; round++) {
            for (int n = 0; n < 40; n++) {
                uint32_t x = (uint32_t)rand() % WIDTH, y = (uint32_t)rand() % HEIGHT;
                pixels[y * WIDTH + x] = (uint8_t)(rand() % 3 * 5);
                cells_mark(&cells, x, y);
            }
            struct rect changed = cells_update(&cells, pixels, WIDTH, HEIGHT), seen = {0};
            for (uint32_t j = 0; j < cells.height; j++) {
                for (uint32_t i = 0; i < cells.width; i++) {
                    uint8_t *old = &before[j * cells.width + i];
                    uint8_t new = cells.colours[j * cells.width + i];
                    assert_int_equal(new, expected(pixels, side, i, j));
                    if (new != *old)
                        seen = rect_with(seen, i, j);
                    *old = new;
                }
            }
            assert_memory_equal(&changed, &seen, sizeof seen);
        }
        cells_finish(&cells);
    }
}

static void equals_go_to_the_lower_index(void **state)
{
    uint8_t pixels[4] = {9, 4, 4, 9};
    struct cells cells;
    assert_int_equal(cells_init(&cells, 2, 2, 2), 0);
    cells_mark(&cells, 0, 0);
    cells_update(&cells, pixels, 2, 2);
    assert_int_equal(cells.colours[0], 4);
    cells_finish(&cells);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_follow_the_pixels),
        cmocka_unit_test(equals_go_to_the_lower_index),
    };
    srand(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
