/* SPDX-License-Identifier: ISC */
/* The rules that watch, on streams that were made up: what each finds, and what it leaves alone. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "moderation/detectors.h"
#include "moderation/homes.h"
#include "moderation/rule_mode.h"
#include "moderation/rule_watch.h"
#include "moderation/window_counts.h"
#include "rules/visitor.h"

static const int64_t noon_ms = 1700000000000;

static uint64_t person(uint64_t n)
{
    return AUTHOR_PERSON | (n + 1) * UINT64_C(0x9e3779b97f4a7c15);
}

struct stage {
    struct suspects *suspects;
    struct detector *detector;
};

static struct stage begin(const char *rule, uint32_t threshold)
{
    struct stage stage = {.suspects = suspects_create()};
    assert_non_null(stage.suspects);
    assert_in_range(detectors_find(rule), 0, DETECTORS - 1);
    stage.detector = detectors_create(detectors_find(rule), threshold, stage.suspects);
    assert_non_null(stage.detector);
    return stage;
}

static void end(struct stage *stage)
{
    detector_destroy(stage->detector);
    suspects_destroy(stage->suspects);
}

static void draw(struct stage *stage, int64_t time_ms, uint64_t author, uint64_t network, int32_t x,
                 int32_t y, uint8_t colour)
{
    struct sample sample = {.time_ms = time_ms,
                            .author = author,
                            .network = network,
                            .x = x,
                            .y = y,
                            .colour = colour,
                            .known_ms = noon_ms};
    detector_take(stage->detector, &sample);
}

/* ---- counts in a window */

static void counts_slide_with_the_time(void **state)
{
    struct window_counts *counts = window_counts_create(1024, 1000);
    uint64_t naive[100] = {0};
    for (int second = 0; second < 100; second++) {
        uint64_t n = (uint64_t)(second * 7 % 5), sum = 0;
        if (second >= 40 && second < 55)
            n = 0; /* nothing for longer than the window */
        naive[second] = n;
        for (int s = second; s >= 0 && s > second - WINDOW_STEPS; s--)
            sum += naive[s];
        if (n > 0)
            assert_int_equal(
                window_counts_add(counts, 7, noon_ms + second * 1000 + 500, (uint32_t)n), sum);
        struct window_count top[2];
        assert_int_equal(window_counts_top(counts, noon_ms + second * 1000 + 900, top, 2), sum > 0);
        if (sum > 0)
            assert_int_equal(top[0].n, sum);
    }
    window_counts_destroy(counts);
}

static void the_rarest_key_makes_room(void **state)
{
    struct window_counts *counts = window_counts_create(8, 1000); /* one set */
    struct window_count top[20];
    for (uint64_t key = 1; key <= 8; key++)
        window_counts_add(counts, key, noon_ms, (uint32_t)key * 10);
    window_counts_add(counts, 100, noon_ms, 5); /* in the place of key 1 */
    assert_int_equal(window_counts_top(counts, noon_ms, top, 20), 8);
    for (uint64_t i = 0; i < 7; i++)
        assert_int_equal(top[i].key, 8 - i);
    assert_int_equal(top[7].key, 100);
    assert_int_equal(window_counts_top(counts, noon_ms, top, 3), 3); /* the most frequent ones */
    assert_int_equal(top[2].key, 6);
    window_counts_destroy(counts);
}

/* ---- net-rate */

static void a_network_that_draws_too_fast_is_found(void **state)
{
    struct stage stage = begin("net-rate", 20);
    for (int i = 0; i < 199; i++) /* 19.9 a second */
        draw(&stage, noon_ms + i * 50, person((uint64_t)i % 7), 5, i, i, 1);
    assert_int_equal(suspects_count(stage.suspects), 0);
    for (int i = 0; i < 1000; i++) /* another one, faster */
        draw(&stage, noon_ms + i * 20, person((uint64_t)i % 7), 6, i, i, 1);
    assert_int_equal(suspects_count(stage.suspects), 1);
    const struct suspect *suspect = suspects_at(stage.suspects, 0);
    assert_int_equal(suspect->network, 6);
    assert_in_range(suspect->score, 45, 50);
    assert_in_range(suspect->since_ms, noon_ms + 3900, noon_ms + 4100); /* 200 edits in 4 s */
    assert_in_range(suspect->last_ms, noon_ms + 19000, noon_ms + 20000);
    end(&stage);
}

