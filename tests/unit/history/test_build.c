/* SPDX-License-Identifier: ISC */
/*
 * History as it is built: the files are what the records say, the same however the records come and
 * however often it is killed, and what is damaged is made anew and never shown.
 */
#include "build_world.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "history/store_read.h"

static const struct position home = {0, 0}, west = {-1, 0}, south = {3, 5};

static bool exists(const struct world *world, const char *name)
{
    return access(world_path(world, name), F_OK) == 0;
}

static uint64_t digest(const struct world *world, size_t *n)
{
    *n = 0;
    return world_digest(world->folder, n);
}

/* Three canvases of 19, 2 and 0 complete blocks, and twenty of a few records. */
static void paint_plane(struct world *world)
{
    world_put(world, home, 65536); /* a block by itself */
    world_paint(world, home, 10 * 65536, 9000);
    world_paint(world, west, 130000, 3000);
    world_paint(world, south, 1000, 10);
    world_put_garbage(world);
    for (int16_t i = 0; i < 20; i++)
        world_paint(world, (struct position){i, -7}, 50, 20);
    world_paint(world, home, 10 * 65536, 30000);
    world_put(world, west, 70000); /* more than a block */
    world_put_garbage(world);
}

static void files_are_what_the_records_say(void **state)
{
    struct world *world = *state;
    paint_plane(world);
    assert_int_equal(world_start(world), READER_OK);
    assert_int_equal(build_flush(world->build), 0);
    world_expect(world);
    assert_true(exists(world, "0,0/18.bin") && exists(world, "0,0/16.key"));
    assert_false(exists(world, "0,0/0.key") || exists(world, "0,0/19.bin"));
    assert_true(exists(world, "-1,0/1.bin") && exists(world, "0,0/19.open"));
    assert_false(exists(world, "0,0/18.open"));
    world_stop(world);
    assert_int_equal(world_start(world), READER_OK);
    world_expect(world);
}

/* A little of everything, in an order that the seed decides. */
static void paint_some(struct world *world, int rounds)
{
    for (int i = 0; i < rounds; i++) {
        struct position position = {(int16_t)world_random(world, 3), 0};
        world_paint(world, position, 20000 + world_random(world, 30000), 2000);
        if (world_random(world, 4) == 0)
            world_put_garbage(world);
    }
}

static void same_files_however_it_is_read_and_killed(void **state)
{
    struct world *world = *state;
    size_t n, whole_n;
    int rounds = 0;
    assert_int_equal(world_start(world), READER_OK);
    while (rounds++ < 60) {
        paint_some(world, 1);
        assert_int_equal(world_read(world), READER_OK);
        switch (world_random(world, 4)) {
        case 0:
            world_stop(world);
            break;
        case 1:
            build_flush(world->build); /* saved, and then some that are not */
            paint_some(world, 2);
            world_read(world);
            world_kill(world);
            break;
        case 2:
            world_kill(world);
            break;
        default:
            continue;
        }
        assert_int_equal(world_start(world), READER_OK);
    }
    assert_int_equal(build_flush(world->build), 0);
    world_expect(world);
    uint64_t pieces = digest(world, &n);
    world_kill(world);
    world_remove(world, NULL);
    assert_int_equal(world_start(world), READER_OK);
    assert_int_equal(build_flush(world->build), 0);
    assert_true(pieces == digest(world, &whole_n));
    assert_int_equal(n, whole_n);
    assert_true(n > 30);
}

/* Even where a block was completed since, and its records that were saved are in there alone. */
static void a_kill_costs_what_came_after_the_last_save(void **state)
{
    struct world *world = *state;
    world_paint(world, home, 100000, 1000);
    world_paint(world, west, 1000, 1000);
    assert_int_equal(world_start(world), READER_OK);
    assert_int_equal(world->from, 0);
    assert_int_equal(build_flush(world->build), 0);
    uint64_t saved = world->high;
    world_paint(world, home, 60000, 1000);
    world_paint(world, west, 1000, 1000);
    assert_int_equal(world_read(world), READER_OK);
    assert_true(exists(world, "0,0/1.bin"));
    world_kill(world);
    assert_int_equal(world_start(world), READER_OK);
    assert_int_equal(world->from, saved);
    assert_int_equal(build_flush(world->build), 0);
    world_expect(world);
    world_stop(world);
    assert_int_equal(world_start(world), READER_OK);
    assert_int_equal(world->from, world->high);
}

