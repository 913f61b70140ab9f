/* SPDX-License-Identifier: ISC */
/* test_tile: each pixel is the most frequent colour below it, drawn at once or bit by bit. */
#include "cmocka_all.h"
#include "derived/tile.h"

#include <stdlib.h>
#include <string.h>

enum { SIZE = CANVAS_WIDTH, CANVASES_MAX = 64 };

struct world {
    struct tile_source source; /* first */
    size_t n, copies, stop_at;
    struct tile_canvas canvases[CANVASES_MAX];
    uint8_t *pixels[CANVASES_MAX];
};

static uint64_t seed = 1;

static uint32_t next_random(void)
{
    seed = seed * 6364136223846793005 + 1442695040888963407;
    return (uint32_t)(seed >> 33);
}

static bool copy(struct tile_source *source, struct position position, struct canvas *into)
{
    struct world *world = (struct world *)source;
    if (++world->copies == world->stop_at)
        return false;
    for (size_t i = 0; i < world->n; i++)
        if (position_equal(world->canvases[i].position, position))
            memcpy(into->pixels, world->pixels[i], CANVAS_PIXELS);
    return true;
}

static int setup(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    world->source.copy = copy;
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    for (size_t i = 0; i < world->n; i++)
        free(world->pixels[i]);
    free(world);
    return 0;
}

static uint8_t *add(struct world *world, int gx, int gy)
{
    assert_true(world->n < CANVASES_MAX);
    size_t i = world->n++;
    world->canvases[i] = (struct tile_canvas){{(int16_t)gx, (int16_t)gy}, true};
    return world->pixels[i] = calloc(1, CANVAS_PIXELS);
}

/* Spots on a ground, and noise, so that both clear majorities and ties come. */
static void paint(uint8_t *pixels)
{
    memset(pixels, 1 + (int)(next_random() % 15), CANVAS_PIXELS);
    for (size_t spot = 0; spot < 300; spot++) {
        uint32_t left = next_random() % SIZE, top = next_random() % SIZE;
        uint32_t size = 1 + next_random() % 90;
        uint8_t colour = (uint8_t)(next_random() % 16);
        for (uint32_t y = top; y < top + size && y < SIZE; y++)
            for (uint32_t x = left; x < left + size && x < SIZE; x++)
                pixels[y * SIZE + x] = colour;
    }
    for (size_t i = 0; i < 200000; i++)
        pixels[next_random() % CANVAS_PIXELS] = (uint8_t)(next_random() % 16);
}

/* The colour of the plane at plane coordinates. */
static uint8_t plane_pixel(const struct world *world, int64_t x, int64_t y)
{
    for (size_t i = 0; i < world->n; i++) {
        int64_t left = (int64_t)world->canvases[i].position.gx * SIZE;
        int64_t top = (int64_t)world->canvases[i].position.gy * SIZE;
        if (x >= left && x < left + SIZE && y >= top && y < top + SIZE)
            return world->pixels[i][(y - top) * SIZE + x - left];
    }
    return 0;
}

/* One pixel of the tile from its definition. */
static uint8_t expected(const struct world *world, unsigned zoom, struct position first, uint32_t i,
                        uint32_t j)
{
    int64_t side = INT64_C(1) << zoom;
    uint32_t counts[CANVAS_COLOURS] = {0};
    for (int64_t y = 0; y < side; y++)
        for (int64_t x = 0; x < side; x++)
            counts[plane_pixel(world, (int64_t)first.gx * SIZE + i * side + x,
                               (int64_t)first.gy * SIZE + j * side + y)]++;
    uint8_t best = 0;
    for (uint8_t colour = 1; colour < CANVAS_COLOURS; colour++)
        if (counts[colour] > counts[best])
            best = colour;
    return best;
}

static void check_pixel(const struct world *world, unsigned zoom, struct position first, uint32_t i,
                        uint32_t j, const uint8_t *tile)
{
    uint8_t colour = expected(world, zoom, first, i, j);
    if (tile[j * SIZE + i] != colour)
        fail_msg("zoom %u, pixel %u,%u: %u instead of %u", zoom, i, j, tile[j * SIZE + i], colour);
}