static void one_burst_is_no_rate_and_no_network_is_none(void **state)
{
    struct stage stage = begin("net-rate", 20);
    for (int round = 0; round < 10; round++) /* 199 edits at once, every eleven seconds */
        for (int i = 0; i < 199; i++)
            draw(&stage, noon_ms + round * 11000, person(1), 5, i, i, 1);
    for (int i = 0; i < 10000; i++)
        draw(&stage, noon_ms + i, person((uint64_t)i), 0, i, i, 1);
    assert_int_equal(suspects_count(stage.suspects), 0);
    end(&stage);
}

static void a_finding_that_goes_on_is_one_and_one_after_a_rest_is_another(void **state)
{
    struct stage stage = begin("net-rate", 20);
    for (int minute = 0; minute < 5; minute++)
        for (int i = 0; i < 600; i++)
            draw(&stage, noon_ms + minute * 60000 + i * 20, person(1), 5, i, i, 1);
    assert_int_equal(suspects_count(stage.suspects), 1);
    int64_t later_ms = noon_ms + 3600 * 1000;
    for (int i = 0; i < 600; i++)
        draw(&stage, later_ms + i * 20, person(1), 5, i, i, 1);
    assert_int_equal(suspects_count(stage.suspects), 2);
    suspects_expire(stage.suspects, later_ms);
    assert_int_equal(suspects_count(stage.suspects), 1);
    assert_true(suspects_at(stage.suspects, 0)->since_ms >= later_ms);
    end(&stage);
}

/* ---- net-identities */

static void make_identities(struct stage *stage, uint64_t network, uint64_t n, int64_t each_ms)
{
    for (uint64_t i = 0; i < n; i++) {
        int64_t now_ms = noon_ms + (int64_t)i * each_ms;
        struct sample sample = {.time_ms = now_ms,
                                .author = person(network * 1000 + i),
                                .network = network,
                                .known_ms = now_ms - 1000};
        for (int edits = 0; edits < 5; edits++)
            detector_take(stage->detector, &sample);
    }
}

static void a_network_that_makes_many_identities_is_found(void **state)
{
    struct stage stage = begin("net-identities", 20);
    make_identities(&stage, 5, 19, 1000);
    make_identities(&stage, 6, 100, 61 * 1000); /* ten in ten minutes */
    assert_int_equal(suspects_count(stage.suspects), 0);
    make_identities(&stage, 7, 30, 15 * 1000);
    assert_int_equal(suspects_count(stage.suspects), 1);
    assert_int_equal(suspects_at(stage.suspects, 0)->network, 7);
    assert_int_equal(suspects_at(stage.suspects, 0)->score, 30);
    end(&stage);
}

static void who_has_been_there_for_long_is_no_new_identity(void **state)
{
    struct stage stage = begin("net-identities", 20);
    for (uint64_t i = 0; i < 500; i++) { /* a school at the beginning of an hour */
        struct sample sample = {.time_ms = noon_ms + (int64_t)i * 100,
                                .author = person(i),
                                .network = 5,
                                .known_ms = noon_ms - 86400 * 1000};
        detector_take(stage.detector, &sample);
    }
    assert_int_equal(suspects_count(stage.suspects), 0);
    end(&stage);
}

/* ---- shape */

static void many_who_paint_one_cell_are_found(void **state)
{
    struct stage stage = begin("shape", 15);
    for (int i = 0; i < 300; i++) /* 30 raiders, in red and black, twenty seconds */
        draw(&stage, noon_ms + i * 66, person((uint64_t)i % 30), 1 + (uint64_t)i % 3, 512 + i % 64,
             448 + i / 7 % 64, i % 3 ? 5 : 3);
    assert_int_equal(suspects_count(stage.suspects), 1);
    const struct suspect *suspect = suspects_at(stage.suspects, 0);
    assert_int_equal(suspect->network, 0);
    assert_int_equal(suspect->x, 512);
    assert_int_equal(suspect->y, 448);
    assert_int_equal(suspect->n_authors, 30);
    assert_int_equal(suspect->score, 30);
    end(&stage);
}