static void loading_ends_early_when_it_is_to_stop(void **state)
{
    struct world *world = *state;
    size_t n, again;
    world_paint(world, home, 150000, 1000);
    assert_int_equal(world_start(world), READER_OK);
    world_stop(world);
    uint64_t whole = digest(world, &n);
    world->stop = 1;
    assert_int_equal(world_start(world), READER_FAILED);
    world_kill(world);
    assert_true(whole == digest(world, &again)); /* and leaves everything as it was */
    world->stop = 0;
    assert_int_equal(world_start(world), READER_OK);
    world_expect(world);
}

/* ---- damage ---- */

static void flip(const char *path)
{
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    long at = ftell(file) / 2;
    fseek(file, at, SEEK_SET);
    int byte = fgetc(file);
    fseek(file, at, SEEK_SET);
    fputc(byte ^ 0x10, file);
    fclose(file);
}

static void cut(const char *path)
{
    struct stat stat_;
    assert_int_equal(stat(path, &stat_), 0);
    assert_int_equal(truncate(path, stat_.st_size - 7), 0);
}

static void lengthen(const char *path)
{
    FILE *file = fopen(path, "ab");
    assert_non_null(file);
    fputs("of no meaning", file);
    fclose(file);
}

static void empty(const char *path)
{
    assert_int_equal(truncate(path, 0), 0);
}

static void drop(const char *path)
{
    assert_int_equal(unlink(path), 0);
}

static void whatever_is_damaged_is_made_anew(void **state)
{
    static const char *const names[] = {"0,0/0.bin",  "0,0/18.bin", "0,0/16.key",
                                        "0,0/rows",   "-1,0/rows",  "0,0/19.open",
                                        "3,5/0.open", "progress",   "7,-7/0.open"};
    static void (*const damages[])(const char *path) = {flip, cut, lengthen, empty, drop};
    struct world *world = *state;
    size_t n, again;
    paint_plane(world);
    assert_int_equal(world_start(world), READER_OK);
    world_stop(world);
    uint64_t whole = digest(world, &n);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        for (size_t j = 0; j < sizeof damages / sizeof *damages; j++) {
            damages[j](world_path(world, names[i]));
            assert_int_equal(world_start(world), READER_OK);
            assert_int_equal(build_flush(world->build), 0);
            assert_true(whole == digest(world, &again));
            assert_int_equal(n, again);
            if (j == 0)
                world_expect(world);
            world_stop(world);
        }
    }
}

static void folders_that_are_gone_are_made_anew(void **state)
{
    struct world *world = *state;
    size_t n, again;
    paint_plane(world);
    assert_int_equal(world_start(world), READER_OK);
    world_stop(world);
    uint64_t whole = digest(world, &n);
    const char *const folders[] = {"-1,0", "3,5", "0,0", NULL};
    for (size_t i = 0; i < 4; i++) {
        world_remove(world, folders[i]);
        assert_int_equal(world_start(world), READER_OK);
        world_put(world, home, 10); /* what comes meanwhile is not lost */
        assert_int_equal(world_read(world), READER_OK);
        assert_int_equal(build_flush(world->build), 0);
        assert_true(whole == digest(world, &again));
        assert_int_equal(n, again);
        world_expect(world);
        world_stop(world);
    }
}

static void what_is_damaged_while_it_is_served_is_never_shown(void **state)
{
    struct world *world = *state;
    uint8_t *bytes, *pixels = malloc(1000000);
    size_t len;
    uint64_t before;
    paint_plane(world);
    assert_int_equal(world_start(world), READER_OK);
    assert_int_equal(build_flush(world->build), 0);
    assert_false(build_is_damaged(world->build));
    flip(world_path(world, "0,0/3.bin"));
    assert_int_equal(store_read_block(world->store, home, 3, &bytes, &len), STORE_BAD);
    assert_true(build_is_damaged(world->build));
    assert_false(build_is_damaged(world->build)); /* said once */
    drop(world_path(world, "0,0/16.key"));
    assert_int_equal(store_read_keyframe(world->store, home, 17, pixels, &before), STORE_BAD);
    assert_true(build_is_damaged(world->build));
    drop(world_path(world, "progress"));
    assert_true(build_is_damaged(world->build));
    world_kill(world);
    assert_int_equal(world_start(world), READER_OK);
    assert_int_equal(build_flush(world->build), 0);
    world_expect(world);
    free(pixels);
}

/* ---- logs that are not the one ---- */

static void another_log_of_the_same_name_is_not_believed(void **state)
{
    struct world *world = *state;
    paint_plane(world);
    assert_int_equal(world_start(world), READER_OK);
    world_stop(world);
    world_replace_log(world);
    paint_plane(world); /* as many records or so, of other edits */
    world_paint(world, home, 100000, 50);
    assert_int_equal(world_start(world), READER_MISMATCH);
    assert_int_equal(build_clear(world->build), 0);
    world_kill(world);
    assert_int_equal(world_start(world), READER_OK);
    assert_int_equal(build_flush(world->build), 0);
    world_expect(world);
}

