/* SPDX-License-Identifier: ISC */
/* net/waiters: who is told of news, whatever they do about it. */
#include "cmocka_all.h"
#include "net/waiters.h"

enum { N = 5 };

struct one {
    struct waiter waiter; /* the first member */
    unsigned told;
    struct one *removes[N]; /* when it is told */
    struct one *adds;
};

static struct waiters waiters;
static struct one ones[N];

static void woken(struct waiter *waiter)
{
    struct one *one = (struct one *)waiter;
    one->told++;
    for (unsigned i = 0; i < N && one->removes[i]; i++)
        waiters_remove(&waiters, &one->removes[i]->waiter);
    if (one->adds)
        waiters_add(&waiters, &one->adds->waiter);
}

/* ones[n - 1] is told first, ones[0] last. */
static void begin(unsigned n)
{
    waiters = (struct waiters){0};
    for (unsigned i = 0; i < N; i++)
        ones[i] = (struct one){.waiter.woken = woken};
    for (unsigned i = 0; i < n; i++)
        waiters_add(&waiters, &ones[i].waiter);
}

static void expect_told(const unsigned expected[N])
{
    for (unsigned i = 0; i < N; i++)
        assert_int_equal(ones[i].told, expected[i]);
}

static void all_are_told_each_time(void **state)
{
    begin(4);
    waiters_wake(&waiters);
    waiters_wake(&waiters);
    expect_told((unsigned[N]){2, 2, 2, 2, 0});
    begin(0);
    waiters_wake(&waiters); /* nobody is fine */
}

static void who_was_removed_is_not_told(void **state)
{
    begin(N);
    waiters_remove(&waiters, &ones[4].waiter); /* the first, one in the middle, the last */
    waiters_remove(&waiters, &ones[2].waiter);
    waiters_remove(&waiters, &ones[0].waiter);
    waiters_remove(&waiters, &ones[0].waiter); /* twice is fine */
    waiters_wake(&waiters);
    expect_told((unsigned[N]){0, 1, 0, 1, 0});
}

static void one_may_remove_itself_and_those_behind_and_before(void **state)
{
    begin(N);
    ones[3].removes[0] = &ones[3];
    ones[3].removes[1] = &ones[2];
    ones[3].removes[2] = &ones[1];
    ones[3].removes[3] = &ones[4];
    waiters_wake(&waiters);
    expect_told((unsigned[N]){1, 0, 0, 1, 1});
    waiters_wake(&waiters);
    expect_told((unsigned[N]){2, 0, 0, 1, 1});
}

static void who_comes_while_they_are_told_is_told_the_next_time(void **state)
{
    begin(3);
    ones[1].adds = &ones[4];
    waiters_wake(&waiters);
    expect_told((unsigned[N]){1, 1, 1, 0, 0});
    ones[1].adds = NULL;
    waiters_wake(&waiters);
    expect_told((unsigned[N]){2, 2, 2, 0, 1});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_are_told_each_time),
        cmocka_unit_test(who_was_removed_is_not_told),
        cmocka_unit_test(one_may_remove_itself_and_those_behind_and_before),
        cmocka_unit_test(who_comes_while_they_are_told_is_told_the_next_time),
    };
    return cmocka_run_group_tests_name("net waiters", tests, NULL, NULL);
}
