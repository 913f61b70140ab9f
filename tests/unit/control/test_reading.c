/* SPDX-License-Identifier: ISC */
/* The control log is read once and in order, whatever becomes of the connection; and another log in
 * its place is not taken for it. */
#include "cmocka_all.h"
#include "fake_log.h"

#include <string.h>

#include "control/control_reading.h"
#include "sys/clock.h"

struct scene {
    struct fake_log fake;
    struct control_records records;
    struct control_reading *reading;
    char read[64]; /* the values, one after the other */
};

static const volatile int go_on = 0;

static void on_record(struct control_records *records, const struct record *record)
{
    struct scene *scene = (struct scene *)((char *)records - offsetof(struct scene, records));
    size_t len = strlen(scene->read);
    assert_true(len + record->value.len < sizeof scene->read);
    memcpy(scene->read + len, record->value.data, record->value.len);
    scene->read[len + record->value.len] = '\0';
}

/* A log of a, b, c that has been read. */
static void begin(struct scene *scene)
{
    char error[CONTROL_ERROR_BYTES];
    *scene = (struct scene){.records.record = on_record};
    fake_log_init(&scene->fake);
    fake_log_add(&scene->fake, "a");
    fake_log_add(&scene->fake, "b");
    fake_log_add(&scene->fake, "c");
    scene->reading = control_reading_create(&scene->fake.log, &scene->records, error);
    assert_non_null(scene->reading);
    assert_int_equal(control_reading_start(scene->reading, &go_on, error), 0);
    assert_string_equal(scene->read, "abc");
}

/* Steps until it has read so much, or has failed for long. */
static void step_until(struct scene *scene, const char *read)
{
    int64_t deadline = clock_now_ms() + 60000;
    while (strcmp(scene->read, read) != 0 && clock_now_ms() < deadline)
        control_reading_step(scene->reading, 5);
    assert_string_equal(scene->read, read);
}

static void records_come_once_after_a_lost_connection(void **state)
{
    struct scene scene;
    begin(&scene);
    scene.fake.next = LOG_RECONNECTED;
    fake_log_add(&scene.fake, "d");
    step_until(&scene, "abcd");
    assert_null(control_reading_trouble(scene.reading));
    control_reading_destroy(scene.reading);
}

static void a_log_that_cannot_be_read_is_tried_again(void **state)
{
    struct scene scene;
    begin(&scene);
    scene.fake.next = LOG_FAILED;
    scene.fake.no_seek = true;
    control_reading_step(scene.reading, 5);
    assert_non_null(strstr(control_reading_trouble(scene.reading), "broken"));
    fake_log_add(&scene.fake, "d");
    int64_t until = clock_now_ms() + 1300; /* at least one attempt that fails */
    while (clock_now_ms() < until)
        control_reading_step(scene.reading, 5);
    assert_non_null(control_reading_trouble(scene.reading));
    assert_string_equal(scene.read, "abc");
    scene.fake.no_seek = false;
    step_until(&scene, "abcd");
    assert_null(control_reading_trouble(scene.reading));
    control_reading_destroy(scene.reading);
}

static void another_log_in_its_place_is_not_read(void **state)
{
    struct scene scene;
    begin(&scene);
    scene.fake.next = LOG_RECONNECTED;
    scene.fake.records[2].value = "x"; /* where c was */
    fake_log_add(&scene.fake, "d");
    for (int i = 0; i < 20; i++)
        control_reading_step(scene.reading, 1);
    assert_string_equal(scene.read, "abc");
    assert_non_null(strstr(control_reading_trouble(scene.reading), "not the one"));
    scene.fake.records[2].value = "c"; /* it has lost its trust */
    scene.fake.next = LOG_RECONNECTED;
    for (int i = 0; i < 20; i++)
        control_reading_step(scene.reading, 1);
    assert_string_equal(scene.read, "abc");
    assert_non_null(control_reading_trouble(scene.reading));
    control_reading_destroy(scene.reading);
}

static void a_log_that_became_shorter_is_trouble(void **state)
{
    struct scene scene;
    begin(&scene);
    scene.fake.next = LOG_RECONNECTED;
    scene.fake.high = 0;
    for (int i = 0; i < 5; i++)
        control_reading_step(scene.reading, 1);
    assert_non_null(control_reading_trouble(scene.reading));
    control_reading_destroy(scene.reading);
}

static void an_empty_log_that_was_away_is_read_when_it_is_back(void **state)
{
    char error[CONTROL_ERROR_BYTES];
    struct scene scene = {.records.record = on_record};
    fake_log_init(&scene.fake);
    scene.reading = control_reading_create(&scene.fake.log, &scene.records, error);
    assert_int_equal(control_reading_start(scene.reading, &go_on, error), 0);
    scene.fake.next = LOG_RECONNECTED;
    control_reading_step(scene.reading, 1);
    fake_log_add(&scene.fake, "a");
    step_until(&scene, "a");
    assert_null(control_reading_trouble(scene.reading));
    control_reading_destroy(scene.reading);
}

static void a_start_fails_with_words_or_ends_when_told_to(void **state)
{
    static const volatile int stop = 1;
    char error[CONTROL_ERROR_BYTES] = "";
    struct scene scene = {.records.record = on_record};
    fake_log_init(&scene.fake);
    fake_log_add(&scene.fake, "a");
    scene.fake.next = LOG_FAILED;
    scene.reading = control_reading_create(&scene.fake.log, &scene.records, error);
    assert_int_equal(control_reading_start(scene.reading, &go_on, error), -1);
    assert_non_null(strstr(error, "broken"));
    assert_int_equal(control_reading_start(scene.reading, &stop, error), 0);
    assert_string_equal(scene.read, "");
    control_reading_destroy(scene.reading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_come_once_after_a_lost_connection),
        cmocka_unit_test(a_log_that_cannot_be_read_is_tried_again),
        cmocka_unit_test(another_log_in_its_place_is_not_read),
        cmocka_unit_test(a_log_that_became_shorter_is_trouble),
        cmocka_unit_test(an_empty_log_that_was_away_is_read_when_it_is_back),
        cmocka_unit_test(a_start_fails_with_words_or_ends_when_told_to),
    };
    return cmocka_run_group_tests_name("control reading", tests, NULL, NULL);
}
