/* SPDX-License-Identifier: ISC */
/* What needs no queue and no farm: counting by window, estimates, records, states. */
#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "render/batch/batch_state.h"
#include "render/batch/did.h"
#include "render/batch/estimate.h"
#include "render/batch/window.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* ---- window ---- */

static void jobs_that_end_in_any_order_and_twice_are_counted_once(void **state)
{
    enum { JOBS = 3000 };
    static bool ended[JOBS];
    struct window window;
    unsigned seed = 5;
    uint64_t number, done = 0, failed = 0;
    window_init(&window, JOBS, 0, 0);
    assert_false(window_end(&window, 0, false)); /* not handed out */
    for (int i = 0; i < 2000000 && !window_complete(&window); i++) {
        if (rand_r(&seed) % 2 && window_hand_out(&window, &number))
            assert_true(number < JOBS && number < window.low + WINDOW);
        if (window.next == 0)
            continue;
        number = window.low + (uint64_t)rand_r(&seed) % (window.next - window.low + 2);
        number = number >= 2 ? number - 2 : 0; /* also some that have ended, and some beyond */
        bool fails = rand_r(&seed) % 10 == 0, fresh = number < window.next && !ended[number];
        assert_int_equal(window_end(&window, number, fails), fresh);
        if (fresh) {
            ended[number] = true;
            done += !fails;
            failed += fails;
        }
        assert_int_equal(window_done(&window), done);
        assert_int_equal(window_failed(&window), failed);
    }
    assert_true(window_complete(&window));
    assert_int_equal(done + failed, JOBS);
    assert_false(window_hand_out(&window, &number));
}

static void a_window_hands_out_no_more_than_it_can_tell_apart(void **state)
{
    struct window window;
    uint64_t number;
    window_init(&window, 10000, 100, 3);
    for (int i = 0; i < WINDOW; i++)
        assert_true(window_hand_out(&window, &number));
    assert_int_equal(number, 100 + WINDOW - 1);
    assert_false(window_hand_out(&window, &number));
    assert_true(window_end(&window, 101, false)); /* not the first: nothing moves */
    assert_false(window_hand_out(&window, &number));
    assert_true(window_end(&window, 100, true));
    assert_true(window_hand_out(&window, &number));
    assert_int_equal(window.low, 102);
    assert_int_equal(window_failed(&window), 4);
    window_take_back(&window);
    assert_true(window_hand_out(&window, &number));
    assert_int_equal(number, 100 + WINDOW);
}

/* ---- estimates ---- */

static void an_estimate_is_the_samples_times_the_jobs(void **state)
{
    struct grid grid;
    struct estimate_zoom zooms[PICTURE_MAP_ZOOM_MAX + 1] = {0};
    assert_null(grid_init(&grid, 3, 6, NULL)); /* 1, 4, 16, 64 jobs */
    estimate_add(&zooms[3], 0.5, 1000);        /* all of its jobs: no error */
    zooms[3].elapsed_s = 0.5;
    for (int i = 0; i < 4; i++) /* so is this: two beside each other */
        estimate_add(&zooms[4], 0.5, 1000);
    zooms[4].elapsed_s = 1;
    estimate_add(&zooms[6], 1, 3000);
    estimate_add(&zooms[6], 1, 5000);
    zooms[6].elapsed_s = 1;
    struct estimate estimate = estimate_of(&grid, zooms);
    /* Zoom 5 has no sample and takes those of zoom 4: 16 jobs. */
    assert_float_equal(estimate.seconds, 0.5 + 4 * 0.25 + 16 * 0.25 + 64 * 0.5, 1e-9);
    assert_float_equal(estimate.bytes, 1000 + 4 * 1000 + 16 * 1000 + 64 * 4000, 1e-6);
    assert_int_equal(estimate.sampled, 7);
    /* Of zoom 6: variance 2,000,000 of two of 64. */
    double error = 2 * 64 * sqrt(2000000.0 / 2 * (1 - 2.0 / 64));
    assert_float_equal(estimate.bytes_error, error, 1e-3);
    assert_float_equal(estimate.seconds_error, 0, 1e-9); /* all took the same */
}

