/* SPDX-License-Identifier: ISC */
/* How fast a machine is said to be, from times that are given. */
#include "cmocka_all.h"

#include "render/http/speed.h"

static unsigned after(struct speed *speed, uint64_t us, int times)
{
    while (times-- > 0)
        speed_took(speed, us);
    return speed->percent;
}

static void speed_is_the_inverse_of_time(void **state)
{
    static const struct {
        uint64_t us;
        unsigned percent;
    } rows[] = {
        {SPEED_STANDARD_US, 100},
        {SPEED_STANDARD_US * 2, 50},
        {SPEED_STANDARD_US / 2, 200},
        {SPEED_STANDARD_US / 10, 200},
        {SPEED_STANDARD_US * 4, 30},
        {SPEED_STANDARD_US * 100, 10},
        {0, 200},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct speed speed;
        speed_init(&speed);
        assert_int_equal(speed.percent, 100);
        assert_int_equal(after(&speed, rows[i].us, 1), rows[i].percent);
    }
}

static void a_single_delay_changes_little_and_a_lasting_one_all(void **state)
{
    struct speed speed;
    speed_init(&speed);
    after(&speed, SPEED_STANDARD_US, 10);
    assert_in_range(after(&speed, SPEED_STANDARD_US * 2, 1), 80, 90);
    assert_int_equal(after(&speed, SPEED_STANDARD_US, 20), 100);
    assert_int_equal(after(&speed, SPEED_STANDARD_US * 2, 20), 50);
    assert_int_equal(after(&speed, SPEED_STANDARD_US, 20), 100);
    /* Halted for half of the time, which some of the samples feel wholly and others not at all. */
    for (int i = 0; i < 50; i++)
        after(&speed, i % 4 == 0 ? SPEED_STANDARD_US * 5 : SPEED_STANDARD_US, 1);
    assert_in_range(speed.percent, 40, 70);
}

static void a_step_is_left_only_for_good(void **state)
{
    struct speed speed;
    speed_init(&speed);
    for (int i = 0; i < 100; i++) /* back and forth over the border between 90 and 100 */
        assert_int_equal(after(&speed, SPEED_STANDARD_US * 100 / (i % 2 ? 94 : 96), 1), 100);
    assert_int_equal(after(&speed, SPEED_STANDARD_US * 100 / 91, 100), 90);
}

static void it_takes_little_of_a_processor(void **state)
{
    assert_int_equal(speed_pause_ms(0), 1000);
    for (uint64_t us = 100; us < 1000000; us += 997)
        assert_true((double)us / 1000 / (double)speed_pause_ms(us) < .005);
    assert_true(speed_compute() == speed_compute() && speed_compute() > 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speed_is_the_inverse_of_time),
        cmocka_unit_test(a_single_delay_changes_little_and_a_lasting_one_all),
        cmocka_unit_test(a_step_is_left_only_for_good),
        cmocka_unit_test(it_takes_little_of_a_processor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
