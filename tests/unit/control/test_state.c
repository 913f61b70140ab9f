/* SPDX-License-Identifier: ISC */
/* What stands: of each type and name the last record, within bounds; and what must be understood.
 */
#include "cmocka_all.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/control_rules.h"
#include "control/control_state.h"

static uint64_t action;

__attribute__((format(printf, 2, 3))) static enum control_applied
apply(struct control_state *stands, const char *format, ...)
{
    char text[CONTROL_RECORD_MAX + 1], wrong[CONTROL_WRONG_BYTES];
    va_list args;
    va_start(args, format);
    size_t len = (size_t)snprintf(text, sizeof text, "{\"v\":1,");
    vsnprintf(text + len, sizeof text - len - 1, format, args);
    va_end(args);
    strcat(text, "}");
    struct control_record record;
    enum control_understood understood =
        control_record_read(&record, (uint8_t *)text, strlen(text), wrong);
    enum control_applied applied = CONTROL_IGNORED;
    action++;
    if (understood == CONTROL_READ)
        applied = control_state_apply(stands, &record, action);
    else if (understood == CONTROL_GARBAGE)
        fail_msg("%s: %s", text, wrong);
    else
        control_state_not_understood(stands, &record);
    control_record_finish(&record);
    return applied;
}

static void the_last_record_of_a_name_stands_until_it_is_gone(void **state)
{
    struct control_state *s = control_state_create();
    assert_null(control_state_find(s, CONTROL_RULE, "a"));
    assert_int_equal(apply(s, "\"t\":\"rule\",\"name\":\"a\",\"mode\":\"off\""), CONTROL_APPLIED);
    assert_int_equal(apply(s, "\"t\":\"rule\",\"name\":\"b\",\"mode\":\"on\""), CONTROL_APPLIED);
    assert_int_equal(apply(s, "\"t\":\"rule\",\"name\":\"a\",\"mode\":\"on\""), CONTROL_APPLIED);
    assert_int_equal(apply(s, "\"t\":\"report\",\"name\":\"a\""), CONTROL_APPLIED);
    assert_int_equal(control_state_count(s, CONTROL_RULE), 2);
    const struct control_entry *a = control_state_find(s, CONTROL_RULE, "a");
    assert_non_null(strstr(a->text, "\"on\""));
    assert_true(a->action == action - 1);
    assert_ptr_equal(control_state_newest(s, CONTROL_RULE), a);
    assert_string_equal(control_state_older(a)->name, "b");
    assert_null(control_state_older(control_state_older(a)));
    assert_int_equal(apply(s, "\"t\":\"rule\",\"name\":\"a\",\"gone\":true"), CONTROL_APPLIED);
    assert_int_equal(apply(s, "\"t\":\"rule\",\"name\":\"a\",\"gone\":true"), CONTROL_IGNORED);
    assert_null(control_state_find(s, CONTROL_RULE, "a"));
    assert_non_null(control_state_find(s, CONTROL_REPORT, "a"));
    assert_int_equal(apply(s, "\"t\":\"seen\",\"name\":\"*\""), CONTROL_APPLIED);
    assert_int_equal(control_state_count(s, CONTROL_SEEN), 0);
    control_state_destroy(s);
}

static void many_names_are_found_and_sorted(void **state)
{
    enum { N = 3000 };
    struct control_state *s = control_state_create();
    for (int i = 0; i < N; i++)
        apply(s, "\"t\":\"report\",\"name\":\"%d\"", i * 7919 % N);
    size_t n;
    const struct control_entry **sorted = control_state_sorted(s, CONTROL_REPORT, &n);
    assert_int_equal(n, N);
    for (size_t i = 1; i < n; i++)
        assert_true(strcmp(sorted[i - 1]->name, sorted[i]->name) < 0);
    free(sorted);
    for (int i = 0; i < N; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", i);
        assert_non_null(control_state_find(s, CONTROL_REPORT, name));
    }
    assert_null(control_state_sorted(s, CONTROL_BAN, &n));
    assert_int_equal(n, 0);
    control_state_destroy(s);
}

static void a_rule_too_many_is_refused_and_a_report_too_many_pushes_the_oldest_out(void **state)
{
    struct control_state *s = control_state_create();
    for (size_t i = 0; i < control_types[CONTROL_RULE].most; i++)
        assert_int_equal(apply(s, "\"t\":\"rule\",\"name\":\"%zu\"", i), CONTROL_APPLIED);
    assert_int_equal(apply(s, "\"t\":\"rule\",\"name\":\"x\""), CONTROL_TOO_MANY);
    assert_int_equal(apply(s, "\"t\":\"rule\",\"name\":\"5\",\"mode\":\"on\""), CONTROL_APPLIED);
    assert_int_equal(apply(s, "\"t\":\"rule\",\"name\":\"5\",\"gone\":true"), CONTROL_APPLIED);
    assert_int_equal(apply(s, "\"t\":\"rule\",\"name\":\"x\""), CONTROL_APPLIED);
    size_t most = control_types[CONTROL_REPORT].most;
    for (size_t i = 0; i <= most; i++)
        assert_int_equal(apply(s, "\"t\":\"report\",\"name\":\"%zu\"", i), CONTROL_APPLIED);
    assert_int_equal(control_state_count(s, CONTROL_REPORT), most);
    assert_null(control_state_find(s, CONTROL_REPORT, "0"));
    assert_non_null(control_state_find(s, CONTROL_REPORT, "1"));
    control_state_destroy(s);
}

