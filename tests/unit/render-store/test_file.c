/* SPDX-License-Identifier: ISC */
/* The file store's own promises: no links are followed, leftovers go, what a power cut may have
 * torn goes, a full disk leaves nothing behind. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "render/store/store.h"
#include "scene.h"

#define TILE "/map/0123456789abcdef/3/4/5.png"

static void write_file(const char *dir, const char *name, const char *text)
{
    char path[2 * SCENE_PATH];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static bool is_there(const char *dir, const char *name)
{
    char path[2 * SCENE_PATH];
    struct stat stat;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return lstat(path, &stat) == 0;
}

static int count_in(const char *dir, const char *name)
{
    char path[2 * SCENE_PATH];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    int n = -2; /* . and .. */
    while (readdir(folder))
        n++;
    closedir(folder);
    return n;
}

static void make_link(const char *dir, const char *name, const char *goal)
{
    char path[2 * SCENE_PATH];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(symlink(goal, path), 0);
}

static void make_folder(const char *dir, const char *name)
{
    char path[2 * SCENE_PATH];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(mkdir(path, 0755), 0);
}

static void a_picture_is_a_file_by_its_name(void **state)
{
    char dir[SCENE_PATH];
    scene_make(dir);
    struct store *store = kinds[0].open(dir);
    assert_int_equal(store_put(store, TILE, "tile", 4, false), 0);
    assert_true(is_there(dir, "file" TILE));
    store_close(store);
    scene_drop(dir);
}

static void links_are_not_followed(void **state)
{
    char dir[SCENE_PATH], store_dir[SCENE_PATH + 8];
    struct blob *blob;
    scene_make(dir);
    snprintf(store_dir, sizeof store_dir, "%s/file", dir);
    struct store *store = kinds[0].open(dir);
    make_folder(dir, "outside");
    write_file(dir, "outside/secret", "secret");
    make_folder(store_dir, "map");
    make_link(store_dir, "map/link", "../../outside");
    make_link(store_dir, "map/secret", "../../outside/secret");
    assert_int_equal(store_get(store, "/map/link/secret", &blob, NULL), STORE_ERROR);
    assert_int_equal(store_get(store, "/map/secret", &blob, NULL), STORE_ERROR);
    assert_int_equal(store_open(store, "/map/secret"), -1);
    assert_int_equal(store_put(store, "/map/link/new", "x", 1, false), -1);
    assert_int_equal(store_delete(store, "/map/link/secret"), 0); /* there is no such picture */
    assert_true(is_there(dir, "outside/secret"));
    assert_false(is_there(dir, "outside/new"));
    /* A put replaces a link, not what it leads to. */
    assert_int_equal(store_put(store, "/map/secret", "mine", 4, false), 0);
    assert_int_equal(store_get(store, "/map/secret", &blob, NULL), STORE_FOUND);
    assert_memory_equal(blob->bytes, "mine", 4);
    blob_release(blob);
    /* What is no file keeps nobody waiting. */
    char pipe_path[2 * SCENE_PATH];
    snprintf(pipe_path, sizeof pipe_path, "%s/map/pipe", store_dir);
    assert_int_equal(mkfifo(pipe_path, 0644), 0);
    assert_int_equal(store_get(store, "/map/pipe", &blob, NULL), STORE_ERROR);
    store_close(store);
    scene_drop(dir);
}

static void leftovers_of_a_crash_are_removed(void **state)
{
    char dir[SCENE_PATH];
    scene_make(dir);
    store_close(kinds[0].open(dir));
    write_file(dir, "file/.temp/0", "torn");
    write_file(dir, "file/.temp/17", "torn");
    struct store *store = kinds[0].open(dir);
    assert_false(is_there(dir, "file/.temp/0") || is_there(dir, "file/.temp/17"));
    assert_int_equal(store_put(store, TILE, "tile", 4, false), 0);
    store_close(store);
    scene_drop(dir);
}

