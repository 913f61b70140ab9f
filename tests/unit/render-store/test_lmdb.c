/* SPDX-License-Identifier: ISC */
/* The LMDB store's own promises: it has a fixed size, the oldest go, damage is found. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "render/store/lmdb_store.h"
#include "scene.h"
#include "value.h"

enum { SPACE = 8 << 20, LARGE = 2000000 };

static struct store *open_in(const char *dir)
{
    char path[SCENE_PATH + 8], error[STORE_ERROR_BYTES] = "";
    snprintf(path, sizeof path, "%s/lmdb", dir);
    struct store *store = lmdb_store_open(path, SPACE, error);
    if (!store)
        print_error("%s\n", error);
    assert_non_null(store);
    return store;
}

static off_t file_size(const char *dir)
{
    char path[SCENE_PATH + 20];
    struct stat stat;
    snprintf(path, sizeof path, "%s/lmdb/data.mdb", dir);
    return lstat(path, &stat) == 0 ? stat.st_size : -1;
}

static void name_of(char name[64], unsigned i)
{
    snprintf(name, 64, "/mandelbrot/1/20/%u/0.png", i);
}

/* Whether number i is there, whole. */
static bool is_there(struct store *store, unsigned i)
{
    char name[64];
    struct blob *blob;
    uint64_t generation = 0;
    name_of(name, i);
    enum store_result result = store_get(store, name, &blob, NULL);
    assert_int_not_equal(result, STORE_ERROR);
    if (result == STORE_FOUND) {
        assert_true(value_whole(blob->bytes, blob->len, &generation));
        assert_int_equal(generation, i);
    }
    blob_release(blob);
    return result == STORE_FOUND;
}

static void put(struct store *store, unsigned i, size_t len)
{
    static uint8_t bytes[LARGE];
    char name[64];
    name_of(name, i);
    value_make(bytes, len, i);
    assert_int_equal(store_put(store, name, bytes, len, false), 0);
}

static void when_it_is_full_the_oldest_go_and_it_never_grows(void **state)
{
    enum { N = 2500 };
    char dir[SCENE_PATH];
    unsigned seed = 3, first = 0;
    scene_make(dir);
    struct store *store = open_in(dir);
    uint64_t kept = 0;
    static size_t sizes[N];
    for (unsigned i = 0; i < N; i++) { /* several times what fits, of all sizes */
        unsigned r = (unsigned)rand_r(&seed);
        sizes[i] = VALUE_HEAD + (r % 100 == 0 ? r % 300000 : r % 20000);
        put(store, i, sizes[i]);
        assert_true(is_there(store, i)); /* what was put last is there */
    }
    assert_true(file_size(dir) <= SPACE);
    while (first < N && !is_there(store, first))
        first++;
    assert_in_range(first, 1, N - 1);
    for (unsigned i = first; i < N; i++) { /* no hole: it was always the oldest that went */
        assert_true(is_there(store, i));
        kept += sizes[i];
    }
    assert_in_range(kept, SPACE / 2, SPACE);
    store_close(store);
    store = open_in(dir); /* also when it is opened again */
    assert_true(is_there(store, N - 1));
    put(store, N, 1000);
    assert_true(is_there(store, N));
    store_close(store);
    scene_drop(dir);
}

static void a_picture_that_was_put_again_is_young(void **state)
{
    char dir[SCENE_PATH];
    scene_make(dir);
    struct store *store = open_in(dir);
    for (unsigned i = 0; i < 1000; i++) {
        put(store, i, 16000);
        if (i % 50 == 49)
            put(store, 0, 5000);
    }
    assert_true(is_there(store, 0));
    assert_false(is_there(store, 1));
    store_close(store);
    scene_drop(dir);
}

static void large_pictures_find_room_among_small_ones(void **state)
{
    char dir[SCENE_PATH], error[STORE_ERROR_BYTES];
    static uint8_t bytes[SPACE];
    scene_make(dir);
    struct store *store = open_in(dir);
    for (unsigned i = 0; i < 1500; i++)
        put(store, i, i % 100 == 99 ? LARGE : 7000);
    assert_true(is_there(store, 1499));
    /* More than a quarter of it is refused, and nothing goes for it. */
    assert_int_equal(store_put(store, "/a/b", bytes, SPACE / 4 + 1, false), -1);
    assert_true(is_there(store, 1499));
    store_close(store);
    assert_null(lmdb_store_open(dir, 1000000, error));
    assert_non_null(strstr(error, "at least 8M"));
    scene_drop(dir);
}

static void flip(const char *dir, const char *pattern, size_t len)
{
    char path[SCENE_PATH + 20];
    snprintf(path, sizeof path, "%s/lmdb/data.mdb", dir);
    int fd = open(path, O_RDWR);
    off_t size = file_size(dir);
    uint8_t *bytes = malloc((size_t)size);
    assert_int_equal(pread(fd, bytes, (size_t)size, 0), size);
    const uint8_t *at = memmem(bytes, (size_t)size, pattern, len);
    assert_non_null(at);
    uint8_t other = (uint8_t)(*at ^ 1);
    assert_int_equal(pwrite(fd, &other, 1, at - bytes), 1);
    free(bytes);
    close(fd);
}

static void a_flipped_bit_is_an_error_and_a_short_file_is_not_opened(void **state)
{
    char dir[SCENE_PATH], path[SCENE_PATH + 20], error[STORE_ERROR_BYTES] = "";
    static const char text[] = "the only picture with these words in it";
    struct blob *blob;
    scene_make(dir);
    struct store *store = open_in(dir);
    assert_int_equal(store_put(store, "/a/b", text, sizeof text, true), 0);
    store_close(store);
    flip(dir, text, sizeof text);
    store = open_in(dir);
    assert_int_equal(store_get(store, "/a/b", &blob, NULL), STORE_ERROR);
    assert_null(blob);
    assert_int_equal(store_put(store, "/a/b", text, sizeof text, false), 0); /* rendered again */
    assert_int_equal(store_get(store, "/a/b", &blob, NULL), STORE_FOUND);
    blob_release(blob);
    store_close(store);
    snprintf(path, sizeof path, "%s/lmdb/data.mdb", dir);
    assert_int_equal(truncate(path, 3 * 4096), 0);
    snprintf(path, sizeof path, "%s/lmdb", dir);
    assert_null(lmdb_store_open(path, SPACE, error));
    assert_non_null(strstr(error, "cut short"));
    scene_drop(dir);
}

static void a_second_process_is_told_that_it_is_open(void **state)
{
    char dir[SCENE_PATH], path[SCENE_PATH + 8], error[STORE_ERROR_BYTES] = "";
    scene_make(dir);
    struct store *store = open_in(dir);
    snprintf(path, sizeof path, "%s/lmdb", dir);
    /* A lock is of the open file, so that the same process is refused as another would be. */
    assert_null(lmdb_store_open(path, SPACE, error));
    assert_non_null(strstr(error, "another process has this store open"));
    store_close(store);
    scene_drop(dir);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(when_it_is_full_the_oldest_go_and_it_never_grows),
        cmocka_unit_test(a_picture_that_was_put_again_is_young),
        cmocka_unit_test(large_pictures_find_room_among_small_ones),
        cmocka_unit_test(a_second_process_is_told_that_it_is_open),
        cmocka_unit_test(a_flipped_bit_is_an_error_and_a_short_file_is_not_opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
