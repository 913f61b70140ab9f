/* SPDX-License-Identifier: ISC */
/* scene: see scene.h. */
#include "scene.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmocka_all.h"

#define LMDB_BYTES (UINT64_C(64) << 20)

static struct store *checked(struct store *store, const char *error)
{
    if (!store)
        print_error("%s\n", error);
    assert_non_null(store);
    return store;
}

static struct store *file_in(const char *dir)
{
    char path[SCENE_PATH + 8], error[STORE_ERROR_BYTES] = "";
    snprintf(path, sizeof path, "%s/file", dir);
    return checked(store_file_open(path, error), error);
}

static struct store *lmdb_in(const char *dir)
{
    char path[SCENE_PATH + 8], error[STORE_ERROR_BYTES] = "";
    snprintf(path, sizeof path, "%s/lmdb", dir);
    return checked(store_lmdb_open(path, LMDB_BYTES, error), error);
}

static struct store *file_over_lmdb(const char *dir)
{
    char error[STORE_ERROR_BYTES] = "";
    return checked(store_tier_open(file_in(dir), lmdb_in(dir), error), error);
}

static struct store *lmdb_over_file(const char *dir)
{
    char error[STORE_ERROR_BYTES] = "";
    return checked(store_tier_open(lmdb_in(dir), file_in(dir), error), error);
}

const struct kind kinds[KINDS] = {
    {"file", file_in},
    {"lmdb", lmdb_in},
    {"file+lmdb", file_over_lmdb},
    {"lmdb+file", lmdb_over_file},
};

void scene_make(char dir[SCENE_PATH])
{
    const char *top = getenv("TMPDIR");
    if (access("/dev/shm", W_OK) == 0) /* thousands of syncs: the disk is not what is tested */
        top = "/dev/shm";
    snprintf(dir, SCENE_PATH, "%s/store-XXXXXX", top && *top ? top : "/tmp");
    assert_non_null(mkdtemp(dir));
}

static int remove_one(const char *path, const struct stat *stat, int flag, struct FTW *ftw)
{
    return remove(path);
}

void scene_drop(const char *dir)
{
    assert_int_equal(nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}