static void memory_is_bounded_by_bytes_too(void **state)
{
    static char large[3900];
    struct control_state *s = control_state_create();
    memset(large, 'x', sizeof large - 1);
    for (size_t i = 0; i < 2000; i++)
        apply(s, "\"t\":\"report\",\"name\":\"%zu\",\"text\":\"%s\"", i, large);
    size_t n = control_state_count(s, CONTROL_REPORT);
    assert_in_range(n, CONTROL_NEWEST_BYTES / 4096, CONTROL_NEWEST_BYTES / 3900);
    size_t bans = 0;
    while (bans < RULESET_BANS && apply(s, "\"t\":\"ban\",\"name\":\"80000000%08zx\",\"x\":\"%s\"",
                                        bans, large) == CONTROL_APPLIED)
        bans++;
    assert_in_range(bans, CONTROL_RULE_BYTES / 4096, CONTROL_RULE_BYTES / 3900);
    control_state_destroy(s);
}

static void addresses_that_are_banned_have_a_bound_of_their_own(void **state)
{
    struct control_state *s = control_state_create();
    for (int i = 0; i < RULESET_CIDRS; i++)
        assert_int_equal(apply(s, "\"t\":\"ban\",\"name\":\"10.0.%d.%d\"", i / 256, i % 256),
                         CONTROL_APPLIED);
    assert_int_equal(apply(s, "\"t\":\"ban\",\"name\":\"10.1.0.0\""), CONTROL_TOO_MANY);
    assert_int_equal(apply(s, "\"t\":\"ban\",\"name\":\"10.0.0.1\",\"slow\":2"), CONTROL_APPLIED);
    assert_int_equal(apply(s, "\"t\":\"ban\",\"name\":\"8000000000000001\""), CONTROL_APPLIED);
    assert_int_equal(apply(s, "\"t\":\"ban\",\"name\":\"10.0.0.1\",\"gone\":true"),
                     CONTROL_APPLIED);
    assert_int_equal(apply(s, "\"t\":\"ban\",\"name\":\"10.1.0.0\""), CONTROL_APPLIED);
    control_state_destroy(s);
}

#define HASH "\"hash\":\"%s23456789012345678901234567890123456789012345678901234567890123\""

static void a_first_token_counts_only_when_there_is_no_operator(void **state)
{
    struct control_state *s = control_state_create();
    assert_false(control_state_has_operator(s));
    apply(s, "\"t\":\"token\",\"name\":\"eye\",\"grants\":\"viewer\"," HASH, "ee");
    assert_false(control_state_has_operator(s));
    assert_int_equal(apply(s,
                           "\"t\":\"token\",\"name\":\"first\",\"first\":true,\"grants\":"
                           "\"operator\"," HASH,
                           "aa"),
                     CONTROL_APPLIED);
    assert_int_equal(apply(s,
                           "\"t\":\"token\",\"name\":\"first\",\"first\":true,\"grants\":"
                           "\"operator\"," HASH,
                           "bb"),
                     CONTROL_IGNORED);
    const struct control_entry *first = control_state_find(s, CONTROL_TOKEN, "first");
    assert_int_equal(first->meaning.token.hash[0], 0xaa);
    assert_true(control_state_has_operator(s));
    apply(s, "\"t\":\"token\",\"name\":\"first\",\"gone\":true");
    assert_int_equal(apply(s,
                           "\"t\":\"token\",\"name\":\"first\",\"first\":true,\"grants\":"
                           "\"operator\"," HASH,
                           "cc"),
                     CONTROL_APPLIED);
    control_state_destroy(s);
}

static void what_must_be_understood_and_is_not_counts_until_it_is_gone(void **state)
{
    struct control_state *s = control_state_create();
    apply(s, "\"t\":\"portal\",\"name\":\"a\"");
    assert_null(control_state_stranger(s));
    apply(s, "\"t\":\"portal\",\"name\":\"a\",\"must\":true");
    assert_string_equal(control_state_stranger(s), "portal");
    apply(s, "\"t\":\"palette\",\"name\":\"*\",\"colours\":\"new\",\"must\":true");
    apply(s, "\"t\":\"portal\",\"name\":\"a\",\"gone\":true,\"must\":true");
    assert_string_equal(control_state_stranger(s), "palette");
    apply(s, "\"t\":\"palette\",\"name\":\"*\",\"colours\":[1]");
    assert_null(control_state_stranger(s));
    for (int i = 0; i <= CONTROL_STRANGERS_MAX; i++)
        apply(s, "\"t\":\"portal\",\"name\":\"%d\",\"must\":true", i);
    for (int i = 0; i <= CONTROL_STRANGERS_MAX; i++)
        apply(s, "\"t\":\"portal\",\"name\":\"%d\",\"gone\":true", i);
    assert_non_null(control_state_stranger(s)); /* lost count of them */
    control_state_destroy(s);
}

