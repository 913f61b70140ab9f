/* SPDX-License-Identifier: ISC */
/* test_own_batches: whose record it is, and what of one that was given up. */
#include "cmocka_all.h"
#include "rules/own_batches.h"

static enum landed read_one(struct own_batches *own, uint64_t nonce, uint64_t batch)
{
    return own_batches_read(own, &(struct origin){nonce, batch});
}

static void records_are_own_while_their_nonce_is(void **state)
{
    struct own_batches *own = own_batches_create();
    assert_int_equal(read_one(own, 7, 1), LANDED_OTHER);
    assert_int_equal(own_batches_add(own, 7), 0);
    assert_int_equal(own_batches_add(own, 8), 0);
    assert_int_equal(read_one(own, 7, 1), LANDED_OWN);
    assert_int_equal(read_one(own, 8, 1), LANDED_OWN);
    assert_int_equal(read_one(own, 8, 1), LANDED_OTHER); /* a log may hold it twice */
    assert_int_equal(read_one(own, 9, 1), LANDED_OTHER);
    own_batches_remove(own, 7);
    assert_int_equal(read_one(own, 7, 2), LANDED_OTHER);
    assert_int_equal(read_one(own, 8, 2), LANDED_OWN);
    own_batches_destroy(own);
}

static void a_batch_is_read_or_given_up_whatever_comes_first(void **state)
{
    struct own_batches *own = own_batches_create();
    own_batches_add(own, 7);
    assert_int_equal(read_one(own, 7, 2), LANDED_OWN);
    assert_true(own_batches_give_up(own, 7, 1));
    assert_false(own_batches_give_up(own, 7, 2));       /* has just been read */
    assert_int_equal(read_one(own, 7, 1), LANDED_KEPT); /* late */
    assert_int_equal(read_one(own, 7, 3), LANDED_OWN);
    assert_true(own_batches_give_up(own, 7, 4));
    assert_int_equal(read_one(own, 7, 4), LANDED_KEPT);
    for (uint64_t batch = 5; batch < 5 + 3 * OWN_BATCHES_WINDOW; batch++) {
        if (batch % 3 == 0)
            assert_int_equal(read_one(own, 7, batch), LANDED_OWN);
        assert_int_equal(own_batches_give_up(own, 7, batch), batch % 3 != 0);
    }
    own_batches_destroy(own);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_own_while_their_nonce_is),
        cmocka_unit_test(a_batch_is_read_or_given_up_whatever_comes_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
