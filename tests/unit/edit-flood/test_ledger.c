/* SPDX-License-Identifier: ISC */
/* Whatever the order, an acknowledged edit that was not seen is found, and an honest one is not. */
#include <stdlib.h>

#include "cmocka_all.h"
#include "ledger.h"

static struct ledger *ledger;

static int set_up(void **state)
{
    ledger = ledger_create(false);
    return ledger ? 0 : -1;
}

static int tear_down(void **state)
{
    ledger_destroy(ledger);
    return 0;
}

enum {
    KEY = 0x5a5a5a,
    OTHER_KEY = 0x123456,
};

static const uint32_t words[] = {0, 1, 0xffffff, 77};

static void an_honest_round(void **state)
{
    uint32_t sent;
    ledger_sent(ledger, KEY, words, 4, 1000);
    for (size_t i = 0; i < 4; i++) {
        assert_true(ledger_seen(ledger, KEY, words[i], &sent));
        assert_int_equal(sent, 1001);
    }
    assert_int_equal(ledger_acknowledged(ledger, KEY, words, 4), 0);
    assert_false(ledger_seen(ledger, KEY, words[0], &sent));
}

static void acknowledged_and_not_seen_is_told_once(void **state)
{
    uint32_t sent;
    ledger_sent(ledger, KEY, words, 4, 1);
    ledger_seen(ledger, KEY, words[1], &sent);
    ledger_seen(ledger, KEY, words[3], &sent);
    assert_int_equal(ledger_acknowledged(ledger, KEY, words, 4), 2);
    ledger_sent(ledger, KEY, words, 4, 1);
    for (size_t i = 0; i < 4; i++)
        assert_true(ledger_seen(ledger, KEY, words[i], &sent));
    assert_int_equal(ledger_acknowledged(ledger, KEY, words, 4), 0);
}

static void the_same_word_under_way_twice(void **state)
{
    uint32_t sent, word = 5;
    ledger_sent(ledger, KEY, &word, 1, 10);
    ledger_sent(ledger, KEY, &word, 1, 20);
    assert_true(ledger_seen(ledger, KEY, word, &sent));
    assert_int_equal(sent, 11); /* the older one */
    assert_int_equal(ledger_acknowledged(ledger, KEY, &word, 1), 0);
    assert_int_equal(ledger_acknowledged(ledger, KEY, &word, 1), 1); /* the second never came */
}

static void refused_is_not_expected(void **state)
{
    uint32_t sent;
    ledger_sent(ledger, KEY, words, 4, 1);
    assert_int_equal(ledger_withdrawn(ledger, KEY, words, 4), 0);
    assert_false(ledger_seen(ledger, KEY, words[0], &sent));
}

static void refused_and_seen_is_told(void **state)
{
    uint32_t sent;
    ledger_sent(ledger, KEY, words, 4, 1);
    ledger_seen(ledger, KEY, words[2], &sent);
    assert_int_equal(ledger_withdrawn(ledger, KEY, words, 4), 1);
}

static void others_edits_are_not_ours(void **state)
{
    uint32_t sent;
    assert_false(ledger_seen(ledger, KEY, 9, &sent));
    assert_false(ledger_when(ledger, KEY, 9, &sent));
    ledger_sent(ledger, KEY, words, 4, 40);
    assert_true(ledger_when(ledger, KEY, words[1], &sent));
    assert_int_equal(sent, 41);
}

/* Many edits of few words: honest in any order of seeing and answering, and then one is swallowed.
 */
static void a_storm(void **state)
{
    enum { N = 5000 };
    uint32_t sent, word[N];
    srand(1);
    for (int swallowed = 0; swallowed < 2; swallowed++) {
        size_t seen = 0, answered = 0, unseen = 0;
        for (size_t i = 0; i < N; i++) {
            word[i] = (uint32_t)rand() % 50;
            ledger_sent(ledger, KEY, &word[i], 1, 1);
            while (seen <= i && rand() % 2) {
                if (!swallowed || seen != N / 2)
                    assert_true(ledger_seen(ledger, KEY, word[seen], &sent));
                seen++;
            }
            while (answered < seen && rand() % 2)
                unseen += ledger_acknowledged(ledger, KEY, &word[answered++], 1);
        }
        for (; seen < N; seen++)
            assert_true(ledger_seen(ledger, KEY, word[seen], &sent));
        for (; answered < N; answered++)
            unseen += ledger_acknowledged(ledger, KEY, &word[answered], 1);
        assert_int_equal(unseen, swallowed);
    }
}

static void canvases_are_told_apart(void **state)
{
    uint32_t sent;
    ledger_sent(ledger, KEY, words, 4, 1);
    for (size_t i = 0; i < 4; i++) {
        assert_false(ledger_seen(ledger, OTHER_KEY, words[i], &sent));
        assert_false(ledger_when(ledger, OTHER_KEY, words[i], &sent));
    }
    ledger_sent(ledger, OTHER_KEY, words, 4, 2);
    for (size_t i = 0; i < 4; i++)
        assert_true(ledger_seen(ledger, OTHER_KEY, words[i], &sent));
    assert_int_equal(ledger_acknowledged(ledger, OTHER_KEY, words, 4), 0);
    assert_int_equal(ledger_acknowledged(ledger, KEY, words, 4), 4); /* seen on the wrong canvas */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(canvases_are_told_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_honest_round, set_up, tear_down),
        cmocka_unit_test_setup_teardown(acknowledged_and_not_seen_is_told_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_word_under_way_twice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refused_is_not_expected, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refused_and_seen_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(others_edits_are_not_ours, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_storm, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
