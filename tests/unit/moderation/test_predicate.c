/* SPDX-License-Identifier: ISC */
/* Predicates: what is taken, what is not and why, and what fits. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/edit.h"
#include "moderation/predicate.h"

static const int64_t now_ms = 1700000000000;

static struct predicate parsed(const char *text)
{
    struct predicate predicate;
    char error[PREDICATE_ERROR_BYTES] = "";
    if (predicate_parse(&predicate, text, strlen(text), now_ms, error) != 0)
        fail_msg("%s: %s", text, error);
    return predicate;
}

static void all_parts_are_read(void **state)
{
    struct predicate p = parsed(
        "u:8000000000000001,ffffffffffffffff  net:00000000000000ab r:-5,10,20,30 t:2h "
        "c:0,15 a:7 --except u:8000000000000002");
    assert_int_equal(p.n_authors, 2);
    assert_true(p.authors[0] == UINT64_C(0x8000000000000001) && p.authors[1] == UINT64_MAX);
    assert_int_equal(p.n_networks, 1);
    assert_int_equal(p.networks[0], 0xab);
    assert_true(p.has_rectangle && p.x == -5 && p.y == 10 && p.w == 20 && p.h == 30);
    assert_true(p.has_time && p.from_ms == now_ms - 7200000 && p.to_ms == now_ms);
    assert_int_equal(p.colours, 0x8001);
    assert_int_equal(p.action, 7);
    assert_int_equal(p.n_except, 1);
}

static void times_are_durations_or_two_moments(void **state)
{
    assert_int_equal(parsed("t:90s").from_ms, now_ms - 90000);
    assert_int_equal(parsed("t:3m").from_ms, now_ms - 180000);
    assert_int_equal(parsed("t:1d").from_ms, now_ms - 86400000);
    assert_int_equal(parsed("t:4000000000d").from_ms, 0); /* since ever */
    struct predicate p = parsed("t:5-9");
    assert_true(p.from_ms == 5 && p.to_ms == 9);
    p = parsed("t:1970-01-01T00:00:01Z-1970-01-02T00:00:00+01:00");
    assert_true(p.from_ms == 1000 && p.to_ms == 82800000);
    assert_int_equal(parsed("t:1969-01-01T00:00:00Z-5").from_ms, 0);
    p = parsed("t:1970-01-01T01:00:01-01:00-82800000");
    assert_true(p.from_ms == 7201000 && p.to_ms == 82800000);
}

/* What is wrong is said, with its place. */
static void mistakes_are_named(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", "a time is missing"},
        {"u:8000000000000001", "a time is missing"},
        {"t:2h x:5", "at character 6: expected u:, net:"},
        {"t:2h t:3h", "at character 6: t: is there twice"},
        {"t:2h u:", "at character 8: expected authors of 16 small hex digits"},
        {"t:2h u:8000000000000001,", "at character 25: expected authors"},
        {"t:2h u:80000000000000011", "at character 24: expected a comma or a blank"},
        {"t:2h u:amber-fox-41", "at character 8: expected authors"},
        {"t:2h u:800000000000000F", "at character 8: expected authors"},
        {"t:2h net:1.2.3.4", "at character 10: expected networks"},
        {"t:2h r:1,2,3", "expected X,Y,W,H"},
        {"t:2h r:1,2,3,0", "expected X,Y,W,H"},
        {"t:2h r:1,2,3,4,5", "expected X,Y,W,H"},
        {"t:2h r:01,2,3,4", "expected X,Y,W,H"},
        {"t:2h r:1023999,0,2,1", "expected X,Y,W,H"},
        {"t:2h r:-1024001,0,1,1", "expected X,Y,W,H"},
        {"t:2h c:16", "expected colours from 0 to 15"},
        {"t:2h c:1,,2", "expected colours from 0 to 15"},
        {"t:", "expected a duration such as 2h"},
        {"t:h", "expected a duration such as 2h"},
        {"t:0h", "expected a duration such as 2h"},
        {"t:-5h", "expected a duration such as 2h"},
        {"t:99999999999h", "expected a duration such as 2h"},
        {"t:9-5", "the time begins after its end"},
        {"t:1969-01-01T00:00:00Z-1969-01-01T00:00:01Z", "the time ends before 1970"},
        {"t:5", "expected a duration such as 2h"},
        {"a:0", "expected the number of an action"},
        {"a:4294967296", "expected the number of an action"},
        {"a:1,2", "expected the number of an action"},
        {"a:1 --except", "expected u:, net:"},
        {"a:1 --except  u:8000000000000001", "expected u:, net:"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct predicate p;
        char error[PREDICATE_ERROR_BYTES] = "";
        assert_int_equal(predicate_parse(&p, cases[i].text, strlen(cases[i].text), now_ms, error),
                         -1);
        if (!strstr(error, cases[i].says))
            fail_msg("%s: says \"%s\", not \"%s\"", cases[i].text, error, cases[i].says);
    }
}

