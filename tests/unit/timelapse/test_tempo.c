/* SPDX-License-Identifier: ISC */
/* Which frame shows an edit first: by number exactly, by time never too early and never going back.
 */
#include "cmocka_all.h"
#include "tempo.h"

#include <stdlib.h>

static struct tempo by_time(uint64_t speed_milli, int64_t idle_ms)
{
    struct tempo tempo;
    const struct tempo_config config = {.fps = 25, .speed_milli = speed_milli, .idle_ms = idle_ms};
    tempo_init(&tempo, &config);
    return tempo;
}

static uint64_t frame_at(struct tempo *tempo, int64_t time_ms)
{
    tempo_record(tempo, time_ms);
    return tempo_frame(tempo);
}

static void a_frame_has_so_many_edits(void **state)
{
    struct tempo tempo;
    const struct tempo_config config = {.fps = 25, .edits_per_frame = 10};
    tempo_init(&tempo, &config);
    for (uint64_t edit = 0; edit < 1000;) {
        uint64_t room = tempo_room(&tempo);
        assert_int_equal(tempo_frame(&tempo), 1 + edit / 10);
        assert_int_equal(room, 10 - edit % 10);
        uint64_t taken = 1 + (uint64_t)rand() % room;
        tempo_take(&tempo, taken);
        edit += taken;
    }
}

static void times_become_frames_rounded_up(void **state)
{
    struct tempo tempo = by_time(1000, -1);
    assert_int_equal(frame_at(&tempo, 5000), 1); /* frame 0 is before the first edit */
    assert_int_equal(frame_at(&tempo, 5001), 1);
    assert_int_equal(frame_at(&tempo, 5040), 1);
    assert_int_equal(frame_at(&tempo, 5041), 2);
    assert_int_equal(frame_at(&tempo, 6000), 25);
    assert_int_equal(frame_at(&tempo, 6001), 26);
    assert_int_equal(tempo_room(&tempo), TEMPO_ALL_EDITS);
}

static void speed_divides_the_time(void **state)
{
    struct tempo fast = by_time(100 * 1000, -1), slow = by_time(500, -1);
    frame_at(&fast, 0);
    assert_int_equal(frame_at(&fast, 100 * 1000), 25);
    frame_at(&slow, 0);
    assert_int_equal(frame_at(&slow, 1000), 50);
}

static void a_clock_that_was_set_back_stands_still(void **state)
{
    struct tempo tempo = by_time(1000, -1);
    frame_at(&tempo, 10000);
    assert_int_equal(frame_at(&tempo, 11000), 25);
    assert_int_equal(frame_at(&tempo, 3000), 25);
    assert_int_equal(frame_at(&tempo, 10999), 25);
    assert_int_equal(frame_at(&tempo, 11040), 26);
}

static void unknown_times_are_those_before(void **state)
{
    struct tempo tempo = by_time(1000, -1);
    assert_int_equal(frame_at(&tempo, -1), 1);
    assert_false(tempo.has_clock);
    assert_int_equal(frame_at(&tempo, 70000), 1); /* the clock begins here */
    assert_int_equal(frame_at(&tempo, 71000), 25);
    assert_int_equal(frame_at(&tempo, -1), 25);
    assert_int_equal(frame_at(&tempo, INT64_MIN), 25);
    assert_int_equal(frame_at(&tempo, 72000), 50);
}

static void idle_time_is_cut_to_its_limit(void **state)
{
    struct tempo tempo = by_time(1000, 2000);
    frame_at(&tempo, 0);
    assert_int_equal(frame_at(&tempo, 2000), 50);
    assert_int_equal(frame_at(&tempo, 4001), 100); /* 2001 ms count as 2000 */
    assert_int_equal(frame_at(&tempo, 1000000), 150);
    tempo = by_time(1000, 0);
    frame_at(&tempo, 0);
    assert_int_equal(frame_at(&tempo, 1000000), 1);
}

/* Times of a log are whatever somebody wrote. */
static void no_time_overflows(void **state)
{
    struct tempo tempo = by_time(1, -1);
    tempo.config.fps = 240;
    uint64_t last = frame_at(&tempo, 0);
    static const int64_t times[] = {1, INT64_MAX / 2, INT64_MAX - 1, 5, INT64_MAX, INT64_MIN, 0};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        uint64_t frame = frame_at(&tempo, times[i]);
        assert_true(frame >= last);
        last = frame;
    }
    assert_true(last > UINT64_C(1) << 52);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_has_so_many_edits),
        cmocka_unit_test(times_become_frames_rounded_up),
        cmocka_unit_test(speed_divides_the_time),
        cmocka_unit_test(a_clock_that_was_set_back_stands_still),
        cmocka_unit_test(unknown_times_are_those_before),
        cmocka_unit_test(idle_time_is_cut_to_its_limit),
        cmocka_unit_test(no_time_overflows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
