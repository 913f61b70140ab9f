/* SPDX-License-Identifier: ISC */
/* All clones come to the same steps, which are those of the formula, today and for ever. */
#include "cmocka_all.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "render/fractal/plane.h"
#include "scalar_escape.h"

enum { POINTS = ESCAPE_ROWS * ESCAPE_WIDTH };

struct place {
    struct picture tile;
    unsigned row;
    uint64_t hash; /* FNV-1a of the steps as little-endian 16-bit numbers */
};

/* The whole; edges of all kinds; mostly inside, with cycles; as deep as it goes; Julia sets: dust,
 * connected, c = 0 and one that escapes from everywhere. */
static const struct place places[] = {
    {{.z = 0}, 96, 0x520b7129e09fe3ab},
    {{.z = 0}, 128, 0x3b2ce2082bc40fa4},
    {{.z = 2, .x = 1, .y = 1}, 200, 0x088a2e04e8edca39},
    {{.z = 6, .x = 28, .y = 29}, 64, 0x896a65f8a21e1e47},
    {{.z = 12, .x = 1798, .y = 1913}, 100, 0xadd88a3143f16250},
    {{.z = 40, .x = 0x7068237853, .y = 0x77902a152b}, 0, 0x9cc27eabe7a6e4ee},
    {{.z = 40, .x = 0xffffffffff, .y = 0xffffffffff}, 252, 0xe8a6e951c551cb25},
    {{.kind = PICTURE_JULIA, .cr = -800000, .ci = 156000}, 120, 0xc3566b0cc7fff6d6},
    {{.kind = PICTURE_JULIA, .cr = -123000, .ci = 745000, .z = 2, .x = 1, .y = 1},
     252,
     0xdccd4f9ee79d4cb5},
    {{.kind = PICTURE_JULIA}, 128, 0x3cee4c3806d16779},
    {{.kind = PICTURE_JULIA, .cr = 2000000, .ci = -2000000}, 0, 0x76afc6f99b9602d6},
};
enum { PLACES = sizeof places / sizeof *places };

static void print_difference(enum escape_clone clone, const struct place *place, int i,
                             const uint16_t *is, const uint16_t *expected)
{
    fail_msg("clone %d, place %d, point %d: step %u, expected %u", (int)clone,
             (int)(place - places), i, is[i], expected[i]);
}

static void every_clone_does_what_plain_c_does(void **state)
{
    int clones = 0;
    for (enum escape_clone clone = ESCAPE_PLAIN; clone < ESCAPE_CLONES; clone++) {
        if (!escape_can(clone))
            continue;
        clones++;
        for (const struct place *place = places; place < places + PLACES; place++) {
            struct escape_band band;
            uint16_t is[POINTS], expected[POINTS];
            plane_band(&place->tile, place->row, &band);
            scalar_escape(&band, expected);
            escape_band(clone, &band, is);
            for (int i = 0; i < POINTS; i++)
                if (is[i] != expected[i])
                    print_difference(clone, place, i, is, expected);
        }
    }
    assert_true(clones >= 1);
    assert_true(escape_can(escape_best()));
    print_message("%d clones\n", clones);
}

static uint64_t hash_of(const uint16_t *steps)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (int i = 0; i < POINTS; i++)
        for (int shift = 0; shift <= 8; shift += 8)
            hash = (hash ^ (uint8_t)(steps[i] >> shift)) * 0x100000001b3;
    return hash;
}

static void steps_are_what_they_have_always_been(void **state)
{
    for (const struct place *place = places; place < places + PLACES; place++) {
        struct escape_band band;
        uint16_t steps[POINTS];
        plane_band(&place->tile, place->row, &band);
        escape_band(escape_best(), &band, steps);
        if (hash_of(steps) != place->hash)
            fail_msg(
                "place %d: hash 0x%016llx; a change of pixels needs a new "
                "PICTURE_FRACTAL_REVISION",
                (int)(place - places), (unsigned long long)hash_of(steps));
    }
}

