/* SPDX-License-Identifier: ISC */
/* What was painted on a pixel: the search against looking at every edit, and through the blocks of
 * a history that was made from a log. */
#include "build_world.h"

#include <stdlib.h>
#include <string.h>

#include "core/edit.h"
#include "history/pixel.h"

enum { ROOM = 1000 };

static const struct position home = {0, 0}, other = {-2, 3};

/* Every length, every place of the edit, at every alignment; the bytes around it are not looked at.
 */
static void the_search_finds_the_last_one(void **state)
{
    const uint32_t place = edit_pack(513, 700, 0);
    for (size_t shift = 0; shift < 8; shift++) {
        for (size_t n = 0; n < 40; n++) {
            /* On the heap and no longer than that, where a sanitizer sees its end. */
            uint8_t *edits = malloc(n * EDIT_BYTES + shift + (n == 0)), *at = edits + shift;
            assert_non_null(edits);
            for (size_t i = 0; i < n; i++)
                edit_store(at + EDIT_BYTES * i, edit_pack(513, 701, 5));
            assert_int_equal(pixel_last(at, n, place), n);
            for (size_t i = 0; i < n; i++) {
                edit_store(at + EDIT_BYTES * i, edit_pack(513, 700, (uint32_t)i & 15));
                assert_int_equal(pixel_last(at, n, place), i);
                if (i > 1) /* the one before it is no longer looked at */
                    assert_int_equal(pixel_last(at, i, place), i - 1);
            }
            free(edits);
        }
    }
}

/* The same by looking at every edit. */
static size_t expected(const struct world *world, struct position position, uint32_t x, uint32_t y,
                       struct pixel_change *into, size_t room)
{
    size_t n = 0;
    for (size_t r = world->n; r-- > 0;) {
        const struct world_record *record = &world->records[r];
        if (!position_equal(record->position, position))
            continue;
        for (uint32_t i = record->n; i-- > 0;) {
            uint32_t word = edit_load(record->edits + EDIT_BYTES * i);
            if (edit_x(word) == x && edit_y(word) == y && n < room)
                into[n++] = (struct pixel_change){.version = record->offset + 1,
                                                  .time_ms = record->time_ms,
                                                  .index = i,
                                                  .colour = (uint8_t)edit_colour(word)};
        }
    }
    return n;
}

static void expect_changes(struct world *world, struct position position, uint32_t x, uint32_t y,
                           size_t room)
{
    static struct pixel_change list[ROOM], wanted[ROOM];
    struct pixel_changes changes = {.list = list, .room = room, .blocks = 100};
    size_t n = expected(world, position, x, y, wanted, room);
    assert_int_equal(pixel_find(world->store, position, x, y, &changes), STORE_OK);
    assert_int_equal(changes.n, n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(list[i].version, wanted[i].version);
        assert_int_equal(list[i].time_ms, wanted[i].time_ms);
        assert_int_equal(list[i].index, wanted[i].index);
        assert_int_equal(list[i].colour, wanted[i].colour);
    }
    assert_int_equal(changes.whole, n < room);
}

static void changes_are_found_in_all_blocks(void **state)
{
    struct world *world = *state;
    world_put(world, home, 3);
    world_paint(world, home, 4 * BLOCK_EDITS, 3000);
    world_paint(world, other, 100, 10);
    assert_int_equal(world_start(world), READER_OK);
    assert_int_equal(build_flush(world->build), 0);
    for (size_t i = 0; i < 50; i++) {
        /* One that was painted, by any record. */
        const struct world_record *record = &world->records[world_random(world, world->n)];
        uint32_t word = edit_load(record->edits);
        expect_changes(world, record->position, edit_x(word), edit_y(word), ROOM);
        expect_changes(world, record->position, edit_x(word), edit_y(word), 1);
        expect_changes(world, home, (uint32_t)world_random(world, 1000),
                       (uint32_t)world_random(world, 1000), 5);
    }
    /* Not further than was asked. */
    const uint32_t first = edit_load(world->records[0].edits);
    struct pixel_change list[ROOM], all[ROOM];
    struct pixel_changes changes = {.list = list, .room = ROOM, .blocks = 2};
    size_t n = expected(world, home, edit_x(first), edit_y(first), all, ROOM);
    assert_int_equal(pixel_find(world->store, home, edit_x(first), edit_y(first), &changes),
                     STORE_OK);
    assert_true(changes.n < n);
    assert_false(changes.whole);
    const struct position nowhere = {5, 5};
    assert_int_equal(pixel_find(world->store, nowhere, 0, 0, &changes), STORE_NONE);
    world_stop(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_search_finds_the_last_one),
        WORLD_TEST(changes_are_found_in_all_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
