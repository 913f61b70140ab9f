/* SPDX-License-Identifier: ISC */
/* The memory of connections: zero, at cache lines, close together, used again. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "net/conn_pool.h"

enum { MANY = 500 };

static bool is_zero(const struct conn *conn)
{
    static const struct conn zero;
    return memcmp(conn, &zero, sizeof zero) == 0;
}

static int by_address(const void *a, const void *b)
{
    const struct conn *x = *(struct conn *const *)a, *y = *(struct conn *const *)b;
    return (x > y) - (x < y);
}

static void each_is_its_own_zero_and_at_a_cache_line(void **state)
{
    struct conn_pool pool = {0};
    struct conn *conns[MANY];
    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        conns[i] = conn_pool_take(&pool);
        assert_non_null(conns[i]);
        assert_true(is_zero(conns[i]));
        assert_int_equal((uintptr_t)conns[i] % 64, 0);
        memset(conns[i], 0xa5, sizeof *conns[i]);
    }
    qsort(conns, MANY, sizeof conns[0], by_address);
    size_t close = 0;
    for (size_t i = 1; i < MANY; i++) {
        assert_true(conns[i] >= conns[i - 1] + 1);
        close += conns[i] == conns[i - 1] + 1;
    }
    assert_true(close > MANY * 9 / 10);
    conn_pool_free(&pool);
}

static void what_is_given_back_is_used_again_and_zero(void **state)
{
    struct conn_pool pool = {0};
    struct conn *conns[MANY];
    (void)state;
    for (size_t i = 0; i < MANY; i++)
        conns[i] = conn_pool_take(&pool);
    struct conn_slab *slabs = pool.slabs;
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < MANY; i++) {
            memset(conns[i], 0xa5, sizeof *conns[i]);
            conn_pool_give(&pool, conns[i]);
        }
        for (size_t i = 0; i < MANY; i++) {
            conns[i] = conn_pool_take(&pool);
            assert_true(is_zero(conns[i]));
        }
    }
    assert_ptr_equal(pool.slabs, slabs); /* no more memory than at first */
    conn_pool_free(&pool);
    assert_null(pool.slabs);
    assert_null(pool.unused);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_its_own_zero_and_at_a_cache_line),
        cmocka_unit_test(what_is_given_back_is_used_again_and_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
