/* SPDX-License-Identifier: ISC */
/* Which frame shows an edit first: by number exactly, by time never too early and never going back.
 */
#include "cmocka_all.h"
#include "pace.h"

#include <stdlib.h>

static struct pace by_time(uint64_t speed_milli, int64_t idle_ms)
{
    struct pace pace;
    const struct pace_config config = {.fps = 25, .speed_milli = speed_milli, .idle_ms = idle_ms};
    pace_init(&pace, &config);
    return pace;
}

static uint64_t frame_at(struct pace *pace, int64_t time_ms)
{
    pace_record(pace, time_ms);
    return pace_frame(pace);
}

static void a_frame_has_so_many_edits(void **state)
{
    struct pace pace;
    const struct pace_config config = {.fps = 25, .edits_per_frame = 10};
    pace_init(&pace, &config);
    for (uint64_t edit = 0; edit < 1000;) {
        uint64_t room = pace_room(&pace);
        assert_int_equal(pace_frame(&pace), 1 + edit / 10);
        assert_int_equal(room, 10 - edit % 10);
        uint64_t taken = 1 + (uint64_t)rand() % room;
        pace_take(&pace, taken);
        edit += taken;
    }
}

static void times_become_frames_rounded_up(void **state)
{
    struct pace pace = by_time(1000, -1);
    assert_int_equal(frame_at(&pace, 5000), 1); /* frame 0 is before the first edit */
    assert_int_equal(frame_at(&pace, 5001), 1);
    assert_int_equal(frame_at(&pace, 5040), 1);
    assert_int_equal(frame_at(&pace, 5041), 2);
    assert_int_equal(frame_at(&pace, 6000), 25);
    assert_int_equal(frame_at(&pace, 6001), 26);
    assert_int_equal(pace_room(&pace), PACE_ALL_EDITS);
}

static void speed_divides_the_time(void **state)
{
    struct pace fast = by_time(100 * 1000, -1), slow = by_time(500, -1);
    frame_at(&fast, 0);
    assert_int_equal(frame_at(&fast, 100 * 1000), 25);
    frame_at(&slow, 0);
    assert_int_equal(frame_at(&slow, 1000), 50);
}

static void a_clock_that_was_set_back_stands_still(void **state)
{
    struct pace pace = by_time(1000, -1);
    frame_at(&pace, 10000);
    assert_int_equal(frame_at(&pace, 11000), 25);
    assert_int_equal(frame_at(&pace, 3000), 25);
    assert_int_equal(frame_at(&pace, 10999), 25);
    assert_int_equal(frame_at(&pace, 11040), 26);
}

static void unknown_times_are_those_before(void **state)
{
    struct pace pace = by_time(1000, -1);
    assert_int_equal(frame_at(&pace, -1), 1);
    assert_false(pace.has_clock);
    assert_int_equal(frame_at(&pace, 70000), 1); /* the clock begins here */
    assert_int_equal(frame_at(&pace, 71000), 25);
    assert_int_equal(frame_at(&pace, -1), 25);
    assert_int_equal(frame_at(&pace, INT64_MIN), 25);
    assert_int_equal(frame_at(&pace, 72000), 50);
}

static void idle_time_is_cut_to_its_limit(void **state)
{
    struct pace pace = by_time(1000, 2000);
    frame_at(&pace, 0);
    assert_int_equal(frame_at(&pace, 2000), 50);
    assert_int_equal(frame_at(&pace, 4001), 100); /* 2001 ms count as 2000 */
    assert_int_equal(frame_at(&pace, 1000000), 150);
    pace = by_time(1000, 0);
    frame_at(&pace, 0);
    assert_int_equal(frame_at(&pace, 1000000), 1);
}

/* Times of a log are whatever somebody wrote. */
static void no_time_overflows(void **state)
{
    struct pace pace = by_time(1, -1);
    pace.config.fps = 240;
    uint64_t last = frame_at(&pace, 0);
    static const int64_t times[] = {1, INT64_MAX / 2, INT64_MAX - 1, 5, INT64_MAX, INT64_MIN, 0};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        uint64_t frame = frame_at(&pace, times[i]);
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