static void left_of_the_plane_cells_are_counted_downwards(void **state)
{
    struct stage stage = begin("shape", 15);
    for (int i = 0; i < 300; i++)
        draw(&stage, noon_ms + i * 66, person((uint64_t)i % 30), 1, -1 - i % 64, -65 - i / 7 % 64,
             5);
    assert_int_equal(suspects_count(stage.suspects), 1);
    assert_int_equal(suspects_at(stage.suspects, 0)->x, -64);
    assert_int_equal(suspects_at(stage.suspects, 0)->y, -128);
    end(&stage);
}

static void a_picture_of_many_colours_by_many_is_none(void **state)
{
    struct stage stage = begin("shape", 15);
    srand(3);
    for (int i = 0; i < 5000; i++)
        draw(&stage, noon_ms + i * 10, person((uint64_t)i % 60), 1, 512 + rand() % 64,
             448 + rand() % 64, (uint8_t)(rand() % 8));
    assert_int_equal(suspects_count(stage.suspects), 0);
    end(&stage);
}

static void many_with_a_colour_of_their_own_each_are_none(void **state)
{
    struct stage stage = begin("shape", 15);
    for (int i = 0; i < 5000; i++) /* of 80 authors 20 have one of the two most frequent colours */
        draw(&stage, noon_ms + i * 10, person((uint64_t)i % 80), 1, 512 + i % 64, 448 + i / 64 % 64,
             (uint8_t)(i % 80 % 8));
    assert_int_equal(suspects_count(stage.suspects), 0);
    end(&stage);
}

static void few_who_paint_much_are_none(void **state)
{
    struct stage stage = begin("shape", 15);
    for (int i = 0; i < 5000; i++)
        draw(&stage, noon_ms + i * 10, person((uint64_t)i % 14), 1, 512 + i % 64, 448 + i / 64 % 64,
             5);
    assert_int_equal(suspects_count(stage.suspects), 0);
    end(&stage);
}

static void who_paints_elsewhere_as_well_is_none(void **state)
{
    struct stage stage = begin("shape", 15);
    for (int i = 0; i < 6000; i++) /* everybody everywhere, all in red */
        draw(&stage, noon_ms + i * 10, person((uint64_t)i % 30), 1, i * 37 % 1000, i * 91 % 1000,
             5);
    assert_int_equal(suspects_count(stage.suspects), 0);
    for (int i = 0; i < 300; i++) /* and now they come together: they have a life of their own */
        draw(&stage, noon_ms + 60000 + i * 66, person((uint64_t)i % 30), 1, 512 + i % 64, 448, 5);
    assert_int_equal(suspects_count(stage.suspects), 0);
    end(&stage);
}

static void innocents_in_the_middle_of_it_are_not_named(void **state)
{
    struct stage stage = begin("shape", 15);
    for (int i = 0; i < 500; i++) {
        bool innocent = i % 10 == 0; /* 5 of them, in green, yellow and blue */
        uint64_t who = innocent ? 1000 + (uint64_t)i / 10 % 5 : (uint64_t)i % 45;
        draw(&stage, noon_ms + i * 66, person(who), 1, 512 + i % 64, 448 + i / 7 % 64,
             innocent ? (uint8_t)(8 + i / 10 % 4) : 5);
    }
    assert_int_equal(suspects_count(stage.suspects), 1);
    const struct suspect *suspect = suspects_at(stage.suspects, 0);
    for (size_t i = 0; i < suspect->n_authors; i++)
        for (uint64_t innocent = 1000; innocent < 1005; innocent++)
            assert_int_not_equal(suspect->authors[i], person(innocent));
    end(&stage);
}

static void slowly_over_an_hour_is_none(void **state)
{
    struct stage stage = begin("shape", 15);
    for (int i = 0; i < 1000; i++) /* ten a minute */
        draw(&stage, noon_ms + i * 6000, person((uint64_t)i), 1, 512 + i % 64, 448, 5);
    assert_int_equal(suspects_count(stage.suspects), 0);
    end(&stage);
}

/* ---- findings, and rules at work */

