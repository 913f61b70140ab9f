/* SPDX-License-Identifier: ISC */
/* test_number_map: the map beside an array that is looked through, and its memory. */
#include "cmocka_all.h"
#include "rules/number_map.h"

#include <stdlib.h>
#include <string.h>

enum { IDS = 300 };

static uint64_t seed;

static uint64_t draw(void)
{
    seed += 0x9e3779b97f4a7c15;
    uint64_t z = (seed ^ seed >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static void it_does_what_an_array_does(void **state)
{
    static int64_t model[IDS]; /* -1: it is not there */
    struct number_map map;
    seed = 1;
    for (int round = 0; round < 50; round++) {
        number_map_init(&map, 1 << 20);
        memset(model, 0xff, sizeof model);
        uint32_t n = 0;
        for (int step = 0; step < 3000; step++) {
            uint64_t i = draw() % (round % 2 ? IDS : 20), id = (1 + i) << (round % 5 * 13);
            int64_t *found = number_map_find(&map, id);
            assert_int_equal(found != NULL, model[i] >= 0);
            if (found)
                assert_true(*found == model[i]);
            if (draw() % 3 > 0) {
                int64_t *added = number_map_add(&map, id, INT64_MIN);
                assert_non_null(added);
                assert_true(*added == (model[i] < 0 ? 0 : model[i]));
                n += model[i] < 0;
                *added = model[i] = (int64_t)(draw() % 1000);
            } else if (found) {
                number_map_remove(&map, found);
                model[i] = -1;
                n--;
            }
            assert_int_equal(map.n, n);
        }
        number_map_finish(&map);
        assert_null(number_map_find(&map, 1));
    }
}

static void what_is_worthless_is_dropped_when_it_grows(void **state)
{
    struct number_map map;
    seed = 2;
    number_map_init(&map, 1 << 20);
    for (int64_t i = 1; i <= 100000; i++)
        *number_map_add(&map, draw(), i - 100) = i; /* the last 100 are worth something */
    assert_in_range(map.n, 100, 200);
    assert_in_range(map.n_slots, 100, 300);
    number_map_finish(&map);
}

static void three_million_ids_spread_over_256_maps_take_72_mib_at_most(void **state)
{
    enum { MAPS = 256, N = 3000000 };
    static struct number_map maps[MAPS];
    size_t slots = 0;
    seed = 3;
    for (size_t i = 0; i < MAPS; i++)
        number_map_init(&maps[i], 1 << 20);
    for (int i = 0; i < N; i++) {
        uint64_t id = draw() | (uint64_t)1 << 63;
        *number_map_add(&maps[number_map_hash(id) >> 56], id, 0) = 1;
    }
    for (size_t i = 0; i < MAPS; i++) {
        slots += maps[i].n_slots;
        number_map_finish(&maps[i]);
    }
    assert_in_range(slots * sizeof(struct number_slot), (size_t)N * 16, (size_t)72 << 20);
}

static void with_no_room_left_the_least_of_those_nearby_makes_room(void **state)
{
    enum { MAX = 1000 };
    struct number_map map;
    seed = 4;
    number_map_init(&map, MAX);
    for (int64_t i = 1; i <= 50000; i++) {
        uint64_t id = draw();
        *number_map_add(&map, id, 0) = i;
        assert_true(*number_map_find(&map, id) == i);
        assert_true(map.n <= MAX && map.n_slots <= 3 * MAX);
    }
    /* Those that are left are young: an old one has had to go wherever it was the least nearby. */
    int64_t sum = 0;
    for (uint32_t i = 0; i < map.n_slots; i++)
        sum += map.slots[i].id ? map.slots[i].number : 0;
    assert_in_range(sum / MAX, 48000, 50000);
    number_map_finish(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_does_what_an_array_does),
        cmocka_unit_test(what_is_worthless_is_dropped_when_it_grows),
        cmocka_unit_test(three_million_ids_spread_over_256_maps_take_72_mib_at_most),
        cmocka_unit_test(with_no_room_left_the_least_of_those_nearby_makes_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
