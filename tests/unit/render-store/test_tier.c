/* SPDX-License-Identifier: ISC */
/* The tier's own promises: what the cache lacks is copied into it, as old as it is; what goes or
 * changes meanwhile does not come back. */
#include <stdio.h>

#include "cmocka_all.h"
#include "render/store/tier.h"
#include "scene.h"
#include "sys/clock.h"

#define TILE "/map/0123456789abcdef/3/4/5.png"

static void what_only_the_main_store_has_is_copied_as_old_as_it_is(void **state)
{
    for (int i = 0; i < 2; i++) {
        char dir[SCENE_PATH], error[STORE_ERROR_BYTES];
        struct blob *blob;
        int64_t written = 0;
        scene_make(dir);
        struct store *cache = kinds[i].open(dir), *main = kinds[1 - i].open(dir);
        assert_int_equal(main->ops->put(main, TILE, "old", 3, 1234567890123, false), 0);
        struct store *tier = tier_open(cache, main, error);
        assert_non_null(tier);
        assert_int_equal(store_get(tier, TILE, &blob, &written), STORE_FOUND);
        assert_memory_equal(blob->bytes, "old", 3);
        blob_release(blob);
        assert_int_equal(written, 1234567890123);
        for (int64_t until = clock_now_ms() + 30000;
             store_get(cache, TILE, NULL, &written) != STORE_FOUND && clock_now_ms() < until;)
            clock_pause_ms(2);
        assert_int_equal(written, 1234567890123);
        /* From now on the main store is not asked. */
        assert_int_equal(store_delete(main, TILE), 0);
        assert_int_equal(store_get(tier, TILE, NULL, NULL), STORE_FOUND);
        /* Both have what is put, and nothing that was deleted. */
        assert_int_equal(store_put(tier, TILE, "new", 3, false), 0);
        assert_int_equal(store_get(main, TILE, NULL, NULL), STORE_FOUND);
        assert_int_equal(store_get(cache, TILE, NULL, NULL), STORE_FOUND);
        assert_int_equal(store_delete(tier, TILE), 0);
        assert_int_equal(store_get(main, TILE, NULL, NULL), STORE_ABSENT);
        assert_int_equal(store_get(cache, TILE, NULL, NULL), STORE_ABSENT);
        store_close(tier);
        scene_drop(dir);
    }
}

static void a_copy_never_replaces_what_was_put_meanwhile(void **state)
{
    char dir[SCENE_PATH], error[STORE_ERROR_BYTES];
    scene_make(dir);
    struct store *cache = kinds[0].open(dir), *main = kinds[1].open(dir);
    struct store *tier = tier_open(cache, main, error);
    for (char i = 0; i < 100; i++) {
        struct blob *blob;
        char old[2] = {'o', i}, new[2] = {'n', i};
        assert_int_equal(store_delete(cache, TILE), 0);
        assert_int_equal(store_put(main, TILE, old, 2, false), 0);
        assert_int_equal(store_get(tier, TILE, &blob, NULL), STORE_FOUND); /* a copy is made ... */
        blob_release(blob);
        assert_int_equal(store_put(tier, TILE, new, 2, false), 0); /* ... before, or not at all */
        clock_pause_ms(i % 3);
        assert_int_equal(store_get(tier, TILE, &blob, NULL), STORE_FOUND);
        assert_memory_equal(blob->bytes, new, 2);
        blob_release(blob);
    }
    store_close(tier);
    scene_drop(dir);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_only_the_main_store_has_is_copied_as_old_as_it_is),
        cmocka_unit_test(a_copy_never_replaces_what_was_put_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