/* Our logarithm is good enough that at most the last step differs from the C library's. */
static void steps_follow_the_formula(void **state)
{
    struct escape_band band;
    uint16_t steps[POINTS];
    int escaped = 0;
    plane_band(&(struct picture){.z = 1}, 248, &band);
    escape_band(escape_best(), &band, steps);
    for (int i = 0; i < POINTS; i++) {
        double re = 0, im = 0, m = 0;
        unsigned n = 0;
        for (; n < band.iterations && !(m >= ESCAPE_LIMIT); n++) {
            const double product = re * im;
            re = re * re - im * im + band.re[i % ESCAPE_WIDTH];
            im = product + product + band.im[i / ESCAPE_WIDTH];
            m = re * re + im * im;
        }
        if (m >= ESCAPE_LIMIT) /* at the very iteration: nu hardly depends on when one looks */
            assert_in_range(steps[i], exact_step(n, m) - 1, exact_step(n, m) + 1);
        else
            assert_int_equal(steps[i], 0);
        escaped += steps[i] > 0;
    }
    assert_in_range(escaped, POINTS / 4, POINTS - POINTS / 4);
}

static void points_inside_take_no_step_and_others_few_enough(void **state)
{
    struct escape_band band = {.iterations = ESCAPE_ITERATIONS_MAX};
    uint16_t steps[POINTS];
    for (int i = 0; i < ESCAPE_WIDTH; i++)
        band.re[i] = 0.25 + i * 1e-6; /* 0.25 is the cusp; beside it all take very long */
    band.im[1] = 1;                   /* 0.25 + i escapes soon */
    band.im[2] = 4;
    for (enum escape_clone clone = ESCAPE_PLAIN; clone < ESCAPE_CLONES; clone++) {
        if (!escape_can(clone))
            continue;
        escape_band(clone, &band, steps);
        assert_int_equal(steps[0], 0);
        assert_true(steps[ESCAPE_WIDTH - 1] > 1000 && steps[ESCAPE_WIDTH] > 0);
        for (int i = 0; i < POINTS; i++)
            assert_true(steps[i] < ESCAPE_STEPS);
    }
}

static void tiles_meet_and_rows_go_down(void **state)
{
    struct escape_band here, right, below;
    for (uint32_t z = 1; z <= PICTURE_FRACTAL_ZOOM_MAX; z++) {
        const uint64_t x = ((UINT64_C(1) << z) - 1) / 3, y = x / 2;
        const double pixel = ldexp(1, -6 - (int)z);
        plane_band(&(struct picture){.z = z, .x = x, .y = y}, 252, &here);
        plane_band(&(struct picture){.z = z, .x = x + 1, .y = y}, 252, &right);
        plane_band(&(struct picture){.z = z, .x = x, .y = y + 1}, 0, &below);
        for (int i = 1; i < ESCAPE_WIDTH; i++)
            assert_true(here.re[i] > here.re[i - 1]); /* no two pixels are one point */
        assert_true(fabs(right.re[0] - here.re[255] - pixel) < pixel / 8);
        assert_true(fabs(here.im[3] - below.im[0] - pixel) < pixel / 8);
        assert_int_equal(here.iterations % ESCAPE_BLOCK, 0);
        assert_int_equal(here.iterations, 256 + 96 * z);
    }
    plane_band(&(struct picture){.z = 0}, 0, &here);
    assert_true(here.re[0] == -2.5 + 1.0 / 128 && here.im[0] == 2 - 1.0 / 128);
    plane_band(&(struct picture){.kind = PICTURE_JULIA, .cr = -1, .ci = 2000000}, 0, &here);
    assert_true(here.re[255] == 2 - 1.0 / 128 && here.c_re == -1e-6 && here.c_im == 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_clone_does_what_plain_c_does),
        cmocka_unit_test(steps_are_what_they_have_always_been),
        cmocka_unit_test(steps_follow_the_formula),
        cmocka_unit_test(points_inside_take_no_step_and_others_few_enough),
        cmocka_unit_test(tiles_meet_and_rows_go_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