static void one_sample_says_little(void **state)
{
    struct grid grid;
    struct estimate_zoom zooms[PICTURE_MAP_ZOOM_MAX + 1] = {0};
    assert_null(grid_init(&grid, 8, 8, NULL));
    struct estimate estimate = estimate_of(&grid, zooms);
    assert_int_equal(estimate.sampled, 0);
    estimate_add(&zooms[8], 2, 100);
    zooms[8].elapsed_s = 2;
    estimate = estimate_of(&grid, zooms);
    assert_float_equal(estimate.seconds, 2048, 1e-6);
    assert_float_equal(estimate.seconds_error, 2 * 2048, 1e-6);
}

/* ---- records ---- */

static const char *read_tile(struct task_record *record, const char *text)
{
    return task_record_read_tile(record, (const uint8_t *)text, strlen(text));
}

static void a_task_comes_back_as_it_was_written(void **state)
{
    struct task_record record, again;
    char text[TASK_RECORD_BYTES];
    assert_null(read_tile(&record,
                          "{\"name\":\"/map/0123456789abcdef/5/8/16@2x.png\",\"batch\":"
                          "\"00112233aabbccdd\",\"n\":123456789}"));
    assert_int_equal(record.n, 123456789);
    assert_string_equal(record.batch, "00112233aabbccdd");
    size_t len = task_record_write_tile(text, &record);
    assert_null(task_record_read_tile(&again, (uint8_t *)text, len));
    assert_memory_equal(&again, &record, sizeof record);
    static const char upload[] = "{\"id\":\"" ID "\"}";
    assert_null(task_record_read_upload(&record, PICTURE_OP_blur, (const uint8_t *)upload,
                                        sizeof upload - 1));
    assert_int_equal(record.first.op, PICTURE_OP_blur);
    len = task_record_write_upload(text, &record);
    assert_int_equal(len, sizeof upload - 1);
    assert_memory_equal(text, upload, len);
}

static void hostile_records_are_told_apart(void **state)
{
    static const char *const tiles[] = {
        "",
        "{",
        "[]",
        "null",
        "{}",
        "{\"name\":7}",
        "{\"name\":\"/map/0123456789abcdef/5/9/16.png\"}", /* not the first of its job */
        "{\"name\":\"/map/../5/8/16.png\"}",
        "{\"name\":\"/images/" ID "/blur\"}",
        "{\"name\":\"/map/0123456789abcdef/5/8/16.png\",\"batch\":\"x\"}",
        "{\"name\":\"/map/0123456789abcdef/5/8/16.png\",\"batch\":7}",
        "{\"name\":\"/map/0123456789abcdef/5/8/16.png\",\"n\":-1}",
        "{\"name\":\"/map/0123456789abcdef/5/8/16.png\",\"n\":1.5}",
        "{\"name\":\"/map/0123456789abcdef/5/8/16.png\",\"n\":1e300}",
    };
    static const char *const uploads[] = {
        "{\"id\":\"\"}",
        "{\"id\":\"" ID "0\"}",
        "{\"id\":\"../../etc/passwd\"}",
        "{\"id\":\"0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef\"}",
    };
    static char large[TASK_RECORD_BYTES + 1];
    struct task_record record;
    for (size_t i = 0; i < sizeof tiles / sizeof *tiles; i++)
        assert_non_null(read_tile(&record, tiles[i]));
    for (size_t i = 0; i < sizeof uploads / sizeof *uploads; i++)
        assert_non_null(task_record_read_upload(&record, PICTURE_OP_thumbnail,
                                                (const uint8_t *)uploads[i], strlen(uploads[i])));
    memset(large, '[', sizeof large);
    assert_non_null(task_record_read_tile(&record, (uint8_t *)large, sizeof large - 1));
    assert_non_null(task_record_read_tile(&record, (uint8_t *)large, sizeof large));
}

/* ---- states ---- */

static void a_state_comes_back_as_it_was_written(void **state)
{
    struct batch_state written = {
        .id = "00112233aabbccdd",
        .wish = {.style = "world",
                 .first = 2,
                 .last = 9,
                 .has_box = true,
                 .box = {-10.5, -20.25, 30, 40.125},
                 .scale = 2},
        .hash = "0123456789abcdef",
        .progress = BATCH_CANCELLED,
        .low = 1234567,
        .failed = 89,
        .time_ms = 1790000000123,
        .why = "somebody \"cancelled\" it",
    };
    struct batch_state read;
    char text[BATCH_STATE_BYTES];
    size_t len = batch_state_write(text, &written);
    assert_true(len > 0);
    assert_null(batch_state_read(&read, text, len));
    assert_memory_equal(&read, &written, sizeof read);
    for (size_t cut = 0; cut < len; cut++) /* as a crash or a bad disk could leave it */
        assert_non_null(batch_state_read(&read, text, cut));
}