static void a_shorter_log_is_not_believed(void **state)
{
    struct world *world = *state;
    paint_plane(world);
    assert_int_equal(world_start(world), READER_OK);
    world_stop(world);
    world_replace_log(world);
    world_put(world, home, 5);
    assert_int_equal(world_start(world), READER_MISMATCH);
}

/* The log goes on after `common` records in one way or in another. */
static void begin_log(struct world *world, uint64_t branch)
{
    world->random = 99;
    world->now_us = 1700000000000000;
    world_paint(world, home, 100000, 1000);
    world_paint(world, west, 50000, 1000);
    world->random = branch;
}

/* A process that was killed has written more than its progress says; then the log was restored from
 * a backup, and went on otherwise. */
static void what_the_progress_does_not_cover_is_not_believed(void **state)
{
    struct world *world = *state;
    char kept[128];
    begin_log(world, 1);
    assert_int_equal(world_start(world), READER_OK);
    assert_int_equal(build_flush(world->build), 0);
    snprintf(kept, sizeof kept, "%s/kept", world->root);
    world_copy(world_path(world, "progress"), kept);
    world_paint(world, home, 200000, 1000);
    world_paint(world, west, 10000, 100);
    assert_int_equal(world_read(world), READER_OK);
    world_stop(world);
    world_copy(kept, world_path(world, "progress"));
    world_replace_log(world);
    begin_log(world, 2);
    world_paint(world, home, 300000, 500);
    world_paint(world, west, 20000, 100);
    assert_int_equal(world_start(world), READER_OK);
    assert_int_equal(build_flush(world->build), 0);
    world_expect(world);
}

static void other_logs_folders_are_removed_and_nothing_else(void **state)
{
    struct world *world = *state;
    char command[512], path[128];
    snprintf(command, sizeof command,
             "cd %s && mkdir -p 0123456789abcdef/0,0 0123456789abcdeF mine 0123456789abcdef0 && "
             "touch 0123456789abcdef/0,0/0.bin 0123456789abcdef/progress note && "
             "ln -s ../mine 0123456789abcdef/link && touch mine/precious",
             world->root);
    assert_int_equal(system(command), 0);
    world_put(world, home, 5);
    assert_int_equal(world_start(world), READER_OK);
    snprintf(path, sizeof path, "%s/0123456789abcdef", world->root);
    assert_int_equal(access(path, F_OK), -1);
    snprintf(command, sizeof command,
             "cd %s && test -f mine/precious -a -f note -a -d 0123456789abcdeF -a -d "
             "0123456789abcdef0",
             world->root);
    assert_int_equal(system(command), 0);
}

/* ---- visibility ---- */

static void nothing_shows_before_it_is_published(void **state)
{
    struct world *world = *state;
    struct store_canvas canvas;
    uint8_t *bytes, *expected;
    size_t len, expected_len;
    world->publish_ms = 3600 * 1000;
    world_put(world, home, 100);
    world_paint(world, home, 60000, 100);
    assert_int_equal(world_start(world), READER_OK);
    assert_false(store_find(world->store, home, &canvas));
    assert_int_equal(build_flush(world->build), 0);
    assert_true(store_find(world->store, home, &canvas));
    uint64_t version = canvas.version;
    expected = world_block(world, home, 0, &expected_len);
    int published = world->published;
    world_paint(world, home, 200000, 1000); /* what shows of the tail is in a complete block now */
    assert_int_equal(world_read(world), READER_OK);
    assert_int_equal(world->published, published);
    assert_true(store_find(world->store, home, &canvas));
    assert_true(canvas.version == version && canvas.n_blocks == 0);
    assert_int_equal(store_read_block(world->store, home, 0, &bytes, &len), STORE_OK);
    assert_int_equal(len, expected_len);
    assert_memory_equal(bytes, expected, len);
    free(bytes);
    free(expected);
    assert_int_equal(store_read_block(world->store, home, 1, &bytes, &len), STORE_NONE);
    assert_int_equal(build_flush(world->build), 0);
    assert_int_equal(world->published, published + 1);
    world_expect(world);
}