static void findings_are_bounded_and_say_so(void **state)
{
    struct suspects *suspects = suspects_create();
    uint64_t authors[2 * SUSPECT_AUTHORS];
    for (uint64_t i = 0; i < 2 * SUSPECT_AUTHORS; i++)
        authors[i] = person(i);
    for (uint64_t i = 1; i <= SUSPECTS_MAX + 44; i++)
        suspects_found(suspects, 0, i, 0, 0, 1, noon_ms + (int64_t)i, authors, 2 * SUSPECT_AUTHORS);
    assert_int_equal(suspects_count(suspects), SUSPECTS_MAX);
    assert_int_equal(suspects_tally(suspects).dropped, 44);
    assert_int_equal(suspects_tally(suspects).findings, SUSPECTS_MAX + 44);
    assert_int_equal(suspects_at(suspects, 0)->network, 45); /* the oldest are gone */
    assert_int_equal(suspects_at(suspects, 0)->n_authors, SUSPECT_AUTHORS);
    assert_null(suspects_at(suspects, SUSPECTS_MAX));
    suspects_destroy(suspects);
}

static void a_rule_that_is_off_does_not_look(void **state)
{
    struct rule_watch rule;
    struct sample sample = {.author = person(1), .network = 5};
    rule_watch_init(&rule, detectors_find("net-rate"));
    for (int mode = RULE_OFF; mode <= RULE_ON; mode++) {
        assert_int_equal(rule_watch_set(&rule, (enum rule_mode)mode, 1), 0);
        for (int i = 0; i < 100; i++) {
            sample.time_ms = noon_ms + i * 10;
            rule_watch_take(&rule, &sample);
        }
        assert_int_equal(rule.found, mode == RULE_OFF ? 0 : mode == RULE_SIMULATE ? 1 : 0);
        assert_int_equal(rule_watch_count(&rule), mode == RULE_OFF ? 0 : 1);
        rule.changed = false;
    }
    /* What was found goes on when simulate becomes on; off forgets it. */
    rule_watch_expire(&rule, noon_ms + 3600 * 1000);
    assert_int_equal(rule_watch_count(&rule), 0);
    assert_true(rule.changed);
    assert_int_equal(rule_watch_set(&rule, RULE_OFF, 0), 0);
    assert_int_equal(rule.threshold, detector_rules[rule.rule].threshold);
    rule_watch_finish(&rule);
}

static void modes_go_up_step_by_step(void **state)
{
    enum rule_mode mode;
    assert_true(rule_mode_may_follow(RULE_OFF, RULE_SIMULATE));
    assert_true(rule_mode_may_follow(RULE_SIMULATE, RULE_ON));
    assert_false(rule_mode_may_follow(RULE_OFF, RULE_ON));
    assert_true(rule_mode_may_follow(RULE_ON, RULE_OFF));
    assert_true(rule_mode_may_follow(RULE_ON, RULE_ON));
    assert_true(rule_mode_find("simulate", &mode));
    assert_int_equal(mode, RULE_SIMULATE);
    assert_false(rule_mode_find("On", &mode));
    assert_int_equal(detectors_find("shapes"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_slide_with_the_time),
        cmocka_unit_test(the_rarest_key_makes_room),
        cmocka_unit_test(a_network_that_draws_too_fast_is_found),
        cmocka_unit_test(one_burst_is_no_rate_and_no_network_is_none),
        cmocka_unit_test(a_finding_that_goes_on_is_one_and_one_after_a_rest_is_another),
        cmocka_unit_test(a_network_that_makes_many_identities_is_found),
        cmocka_unit_test(who_has_been_there_for_long_is_no_new_identity),
        cmocka_unit_test(many_who_paint_one_cell_are_found),
        cmocka_unit_test(left_of_the_plane_cells_are_counted_downwards),
        cmocka_unit_test(a_picture_of_many_colours_by_many_is_none),
        cmocka_unit_test(many_with_a_colour_of_their_own_each_are_none),
        cmocka_unit_test(few_who_paint_much_are_none),
        cmocka_unit_test(who_paints_elsewhere_as_well_is_none),
        cmocka_unit_test(innocents_in_the_middle_of_it_are_not_named),
        cmocka_unit_test(slowly_over_an_hour_is_none),
        cmocka_unit_test(findings_are_bounded_and_say_so),
        cmocka_unit_test(a_rule_that_is_off_does_not_look),
        cmocka_unit_test(modes_go_up_step_by_step),
    };
    return cmocka_run_group_tests_name("detectors", tests, NULL, NULL);
}