static void servers_share_a_folder_and_leave_each_others_files_alone(void **state)
{
    char dir[SCENE_PATH];
    scene_make(dir);
    struct store *one = kinds[0].open(dir);
    assert_int_equal(store_put(one, TILE, "tile", 4, false), 0);
    write_file(dir, "file/.temp/1234", "under way");
    struct store *two = kinds[0].open(dir);
    assert_true(is_there(dir, "file/.temp/1234"));
    assert_int_equal(store_get(two, TILE, NULL, NULL), STORE_FOUND);
    assert_int_equal(store_put(two, TILE, "other", 5, false), 0);
    assert_int_equal(store_put(one, TILE, "again", 5, false), 0);
    store_close(one);
    store_close(two);
    store_close(kinds[0].open(dir)); /* alone: it is a leftover now */
    assert_false(is_there(dir, "file/.temp/1234"));
    scene_drop(dir);
}

/* As after another start of the machine: the note is of another one. */
static void forge_note(const char *dir, const char *ms)
{
    char note[100];
    snprintf(note, sizeof note, "00000000-0000-0000-0000-000000000000 %s\n", ms);
    write_file(dir, "file/.synced", note);
}

static void after_a_power_cut_what_was_not_synced_is_rendered_again(void **state)
{
    char dir[SCENE_PATH];
    scene_make(dir);
    struct store *store = kinds[0].open(dir);
    assert_int_equal(store_put(store, TILE, "tile", 4, false), 0);
    assert_int_equal(store_put(store, "/images/a/original", "upload", 6, true), 0);
    store_close(store);
    forge_note(dir, "99999999999999"); /* all is older than that */
    store = kinds[0].open(dir);
    assert_int_equal(store_get(store, TILE, NULL, NULL), STORE_FOUND);
    store_close(store);
    forge_note(dir, "1000");
    store = kinds[0].open(dir);
    assert_int_equal(store_get(store, TILE, NULL, NULL), STORE_ABSENT);
    /* What was durable was on the disk. */
    assert_int_equal(store_get(store, "/images/a/original", NULL, NULL), STORE_FOUND);
    store_close(store);
    store = kinds[0].open(dir); /* and the note is of this start of the machine again */
    assert_int_equal(store_put(store, TILE, "tile", 4, false), 0);
    store_close(store);
    store = kinds[0].open(dir);
    assert_int_equal(store_get(store, TILE, NULL, NULL), STORE_FOUND);
    store_close(store);
    scene_drop(dir);
}

static void a_disk_that_is_full_leaves_the_old_picture_and_no_part_of_the_new(void **state)
{
    char dir[SCENE_PATH];
    static char large[100000];
    struct rlimit old, small;
    struct blob *blob;
    scene_make(dir);
    struct store *store = kinds[0].open(dir);
    assert_int_equal(store_put(store, TILE, "old", 3, false), 0);
    /* A file that may not grow fails as one on a full disk does, in the middle. */
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = (struct rlimit){.rlim_cur = 50000, .rlim_max = old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(store_put(store, TILE, large, sizeof large, false), -1);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(store_get(store, TILE, &blob, NULL), STORE_FOUND);
    assert_int_equal(blob->len, 3);
    blob_release(blob);
    assert_int_equal(count_in(dir, "file/.temp"), 0);
    assert_int_equal(store_put(store, TILE, large, sizeof large, false), 0);
    store_close(store);
    scene_drop(dir);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_is_a_file_by_its_name),
        cmocka_unit_test(links_are_not_followed),
        cmocka_unit_test(leftovers_of_a_crash_are_removed),
        cmocka_unit_test(servers_share_a_folder_and_leave_each_others_files_alone),
        cmocka_unit_test(after_a_power_cut_what_was_not_synced_is_rendered_again),
        cmocka_unit_test(a_disk_that_is_full_leaves_the_old_picture_and_no_part_of_the_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
