/* SPDX-License-Identifier: ISC */
/* Puts by a thread of their own: in order, bounded, told, and all of them done at the end. */
#include "cmocka_all.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/store/file_store.h"
#include "render/store/keeper.h"
#include "render/store/store.h"
#include "sys/clock.h"

enum {
    PICTURE = 100000,
    ROOM = 1000000,
};

static char root[64];
static struct store *store;
static atomic_uint n_kept, n_not_kept;
static atomic_bool held_up;

static int open_store(void **state)
{
    char error[STORE_ERROR_BYTES];
    snprintf(root, sizeof root, "/tmp/placed-keeper-XXXXXX");
    store = mkdtemp(root) ? file_store_open(root, error) : NULL;
    atomic_store(&n_kept, 0);
    atomic_store(&n_not_kept, 0);
    atomic_store(&held_up, false);
    return store ? 0 : -1;
}

static int close_store(void **state)
{
    char command[128];
    store_close(store);
    snprintf(command, sizeof command, "rm -rf '%s'", root);
    return system(command);
}

/* On the keeper's thread, which it holds up for as long as the test wants. */
static void known(void *context, bool kept)
{
    atomic_fetch_add(kept ? &n_kept : &n_not_kept, 1);
    while (atomic_load(&held_up))
        clock_pause_ms(1);
}

static bool put(struct keeper *keeper, unsigned i, unsigned value)
{
    char name[64];
    struct blob *blob = blob_create(PICTURE);
    memset(blob->bytes, (int)value, PICTURE);
    snprintf(name, sizeof name, "/mandelbrot/1/20/%u/0.png", i);
    bool taken = keeper_put(keeper, name, blob, false, known, NULL);
    blob_release(blob);
    return taken;
}

static unsigned value_of(unsigned i)
{
    char name[64];
    struct blob *blob = NULL;
    snprintf(name, sizeof name, "/mandelbrot/1/20/%u/0.png", i);
    if (store_get(store, name, &blob, NULL) != STORE_FOUND)
        return 0;
    unsigned value = blob->bytes[PICTURE - 1];
    blob_release(blob);
    return value;
}

static void all_that_was_taken_is_put_in_order(void **state)
{
    struct keeper *keeper = keeper_create(store, ROOM);
    assert_non_null(keeper);
    atomic_store(&held_up, true);
    for (unsigned i = 1; i <= 5; i++)
        assert_true(put(keeper, 7, i));
    assert_true(put(keeper, 8, 9));
    assert_true(keeper_look(keeper).waiting_bytes >= 5 * PICTURE);
    atomic_store(&held_up, false);
    keeper_destroy(keeper); /* the rest is put within it */
    assert_int_equal(value_of(7), 5);
    assert_int_equal(value_of(8), 9);
    assert_int_equal(atomic_load(&n_kept), 6);
    assert_int_equal(atomic_load(&n_not_kept), 0);
    keeper_destroy(NULL);
}

static void what_is_too_much_is_refused_and_counted(void **state)
{
    struct keeper *keeper = keeper_create(store, ROOM);
    unsigned taken = 0;
    atomic_store(&held_up, true);
    for (unsigned i = 0; i < 20; i++)
        taken += put(keeper, i, i + 1);
    assert_in_range(taken, 9, 11);
    assert_false(keeper_has_room(keeper, PICTURE * 2));
    assert_int_equal(keeper_look(keeper).dropped, 20 - taken);
    atomic_store(&held_up, false);
    while (keeper_look(keeper).puts < taken)
        clock_pause_ms(1);
    assert_int_equal(keeper_look(keeper).waiting_bytes, 0);
    assert_true(keeper_has_room(keeper, PICTURE * 2));
    assert_true(put(keeper, 30, 30));
    keeper_destroy(keeper);
    assert_int_equal(atomic_load(&n_kept), taken + 1);
    assert_int_equal(value_of(0), 1);
    assert_int_equal(value_of(19), 0);
    assert_int_equal(value_of(30), 30);
}

static void a_put_that_fails_is_said(void **state)
{
    struct keeper *keeper = keeper_create(store, ROOM);
    struct blob *blob = blob_create(4);
    memset(blob->bytes, 1, 4);
    assert_true(keeper_put(keeper, "/../out", blob, true, known, NULL)); /* no store takes it */
    assert_true(keeper_put(keeper, "/mandelbrot/1/0/0/0.png", blob, true, NULL, NULL));
    keeper_destroy(keeper);
    assert_int_equal(atomic_load(&n_not_kept), 1);
    assert_int_equal(atomic_load(&blob->holders), 1);
    blob_release(blob);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, open_store, close_store)
        T(all_that_was_taken_is_put_in_order),
        T(what_is_too_much_is_refused_and_counted),
        T(a_put_that_fails_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