/* ---- the rules that follow */

static struct ruleset *make(const struct control_state *s, int64_t now_ms,
                            struct control_times *times)
{
    *times = (struct control_times){INT64_MAX, INT64_MAX};
    struct ruleset *ruleset = control_rules_make(s, 3, now_ms, times);
    assert_non_null(ruleset);
    return ruleset;
}

static void rules_have_what_is_and_what_will_be_and_when_that_changes(void **state)
{
    struct control_times times;
    struct control_state *s = control_state_create();
    struct ruleset *rules = make(s, 1000, &times);
    assert_true(times.next_ms == INT64_MAX && times.heard_ms == INT64_MAX);
    assert_int_equal(ruleset_parts(rules)->colours, 0xffff);
    ruleset_unref(rules);
    apply(s, "\"t\":\"region\",\"name\":\"z\",\"x\":0,\"y\":0,\"w\":9,\"h\":9,\"until\":900");
    apply(s, "\"t\":\"region\",\"name\":\"b\",\"x\":0,\"y\":0,\"w\":9,\"h\":9,\"from\":1500");
    apply(s, "\"t\":\"region\",\"name\":\"a\",\"x\":0,\"y\":0,\"w\":9,\"h\":9,\"until\":1600");
    apply(s, "\"t\":\"ban\",\"name\":\"8000000000000001\",\"until\":1200");
    apply(s, "\"t\":\"ban\",\"name\":\"8000000000000002\",\"until\":1000");
    apply(s, "\"t\":\"palette\",\"name\":\"*\",\"colours\":[0,1]");
    rules = make(s, 1000, &times);
    const struct ruleset_parts *parts = ruleset_parts(rules);
    assert_int_equal(parts->n_regions, 2);
    assert_string_equal(parts->regions[0].name, "a");
    assert_string_equal(parts->regions[1].name, "b");
    assert_int_equal(parts->n_bans, 1);
    assert_int_equal(parts->colours, 3);
    assert_false(parts->frozen);
    assert_true(times.next_ms == 1200 && times.heard_ms == 1500);
    ruleset_unref(rules);
    rules = make(s, 1500, &times);
    assert_true(times.next_ms == 1600 && times.heard_ms == 1600);
    ruleset_unref(rules);
    control_state_destroy(s);
}

static void a_freeze_closes_a_region_or_everything(void **state)
{
    struct control_times times;
    struct control_state *s = control_state_create();
    apply(s, "\"t\":\"region\",\"name\":\"a\",\"x\":0,\"y\":0,\"w\":9,\"h\":9,\"from\":5000");
    apply(s, "\"t\":\"freeze\",\"name\":\"a\",\"why\":\"raid\",\"until\":2000");
    struct ruleset *rules = make(s, 1000, &times);
    const struct region *region = &ruleset_parts(rules)->regions[0];
    assert_true(region->closed && region->from_ms == 0 && region->until_ms == 2000);
    assert_string_equal(region->words, "raid");
    assert_true(times.heard_ms == 2000);
    ruleset_unref(rules);
    rules = make(s, 2000, &times);
    assert_false(ruleset_parts(rules)->regions[0].closed);
    ruleset_unref(rules);
    apply(s, "\"t\":\"freeze\",\"name\":\"*\",\"words\":\"the end\"");
    rules = make(s, 1000, &times);
    assert_true(ruleset_parts(rules)->frozen);
    assert_string_equal(ruleset_parts(rules)->frozen_words, "the end");
    ruleset_unref(rules);
    apply(s, "\"t\":\"freeze\",\"name\":\"*\",\"on\":false");
    rules = make(s, 1000, &times);
    assert_false(ruleset_parts(rules)->frozen);
    ruleset_unref(rules);
    apply(s, "\"t\":\"portal\",\"name\":\"x\",\"must\":true");
    rules = make(s, 1000, &times);
    assert_true(ruleset_parts(rules)->frozen);
    assert_string_equal(ruleset_parts(rules)->frozen_words, "this server is older than the rules");
    ruleset_unref(rules);
    control_state_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_record_of_a_name_stands_until_it_is_gone),
        cmocka_unit_test(many_names_are_found_and_sorted),
        cmocka_unit_test(a_rule_too_many_is_refused_and_a_report_too_many_pushes_the_oldest_out),
        cmocka_unit_test(memory_is_bounded_by_bytes_too),
        cmocka_unit_test(addresses_that_are_banned_have_a_bound_of_their_own),
        cmocka_unit_test(a_first_token_counts_only_when_there_is_no_operator),
        cmocka_unit_test(what_must_be_understood_and_is_not_counts_until_it_is_gone),
        cmocka_unit_test(rules_have_what_is_and_what_will_be_and_when_that_changes),
        cmocka_unit_test(a_freeze_closes_a_region_or_everything),
    };
    return cmocka_run_group_tests_name("control state", tests, NULL, NULL);
}
