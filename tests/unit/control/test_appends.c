/* SPDX-License-Identifier: ISC */
/* Whoever appends is told exactly once what became of it, whatever the log does. */
#include "cmocka_all.h"
#include "fake_log.h"

#include <stdio.h>
#include <string.h>

#include "control/control_appends.h"

struct waiting {
    struct control_waiter waiter;
    unsigned told;
    uint64_t action;
};

static unsigned woken;

static void wake(void *context)
{
    woken++;
}

static void done(struct control_waiter *waiter, uint64_t action)
{
    struct waiting *waiting = (struct waiting *)waiter;
    waiting->told++;
    waiting->action = action;
}

static struct control_appends *begin(struct fake_log *fake)
{
    char error[CONTROL_ERROR_BYTES];
    fake_log_init(fake);
    woken = 0;
    struct control_appends *appends = control_appends_create(&fake->log, wake, NULL, error);
    assert_non_null(appends);
    return appends;
}

static int add(struct control_appends *appends, struct waiting *waiting)
{
    static char error[CONTROL_ERROR_BYTES];
    *waiting = (struct waiting){.waiter.done = done};
    return control_appends_add(appends, "{}", &waiting->waiter, error);
}

/* The record of this origin comes back. */
static void read_back(struct control_appends *appends, struct origin origin, uint64_t offset)
{
    uint8_t bytes[ORIGIN_BYTES];
    origin_store(bytes, &origin);
    struct record record = {.offset = offset, .origin = {bytes, sizeof bytes}};
    control_appends_read(appends, &record);
}

static void an_author_is_told_when_what_came_back_acts(void **state)
{
    struct fake_log fake;
    struct control_appends *appends = begin(&fake);
    struct waiting a, b;
    assert_int_equal(add(appends, &a), 0);
    struct origin first = fake.last;
    assert_int_equal(add(appends, &b), 0);
    read_back(appends, fake.last, 41);
    read_back(appends, (struct origin){first.nonce + 1, first.batch}, 42); /* another server's */
    read_back(appends, (struct origin){first.nonce, 0}, 43);
    assert_int_equal(b.told, 0); /* it does not act yet */
    control_appends_settle(appends);
    assert_int_equal(b.told, 1);
    assert_true(b.action == 42 && a.told == 0);
    fake.outcomes->outcome(fake.outcomes, first, LOG_COMMITTED);
    read_back(appends, first, 50);
    read_back(appends, first, 51); /* a log may deliver twice */
    control_appends_settle(appends);
    control_appends_settle(appends);
    assert_true(a.told == 1 && b.told == 1);
    control_appends_destroy(appends);
    assert_true(a.told == 1 && b.told == 1);
}

static void an_author_is_told_when_it_is_not_in_the_log(void **state)
{
    struct fake_log fake;
    struct control_appends *appends = begin(&fake);
    struct waiting a, b;
    add(appends, &a);
    fake.outcomes->outcome(fake.outcomes, fake.last, LOG_REFUSED);
    assert_int_equal(woken, 1);
    control_appends_settle(appends);
    assert_true(a.told == 1 && a.action == 0);
    add(appends, &b);
    fake.outcomes->outcome(fake.outcomes, fake.last, LOG_UNKNOWN);
    control_appends_settle(appends);
    assert_int_equal(b.told, 0); /* it may come yet */
    read_back(appends, fake.last, 7);
    control_appends_settle(appends);
    assert_true(b.told == 1 && b.action == 8);
    control_appends_destroy(appends);
}

static void what_was_not_taken_is_said_at_once(void **state)
{
    static const enum log_append answers[] = {LOG_FULL, LOG_READONLY, LOG_TOO_LARGE};
    struct fake_log fake;
    struct control_appends *appends = begin(&fake);
    struct waiting a;
    for (size_t i = 0; i < 3; i++) {
        fake.answer = answers[i];
        assert_int_equal(add(appends, &a), -1);
        control_appends_settle(appends);
        assert_int_equal(a.told, 0);
    }
    fake.state = LOG_STALLED;
    assert_true(control_appends_stalled(appends));
    control_appends_destroy(appends);
    assert_int_equal(a.told, 0);
}

static void only_so_many_can_wait_and_the_end_tells_them_all(void **state)
{
    static struct waiting waiting[CONTROL_APPENDS_MAX];
    struct fake_log fake;
    struct control_appends *appends = begin(&fake);
    char error[CONTROL_ERROR_BYTES];
    struct waiting more;
    for (size_t i = 0; i < CONTROL_APPENDS_MAX; i++)
        assert_int_equal(add(appends, &waiting[i]), 0);
    assert_int_equal(add(appends, &more), -1);
    assert_int_equal(control_appends_add(appends, "{}", NULL, error), 0); /* nobody waits */
    control_appends_destroy(appends);
    for (size_t i = 0; i < CONTROL_APPENDS_MAX; i++)
        assert_true(waiting[i].told == 1 && waiting[i].action == 0);
    assert_int_equal(more.told, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_author_is_told_when_what_came_back_acts),
        cmocka_unit_test(an_author_is_told_when_it_is_not_in_the_log),
        cmocka_unit_test(what_was_not_taken_is_said_at_once),
        cmocka_unit_test(only_so_many_can_wait_and_the_end_tells_them_all),
    };
    return cmocka_run_group_tests_name("control appends", tests, NULL, NULL);
}