/* Pixels at random, half of them along the borders between canvases. */
static void check(const struct world *world, unsigned zoom, struct position first,
                  const uint8_t *tile)
{
    uint32_t block = 1u << zoom, inside = 0;
    size_t samples = zoom < 6 ? 1000 : zoom < 9 ? 60 : 6; /* a block may be 4 million pixels */
    for (size_t n = 0; n < samples; n++) {
        const struct tile_canvas *canvas = &world->canvases[next_random() % world->n];
        uint32_t left = (uint32_t)(canvas->position.gx - first.gx) * SIZE;
        uint32_t top = (uint32_t)(canvas->position.gy - first.gy) * SIZE;
        uint32_t x = left + next_random() % SIZE, y = top + next_random() % SIZE;
        switch (n % 4) {
        case 0:
            x = left + next_random() % 2 * (SIZE - 1);
            break;
        case 1:
            y = top + next_random() % 2 * (SIZE - 1);
            break;
        }
        inside += tile[(y / block) * SIZE + x / block] != 0;
        check_pixel(world, zoom, first, x / block, y / block, tile);
    }
    if (zoom < 10) /* else there may be more white around than all else */
        assert_true(inside > 0);
    for (size_t n = 0; n < samples / 3; n++) /* and just anywhere */
        check_pixel(world, zoom, first, next_random() % SIZE, next_random() % SIZE, tile);
}

static uint8_t tile[CANVAS_PIXELS];

static void draw(struct world *world, unsigned zoom, struct position first)
{
    memset(tile, 0, sizeof tile);
    for (size_t i = 0; i < world->n; i++)
        world->canvases[i].changed = true;
    assert_int_equal(tile_draw(zoom, first, world->canvases, world->n, &world->source, tile),
                     TILE_DRAWN);
}

static void a_tile_of_zoom_0_is_the_canvas(void **state)
{
    struct world *world = *state;
    paint(add(world, -7, 3));
    draw(world, 0, (struct position){-7, 3});
    assert_memory_equal(tile, world->pixels[0], CANVAS_PIXELS);
}

static void every_zoom_is_right(void **state)
{
    struct world *world = *state;
    /* Neighbours in a block of 2 x 3, one alone, one at the far corner of the plane. */
    for (int i = 0; i < 6; i++)
        paint(add(world, i % 2, i / 2));
    paint(add(world, 3, 3));
    paint(add(world, 1023, 1023));
    static const size_t below[12] = {0, 4, 7, 7, 7, 7, 7, 7, 7, 7, 8, 8};
    for (unsigned zoom = 1; zoom <= 11; zoom++) {
        struct world part = *world;
        part.n = below[zoom];
        if (zoom == 1) /* 2 x 2 of them, that is the first four */
            part.n = 4;
        draw(&part, zoom, (struct position){0, 0});
        check(&part, zoom, (struct position){0, 0}, tile);
        assert_int_equal(part.copies - world->copies, part.n);
    }
}

static void negative_places_are_right(void **state)
{
    struct world *world = *state;
    paint(add(world, -1, -1));
    paint(add(world, -16, -16));
    paint(add(world, -2, -1));
    paint(add(world, -2, -3));
    draw(world, 4, (struct position){-16, -16});
    check(world, 4, (struct position){-16, -16}, tile);
    draw(world, 11, (struct position){-2048, -2048}); /* reaches beyond the plane */
    check(world, 11, (struct position){-2048, -2048}, tile);
}