static void blocks_are_found_by_version_and_time(void **state)
{
    struct world *world = *state;
    struct store_canvas canvas;
    uint64_t number;
    world_paint(world, home, 210000, 3000);
    assert_int_equal(world_start(world), READER_OK);
    assert_int_equal(build_flush(world->build), 0);
    assert_true(store_find(world->store, home, &canvas));
    for (uint64_t i = 0; i < canvas.n_blocks; i++) {
        struct store_row row;
        assert_true(store_row(world->store, home, i, &row));
        assert_true(store_block_of(world->store, home, row.to, &number) && number == i);
        assert_true(store_block_of(world->store, home, row.to + 1, &number) && number == i + 1);
        assert_true(store_block_of(world->store, home, row.from + 1, &number) && number == i);
        assert_true(store_block_until(world->store, home, row.time, &number) && number == i);
    }
    assert_true(store_block_of(world->store, home, 0, &number) && number == 0);
    assert_true(store_block_of(world->store, home, UINT64_MAX, &number));
    assert_int_equal(number, canvas.n_blocks);
    assert_true(store_block_until(world->store, home, INT64_MAX - 1, &number));
    assert_int_equal(number, canvas.n_blocks);
    assert_false(store_block_until(world->store, home, 5, &number));
    assert_false(store_block_of(world->store, west, 1, &number));
}

/* ---- bounds ---- */

/* So much is open at once that memory lets go of it. */
static void many_open_blocks_are_on_the_disk_alone(void **state)
{
    struct world *world = *state;
    world->sparse = true;
    assert_int_equal(world_start(world), READER_OK);
    for (int16_t gy = -16; gy < 16; gy++) {
        for (int16_t gx = -16; gx < 16; gx++)
            world_paint(world, (struct position){gx, gy}, 12000, 4000);
    }
    assert_int_equal(world_read(world), READER_OK);
    assert_int_equal(build_flush(world->build), 0);
    size_t memory = 0;
    const struct shelves *shelves = store_shelves(world->store);
    for (size_t i = 0; i < shelves->n; i++)
        memory += shelves->list[i]->tail.room;
    assert_int_equal(shelves->n, 1024);
    assert_in_range(memory, 0, 32 << 20);
    world_paint(world, home, 70000, 4000); /* the beginning of this block is on the disk */
    world_paint(world, west, 1000, 400);
    assert_int_equal(world_read(world), READER_OK);
    assert_int_equal(build_flush(world->build), 0);
    struct store_canvas canvas;
    assert_true(store_find(world->store, home, &canvas));
    assert_int_equal(canvas.n_blocks, 1);
    world_expect(world);
    world_stop(world);
    assert_int_equal(world_start(world), READER_OK);
    world_expect(world);
}

/* A disk that is full, in the shape of a limit on the size of files. */
static void a_full_disk_stops_it_and_nothing_is_lost(void **state)
{
    struct world *world = *state;
    struct rlimit before, full;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    world_paint(world, home, 300000, 1000);
    assert_int_equal(world_start(world), READER_OK);
    world_paint(world, home, 300000, 1000);
    full = before;
    for (full.rlim_cur = 10; full.rlim_cur < 500000; full.rlim_cur *= 3) {
        setrlimit(RLIMIT_FSIZE, &full);
        bool failed = world_read(world) == READER_FAILED || build_flush(world->build) != 0;
        setrlimit(RLIMIT_FSIZE, &before);
        if (failed) {
            assert_non_null(build_error(world->build));
            assert_non_null(strstr(build_error(world->build), world->root));
        }
        world_kill(world);
        if (full.rlim_cur < 100000)
            assert_true(failed);
        setrlimit(RLIMIT_FSIZE, &full);
        bool loaded = world_start(world) == READER_OK;
        setrlimit(RLIMIT_FSIZE, &before);
        if (!loaded) {
            world_kill(world);
            assert_int_equal(world_start(world), READER_OK);
        }
        world_paint(world, home, 50000, 1000);
    }
    assert_int_equal(world_read(world), READER_OK);
    assert_int_equal(build_flush(world->build), 0);
    world_expect(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(files_are_what_the_records_say),
        WORLD_TEST(same_files_however_it_is_read_and_killed),
        WORLD_TEST(a_kill_costs_what_came_after_the_last_save),
        WORLD_TEST(loading_ends_early_when_it_is_to_stop),
        WORLD_TEST(whatever_is_damaged_is_made_anew),
        WORLD_TEST(folders_that_are_gone_are_made_anew),
        WORLD_TEST(what_is_damaged_while_it_is_served_is_never_shown),
        WORLD_TEST(another_log_of_the_same_name_is_not_believed),
        WORLD_TEST(a_shorter_log_is_not_believed),
        WORLD_TEST(what_the_progress_does_not_cover_is_not_believed),
        WORLD_TEST(other_logs_folders_are_removed_and_nothing_else),
        WORLD_TEST(nothing_shows_before_it_is_published),
        WORLD_TEST(blocks_are_found_by_version_and_time),
        WORLD_TEST(many_open_blocks_are_on_the_disk_alone),
        WORLD_TEST(a_full_disk_stops_it_and_nothing_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
