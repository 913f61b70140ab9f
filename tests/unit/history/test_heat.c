/* SPDX-License-Identifier: ISC */
/* Heat: numbers, levels and colours. */
#include "cmocka_all.h"
#include "history/heat.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int set_up(void **state)
{
    *state = calloc(1, sizeof(struct heat));
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    free(*state);
    return 0;
}

static uint8_t *levels_of(const struct heat *heat)
{
    static uint8_t levels[CANVAS_PIXELS];
    memset(levels, 0xaa, sizeof levels);
    heat_levels(heat, levels);
    return levels;
}

static void paint(struct heat *heat, unsigned x, unsigned y, unsigned n)
{
    uint8_t edit[EDIT_BYTES];
    for (unsigned i = 0; i < n; i++) {
        edit_store(edit, edit_pack(x, y, i % CANVAS_COLOURS));
        heat_add(heat, edit, 1);
    }
}

static void every_pixel_has_its_own_number(void **state)
{
    struct heat *heat = *state;
    static const unsigned at[][2] = {{0, 0}, {999, 0}, {0, 999}, {999, 999}, {511, 512}, {23, 1}};
    size_t n = sizeof at / sizeof *at, sum = 0;
    uint8_t edits[6 * EDIT_BYTES];
    for (unsigned i = 0; i < n; i++) {
        paint(heat, at[i][0], at[i][1], i);
        edit_store(edits + EDIT_BYTES * i, edit_pack(at[i][0], at[i][1], 15));
    }
    heat_add(heat, edits, n); /* several at once: one more each */
    const uint8_t *levels = levels_of(heat);
    for (unsigned i = 0; i < n; i++)
        assert_int_equal(levels[at[i][1] * CANVAS_WIDTH + at[i][0]], i + 1);
    for (size_t i = 0; i < CANVAS_PIXELS; i++)
        sum += levels[i];
    assert_int_equal(sum, 1 + 2 + 3 + 4 + 5 + 6);
}

static void many_at_once_are_as_one_by_one(void **state)
{
    enum { N = 1000 };
    struct heat *heat = *state, *slow = calloc(1, sizeof *slow);
    uint8_t edits[N * EDIT_BYTES];
    uint32_t random = 1;
    for (size_t i = 0; i < N; i++) {
        random = random * 1664525 + 1013904223;
        uint32_t x = random >> 8 & 1 ? 3 : random >> 9 & 511; /* one column again and again */
        edit_store(edits + EDIT_BYTES * i, edit_pack(x, random >> 18 & 7, random >> 28));
    }
    for (size_t i = 0, n = 0; i + n <= N; i += n, n = (n + 1) % 30)
        heat_add(heat, edits + EDIT_BYTES * i, n);
    size_t added = 0;
    for (size_t i = 0, n = 0; i + n <= N; i += n, n = (n + 1) % 30)
        added = i + n;
    for (size_t i = 0; i < added; i++)
        heat_add(slow, edits + EDIT_BYTES * i, 1);
    assert_in_range(added, 900, N);
    assert_memory_equal(heat, slow, sizeof *heat);
    free(slow);
}

static void levels_are_numbers_first_and_then_24_a_doubling(void **state)
{
    static const struct {
        unsigned number, level;
    } cases[] = {
        {0, 0},       {1, 1},       {63, 63},     {64, 64},     {65, 64},     {66, 65},
        {127, 87},    {128, 88},    {255, 111},   {256, 112},   {8192, 232},  {8191, 231},
        {15917, 254}, {15918, 255}, {16383, 255}, {16384, 255}, {65535, 255}, {65536, 255},
    };
    struct heat *heat = *state;
    unsigned n = sizeof cases / sizeof *cases;
    for (unsigned i = 0; i < n; i++)
        paint(heat, i, 7, cases[i].number);
    const uint8_t *levels = levels_of(heat);
    for (unsigned i = 0; i < n; i++)
        assert_int_equal(levels[7 * CANVAS_WIDTH + i], cases[i].level);
}

/* How light it looks: CIE L*. */
static double lightness(struct picture_colour colour)
{
    const double parts[] = {colour.red, colour.green, colour.blue},
                 weights[] = {.2126, .7152, .0722};
    double light = 0;
    for (int i = 0; i < 3; i++) {
        double part = parts[i] / 255;
        light += weights[i] * (part <= .04045 ? part / 12.92 : pow((part + .055) / 1.055, 2.4));
    }
    return light > 216. / 24389 ? 116 * cbrt(light) - 16 : light * 24389 / 27;
}

static void colours_grow_lighter_and_only_nothing_is_transparent(void **state)
{
    struct picture_colour colours[PICTURE_LEVELS];
    memset(colours, 0xaa, sizeof colours);
    heat_colours(colours);
    assert_int_equal(colours[0].alpha, 0);
    for (int i = 1; i < PICTURE_LEVELS; i++) {
        assert_int_equal(colours[i].alpha, 255);
        /* Evenly: what is twice as far up looks twice as light, to a tenth. */
        double even = 16.4 + (100 - 16.4) * (i - 1) / 254;
        assert_true(fabs(lightness(colours[i]) - even) < 4);
        if (i > 1)
            assert_true(lightness(colours[i]) >= lightness(colours[i - 1]));
    }
    assert_int_equal(colours[255].blue, 255);
    assert_true(colours[1].red > colours[1].green + 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_pixel_has_its_own_number, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_at_once_are_as_one_by_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(levels_are_numbers_first_and_then_24_a_doubling, set_up,
                                        tear_down),
        cmocka_unit_test(colours_grow_lighter_and_only_nothing_is_transparent),
    };
    return cmocka_run_group_tests_name("history heat", tests, NULL, NULL);
}