/* What is not painted is white, also where it shares a block with something that is. */
static void unpainted_canvases_are_white(void **state)
{
    struct world *world = *state;
    memset(add(world, 4, 4), 5, CANVAS_PIXELS);
    draw(world, 4, (struct position){0, 0});
    /* The canvas covers 4000 to 4999 of the plane, blocks 250 to 312; the last is half covered, and
     * the lower index wins a tie. */
    assert_int_equal(tile[250 * SIZE + 250], 5);
    assert_int_equal(tile[311 * SIZE + 311], 5);
    assert_int_equal(tile[300 * SIZE + 249], 0);
    assert_int_equal(tile[300 * SIZE + 312], 0);
    assert_int_equal(tile[312 * SIZE + 300], 0);
}

static void the_lower_index_wins_a_tie(void **state)
{
    struct world *world = *state;
    uint8_t *pixels = add(world, 0, 0);
    static const uint8_t blocks[4][4] = {
        {3, 9, 9, 3}, {1, 0, 1, 0}, {15, 14, 13, 12}, {7, 8, 8, 8}};
    static const uint8_t expected_[4] = {3, 0, 12, 8};
    for (size_t i = 0; i < 4; i++) {
        memcpy(pixels + 2 * i, blocks[i], 2);
        memcpy(pixels + SIZE + 2 * i, blocks[i] + 2, 2);
    }
    draw(world, 1, (struct position){0, 0});
    assert_memory_equal(tile, expected_, 4);
}

/* Drawn on from an earlier drawing: the same as drawn anew, with fewer copies. */
static void only_what_changed_is_drawn_again(void **state)
{
    struct world *world = *state;
    static uint8_t anew[CANVAS_PIXELS];
    for (int i = 0; i < 36; i++)
        paint(add(world, i % 6, i / 6));
    for (unsigned zoom = 3; zoom <= 11; zoom++) {
        draw(world, zoom, (struct position){0, 0});
        for (int round = 0; round < 3; round++) {
            size_t i = round == 0 ? 14 : next_random() % 36;
            for (size_t k = 0; k < world->n; k++)
                world->canvases[k].changed = k == i;
            paint(world->pixels[i]);
            world->copies = 0;
            assert_int_equal(tile_draw(zoom, (struct position){0, 0}, world->canvases, world->n,
                                       &world->source, tile),
                             TILE_DRAWN);
            if (zoom == 3) /* a block of 8 divides 1000: no neighbours */
                assert_int_equal(world->copies, 1);
            else if (zoom < 10)
                assert_in_range(world->copies, 2, 9);
            memcpy(anew, tile, sizeof anew);
            draw(world, zoom, (struct position){0, 0});
            assert_memory_equal(tile, anew, CANVAS_PIXELS);
        }
    }
}

static void nothing_changed_copies_nothing(void **state)
{
    struct world *world = *state;
    static uint8_t before[CANVAS_PIXELS];
    paint(add(world, 0, 0));
    paint(add(world, 1, 0));
    draw(world, 5, (struct position){0, 0});
    memcpy(before, tile, sizeof before);
    world->canvases[0].changed = world->canvases[1].changed = false;
    world->copies = 0;
    assert_int_equal(
        tile_draw(5, (struct position){0, 0}, world->canvases, world->n, &world->source, tile),
        TILE_DRAWN);
    assert_int_equal(world->copies, 0);
    assert_memory_equal(tile, before, sizeof before);
}

static void drawing_stops_when_it_is_told_to(void **state)
{
    struct world *world = *state;
    paint(add(world, 0, 0));
    paint(add(world, 1, 0));
    paint(add(world, 1, 1));
    world->stop_at = 2;
    assert_int_equal(
        tile_draw(4, (struct position){0, 0}, world->canvases, world->n, &world->source, tile),
        TILE_STOPPED);
    assert_int_equal(world->copies, 2);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_tile_of_zoom_0_is_the_canvas), TEST(every_zoom_is_right),
        TEST(negative_places_are_right),      TEST(unpainted_canvases_are_white),
        TEST(the_lower_index_wins_a_tie),     TEST(only_what_changed_is_drawn_again),
        TEST(nothing_changed_copies_nothing), TEST(drawing_stops_when_it_is_told_to),
    };
    return cmocka_run_group_tests_name("tile", tests, NULL, NULL);
}