static void lists_are_bounded(void **state)
{
    char text[PREDICATE_BYTES + 64], error[PREDICATE_ERROR_BYTES];
    struct predicate p;
    for (size_t n = PREDICATE_AUTHORS; n <= PREDICATE_AUTHORS + 1; n++) {
        size_t len = (size_t)sprintf(text, "t:2h u:");
        for (size_t i = 0; i < n; i++)
            len += (size_t)sprintf(text + len, "%s%016zx", i ? "," : "", i);
        int result = predicate_parse(&p, text, len, now_ms, error);
        assert_int_equal(result, n > PREDICATE_AUTHORS ? -1 : 0);
    }
    memset(text, ' ', sizeof text);
    assert_int_equal(predicate_parse(&p, text, PREDICATE_BYTES, now_ms, error), -1);
    assert_non_null(strstr(error, "at most"));
}

/* The longest one fits its buffer, and what is written is read as the same. */
static void writing_keeps_the_meaning(void **state)
{
    struct predicate p = {.n_authors = PREDICATE_AUTHORS,
                          .n_networks = PREDICATE_NETWORKS,
                          .n_except = PREDICATE_AUTHORS,
                          .has_rectangle = true,
                          .x = -1024000,
                          .y = -1024000,
                          .w = 2048000,
                          .h = 2048000,
                          .has_time = true,
                          .from_ms = INT64_MAX - 1,
                          .to_ms = INT64_MAX,
                          .colours = 0x7fff,
                          .action = UINT32_MAX},
                     again;
    char text[PREDICATE_BYTES], error[PREDICATE_ERROR_BYTES] = "";
    for (size_t i = 0; i < PREDICATE_AUTHORS; i++)
        p.authors[i] = p.except[i] = UINT64_MAX - i;
    for (size_t i = 0; i < PREDICATE_NETWORKS; i++)
        p.networks[i] = UINT64_MAX - i;
    predicate_write(&p, text);
    assert_true(strlen(text) < PREDICATE_BYTES);
    assert_int_equal(predicate_parse(&again, text, strlen(text), 5, error), 0);
    assert_memory_equal(&p, &again, sizeof p);
    p = parsed("a:3");
    predicate_write(&p, text);
    assert_string_equal(text, "a:3");
    p = parsed("c:4 t:3-4");
    predicate_write(&p, text);
    assert_string_equal(text, "t:3-4 c:4");
}

static void place_and_colour_decide(void **state)
{
    struct predicate p = parsed("t:2h r:-10,990,20,20 c:3");
    const struct position left = {-1, 0}, here = {0, 0}, below = {0, 1}, far = {1, 0};
    assert_true(predicate_touches(&p, left) && predicate_touches(&p, here));
    assert_true(predicate_touches(&p, below) && !predicate_touches(&p, far));
    assert_true(predicate_fits_edit(&p, left, edit_pack(990, 990, 3)));
    assert_true(predicate_fits_edit(&p, here, edit_pack(9, 999, 3)));
    assert_false(predicate_fits_edit(&p, here, edit_pack(10, 999, 3)));
    assert_false(predicate_fits_edit(&p, here, edit_pack(9, 989, 3)));
    assert_true(predicate_fits_edit(&p, below, edit_pack(0, 9, 3)));
    assert_false(predicate_fits_edit(&p, below, edit_pack(0, 10, 3)));
    assert_false(predicate_fits_edit(&p, here, edit_pack(9, 999, 4)));
    assert_false(predicate_takes_whole(&p, here));
    p = parsed("t:2h r:0,0,1000,1000");
    assert_true(predicate_takes_whole(&p, here) && !predicate_takes_whole(&p, below));
    assert_false(predicate_touches(&p, below) || predicate_touches(&p, left));
}

static void unknown_times_fit_no_time(void **state)
{
    struct predicate p = parsed("t:0-9");
    assert_true(predicate_fits_time(&p, 0) && predicate_fits_time(&p, 9));
    assert_false(predicate_fits_time(&p, -1) || predicate_fits_time(&p, 10));
    p = parsed("a:1");
    assert_true(predicate_fits_time(&p, -1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_parts_are_read),
        cmocka_unit_test(times_are_durations_or_two_moments),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(lists_are_bounded),
        cmocka_unit_test(writing_keeps_the_meaning),
        cmocka_unit_test(place_and_colour_decide),
        cmocka_unit_test(unknown_times_fit_no_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