static const char *wish_of(const char *text)
{
    struct batch_wish wish;
    cJSON *json = cJSON_Parse(text);
    assert_non_null(json);
    const char *wrong = batch_wish_read(&wish, json);
    cJSON_Delete(json);
    return wrong;
}

static void wishes_that_make_no_sense_say_what_was_expected(void **state)
{
    assert_null(wish_of("{\"style\":\"world\",\"zoom\":[0,6]}"));
    assert_null(wish_of("{\"style\":\"world\",\"zoom\":[0,6],\"box\":null,\"scale\":2}"));
    static const char *const wrong[] = {
        "{\"zoom\":[0,6]}",
        "{\"style\":\"\",\"zoom\":[0,6]}",
        "{\"style\":\"a style whose name is longer than any that there can be\",\"zoom\":[0,6]}",
        "{\"style\":\"world\"}",
        "{\"style\":\"world\",\"zoom\":6}",
        "{\"style\":\"world\",\"zoom\":[0]}",
        "{\"style\":\"world\",\"zoom\":[6,0]}",
        "{\"style\":\"world\",\"zoom\":[0,23]}",
        "{\"style\":\"world\",\"zoom\":[-1,3]}",
        "{\"style\":\"world\",\"zoom\":[0,1.5]}",
        "{\"style\":\"world\",\"zoom\":[0,6],\"box\":[1,2,3]}",
        "{\"style\":\"world\",\"zoom\":[0,6],\"box\":[1,2,3,\"4\"]}",
        "{\"style\":\"world\",\"zoom\":[0,6],\"scale\":3}",
        "{\"style\":\"world\",\"zoom\":[0,6],\"scale\":0}",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_non_null(strstr(wish_of(wrong[i]), "expected"));
}

/* ---- jobs of others ---- */

static int published;
static uint64_t sum;

static void on_publish(void *context, const char *text, size_t len)
{
    const cJSON *number;
    cJSON *json = cJSON_ParseWithLength(text, len);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(json, "t")), "did");
    cJSON_ArrayForEach(number, cJSON_GetObjectItem(json, "done")) sum +=
        (uint64_t)number->valuedouble;
    cJSON_ArrayForEach(number, cJSON_GetObjectItem(json, "failed")) sum +=
        1000 * (uint64_t)number->valuedouble;
    cJSON_Delete(json);
    published++;
}

static void what_was_done_for_others_is_told_once_a_batch(void **state)
{
    struct did *did = did_create();
    did_tell(did, "s", on_publish, NULL);
    assert_int_equal(published, 0);
    assert_false(did_add(did, "00112233aabbccdd", 1, false));
    assert_false(did_add(did, "ff112233aabbccdd", 2, true));
    assert_false(did_add(did, "00112233aabbccdd", 4, false));
    did_tell(did, "s", on_publish, NULL);
    assert_int_equal(published, 2);
    assert_int_equal(sum, 1 + 2000 + 4);
    did_tell(did, "s", on_publish, NULL);
    assert_int_equal(published, 2);
    for (int i = 1; i < DID_MAX; i++) /* the largest numbers fit */
        assert_false(did_add(did, "00112233aabbccdd", UINT64_C(8999999999999999), false));
    assert_true(did_add(did, "00112233aabbccdd", 0, false));
    did_tell(did, "s", on_publish, NULL);
    assert_int_equal(published, 3);
    did_destroy(did);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_that_end_in_any_order_and_twice_are_counted_once),
        cmocka_unit_test(a_window_hands_out_no_more_than_it_can_tell_apart),
        cmocka_unit_test(an_estimate_is_the_samples_times_the_jobs),
        cmocka_unit_test(one_sample_says_little),
        cmocka_unit_test(a_task_comes_back_as_it_was_written),
        cmocka_unit_test(hostile_records_are_told_apart),
        cmocka_unit_test(a_state_comes_back_as_it_was_written),
        cmocka_unit_test(wishes_that_make_no_sense_say_what_was_expected),
        cmocka_unit_test(what_was_done_for_others_is_told_once_a_batch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
