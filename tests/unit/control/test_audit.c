/* SPDX-License-Identifier: ISC */
/* The audit has the newest actions, newest first, and never more than it may. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/control_audit.h"

static void fill(struct control_audit *audit, uint64_t from, uint64_t to, uint64_t step)
{
    for (uint64_t action = from; action <= to; action += step) {
        char text[32];
        snprintf(text, sizeof text, "%llu", (unsigned long long)action);
        control_audit_add(audit, action, text, strlen(text));
    }
}

static void actions_come_newest_first_and_before_a_number(void **state)
{
    struct control_audit *audit = control_audit_create();
    struct control_audited found[8];
    assert_int_equal(control_audit_before(audit, 0, found, 8), 0);
    fill(audit, 10, 50, 10);
    assert_int_equal(control_audit_before(audit, 0, found, 8), 5);
    assert_true(found[0].action == 50 && found[4].action == 10);
    assert_string_equal(found[1].text, "40");
    assert_int_equal(control_audit_before(audit, 0, found, 2), 2);
    assert_true(found[1].action == 40);
    assert_int_equal(control_audit_before(audit, 40, found, 8), 3);
    assert_true(found[0].action == 30);
    assert_int_equal(control_audit_before(audit, 41, found, 8), 4);
    assert_int_equal(control_audit_before(audit, 10, found, 8), 0);
    assert_int_equal(control_audit_before(audit, 1000, found, 8), 5);
    control_audit_destroy(audit);
}

static void the_oldest_go_when_there_are_too_many(void **state)
{
    static struct control_audited found[CONTROL_AUDIT_MAX + 1];
    struct control_audit *audit = control_audit_create();
    fill(audit, 1, CONTROL_AUDIT_MAX + 500, 1);
    assert_int_equal(control_audit_before(audit, 0, found, CONTROL_AUDIT_MAX + 1),
                     CONTROL_AUDIT_MAX);
    assert_true(found[0].action == CONTROL_AUDIT_MAX + 500);
    assert_true(found[CONTROL_AUDIT_MAX - 1].action == 501);
    assert_int_equal(control_audit_before(audit, 503, found, 8), 2);
    assert_string_equal(found[0].text, "502");
    control_audit_destroy(audit);
}

static void the_oldest_go_when_they_are_too_large(void **state)
{
    enum { LARGE = 4000 };
    static struct control_audited found[CONTROL_AUDIT_MAX];
    static char text[LARGE + 1];
    struct control_audit *audit = control_audit_create();
    memset(text, 'x', LARGE);
    for (uint64_t action = 1; action <= CONTROL_AUDIT_MAX; action++)
        control_audit_add(audit, action, text, strlen(text));
    size_t n = control_audit_before(audit, 0, found, CONTROL_AUDIT_MAX);
    assert_int_equal(n, CONTROL_AUDIT_BYTES / LARGE);
    assert_true(found[0].action == CONTROL_AUDIT_MAX);
    control_audit_destroy(audit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(actions_come_newest_first_and_before_a_number),
        cmocka_unit_test(the_oldest_go_when_there_are_too_many),
        cmocka_unit_test(the_oldest_go_when_they_are_too_large),
    };
    return cmocka_run_group_tests_name("control audit", tests, NULL, NULL);
}
