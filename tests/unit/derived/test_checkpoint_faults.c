/* SPDX-License-Identifier: ISC */
/* test_checkpoint_faults: whatever happens to the process or the disk, what loads is right. */
#include "checkpoint_world.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005 + 1442695040888963407;
    return *seed >> 20;
}

/* ---- the directory ---- */

static void directories_are_made(void **state)
{
    struct world *world = *state;
    char path[100], inner[110], file[130];
    snprintf(path, sizeof path, "%s/a", world->dir);
    snprintf(inner, sizeof inner, "%s/b", path);
    struct checkpoint *checkpoint = checkpoint_open(inner, world->error);
    assert_non_null(checkpoint);
    checkpoint_close(checkpoint);
    snprintf(file, sizeof file, "%s/data.mdb", inner);
    unlink(file);
    snprintf(file, sizeof file, "%s/lock.mdb", inner);
    unlink(file);
    assert_int_equal(rmdir(inner), 0);
    assert_int_equal(rmdir(path), 0);
}

static void second_process_is_refused(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = world_open(world);
    assert_null(checkpoint_open(world->dir, world->error));
    assert_non_null(strstr(world->error, "in use by another process"));
    checkpoint_close(checkpoint);
    checkpoint_close(world_open(world));
}

static void impossible_directory_is_an_error(void **state)
{
    struct world *world = *state;
    assert_null(checkpoint_open("/proc/nowhere", world->error));
    assert_non_null(strstr(world->error, "/proc/nowhere"));
    assert_null(checkpoint_open("/dev/null/x", world->error));
}

/* ---- what a save costs ---- */

/* Bytes that this process has written so far, by any system call. */
static long written_bytes(void)
{
    FILE *file = fopen("/proc/self/io", "r");
    long bytes = -1;
    assert_non_null(file);
    for (char line[80]; fgets(line, sizeof line, file);)
        if (strncmp(line, "wchar: ", 7) == 0)
            bytes = atol(line + 7);
    fclose(file);
    assert_true(bytes >= 0);
    return bytes;
}

static void one_hot_canvas_of_a_hundred_is_600_kilobytes_a_save(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = world_open(world);
    world_set(world, 100, 1);
    world_save(world, checkpoint, 1);
    long most = 0;
    for (uint64_t version = 2; version <= 30; version++) {
        long before = written_bytes();
        world->versions[37] = version;
        world_save(world, checkpoint, version);
        long bytes = written_bytes() - before;
        most = bytes > most ? bytes : most;
    }
    print_message("at most %ld bytes a save, file %ld\n", most, world_file_bytes(world));
    assert_true(most > CANVAS_PIXELS / 2 && most <= 600000);
    assert_true(world_file_bytes(world) < (100 + 10) * 504000); /* freed pages are used again */
    world_expect(world, checkpoint, 30);
    checkpoint_close(checkpoint);
}

static void a_hundred_canvases_are_loaded(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = world_open(world);
    world_set(world, 100, 2);
    world_save(world, checkpoint, 2);
    checkpoint_close(checkpoint);
    checkpoint = world_open(world);
    assert_int_equal(world_load(world, checkpoint), CHECKPOINT_LOADED);
    checkpoint_close(checkpoint);
}

/* ---- a file that is not what was written ---- */

static void truncated_file_is_set_aside(void **state)
{
    struct world *world = *state;
    for (long keep = 0; keep < 12; keep++) {
        struct checkpoint *checkpoint = world_open(world);
        world_set(world, 2, 10);
        world_save(world, checkpoint, 10);
        checkpoint_close(checkpoint);
        assert_int_equal(truncate(world->file, world_file_bytes(world) * keep / 12), 0);
        checkpoint = world_open(world); /* no SIGBUS */
        world_expect_none(world, checkpoint);
        world_save(world, checkpoint, 30);
        world_expect(world, checkpoint, 30);
        checkpoint_close(checkpoint);
        assert_int_equal(access(world->aside, F_OK), keep == 0 ? -1 : 0);
        world_remove_files(world);
    }
}

/* One page is missing, the last of a canvas. */
static void a_file_without_its_last_page_is_set_aside(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = world_open(world);
    world_set(world, 2, 10);
    world_save(world, checkpoint, 10);
    checkpoint_close(checkpoint);
    assert_int_equal(truncate(world->file, world_file_bytes(world) - 4096), 0);
    checkpoint = world_open(world);
    world_expect_none(world, checkpoint);
    assert_int_equal(access(world->aside, F_OK), 0);
    checkpoint_close(checkpoint);
}

/* A bit flips in what LMDB's meta pages say of the number of pages (byte 136 of each): more than
 * can be mapped. */
static void too_many_pages_are_set_aside(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = world_open(world);
    world_set(world, 2, 10);
    world_save(world, checkpoint, 10);
    checkpoint_close(checkpoint);
    int fd = open(world->file, O_RDWR);
    for (off_t meta = 0; meta < 8192; meta += 4096) {
        uint8_t byte;
        assert_int_equal(pread(fd, &byte, 1, meta + 136 + 6), 1);
        assert_int_equal(byte, 0);
        byte = 4;
        assert_int_equal(pwrite(fd, &byte, 1, meta + 136 + 6), 1);
    }
    close(fd);
    checkpoint = world_open(world);
    world_expect_none(world, checkpoint);
    assert_int_equal(access(world->aside, F_OK), 0);
    world_save(world, checkpoint, 11);
    world_expect(world, checkpoint, 11);
    checkpoint_close(checkpoint);
}

static void file_of_something_else_is_set_aside(void **state)
{
    struct world *world = *state;
    FILE *file = fopen(world->file, "w");
    for (int i = 0; i < 10000; i++)
        fprintf(file, "this is not a checkpoint\n");
    fclose(file);
    struct checkpoint *checkpoint = world_open(world);
    world_expect_none(world, checkpoint);
    world_set(world, 1, 1);
    world_save(world, checkpoint, 1);
    world_expect(world, checkpoint, 1);
    checkpoint_close(checkpoint);
}

/* All but LMDB's two meta pages, which say where the others are. */
static void wipe_pages(const struct world *world)
{
    static const uint8_t zeros[1 << 16];
    int fd = open(world->file, O_WRONLY);
    long end = world_file_bytes(world);
    for (long at = 8192; at < end; at += (long)sizeof zeros) {
        size_t n = end - at < (long)sizeof zeros ? (size_t)(end - at) : sizeof zeros;
        assert_int_equal(pwrite(fd, zeros, n, at), n);
    }
    close(fd);
}

static void wiped_pages_are_set_aside_by_a_load(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = world_open(world);
    world_set(world, 2, 10);
    world_save(world, checkpoint, 10);
    checkpoint_close(checkpoint);
    wipe_pages(world);
    checkpoint = world_open(world);
    world_expect_none(world, checkpoint);
    assert_int_equal(access(world->aside, F_OK), 0);
    world_save(world, checkpoint, 11);
    world_expect(world, checkpoint, 11);
    checkpoint_close(checkpoint);
}

/* The disk forgets what the server has loaded: the next save writes all of it to a new file. */
static void wiped_pages_are_set_aside_by_a_save(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = world_open(world);
    world_set(world, 2, 10);
    world_save(world, checkpoint, 10);
    wipe_pages(world);
    world->versions[1] = 12;
    world_save(world, checkpoint, 12);
    assert_int_equal(access(world->aside, F_OK), 0);
    world_expect(world, checkpoint, 12);
    checkpoint_close(checkpoint);
}

/* Bits anywhere in the file, as a dying disk flips them: the canvases of the last save or none.
 * Half of the file is pages that are not used any more, or padding. */
static void flipped_bits_never_give_a_wrong_canvas(void **state)
{
    struct world *world = *state;
    uint64_t seed = 7;
    int loaded = 0, dropped = 0;
    for (int round = 0; round < 60; round++) {
        struct checkpoint *checkpoint = world_open(world);
        world_set(world, 2, 10);
        world_save(world, checkpoint, 10);
        world_set(world, 2, 20);
        world_save(world, checkpoint, 20);
        checkpoint_close(checkpoint);
        off_t at = 8192 + (off_t)next_random(&seed) % (world_file_bytes(world) - 8192);
        uint8_t byte;
        int fd = open(world->file, O_RDWR);
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        byte = (uint8_t)(byte ^ 1 << next_random(&seed) % 8);
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        close(fd);
        checkpoint = world_open(world);
        if (world_load(world, checkpoint) == CHECKPOINT_LOADED) {
            loaded++;
            world_expect(world, checkpoint, 20);
        } else {
            dropped++;
        }
        checkpoint_close(checkpoint);
        world_remove_files(world);
    }
    print_message("%d loaded, %d dropped\n", loaded, dropped);
    assert_true(loaded > 5 && dropped > 5);
}

/* ---- a process that is killed ---- */

static void kill_in_a_save_leaves_the_old_or_the_new(void **state)
{
    struct world *world = *state;
    uint64_t version = 0, seed = (uint64_t)getpid();
    for (int round = 0; round < 25; round++) {
        int report[2];
        assert_int_equal(pipe(report), 0);
        pid_t child = fork();
        if (child == 0) {
            struct checkpoint *checkpoint = checkpoint_open(world->dir, world->error);
            for (uint64_t next = version + 1; checkpoint; next++) {
                world_set(world, 3, next);
                if (world_try_save(world, checkpoint, next) < 0 ||
                    write(report[1], &next, sizeof next) != sizeof next)
                    break;
            }
            _exit(1);
        }
        close(report[1]);
        uint64_t told = version;
        ssize_t n = read(report[0], &told, sizeof told); /* it runs */
        assert_int_equal(n, sizeof told);
        nanosleep(&(struct timespec){0, (long)(next_random(&seed) % 20000) * 1000}, NULL);
        kill(child, SIGKILL);
        int status;
        waitpid(child, &status, 0);
        assert_true(WIFSIGNALED(status));
        for (uint64_t next; read(report[0], &next, sizeof next) == sizeof next;)
            told = next;
        close(report[0]);
        struct checkpoint *checkpoint = world_open(world);
        assert_int_equal(world_load(world, checkpoint), CHECKPOINT_LOADED);
        version = world->plane.version;
        assert_true(version == told || version == told + 1); /* the new one or the old one */
        world_set(world, 3, version);
        world_expect(world, checkpoint, version); /* and never one canvas of each */
        checkpoint_close(checkpoint);
    }
    assert_true(world_file_bytes(world) < 10 * 504000); /* dead processes pin no pages */
}

/* End a process in a save of 100 canvases that are all at `version`, when it copies the 70th: two
 * transactions are over by then. */
static void die_in_a_save(struct world *world, uint64_t version)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct checkpoint *checkpoint = checkpoint_open(world->dir, world->error);
        world_set(world, 100, version);
        world->exit_at_copy = 70;
        world_try_save(world, checkpoint, version);
        _exit(1);
    }
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* The plane's version stays where it was, so the fold begins there; no canvas has gone back. */
static void a_large_save_that_is_cut_short_leaves_the_plane_at_the_old_one(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = world_open(world);
    world_set(world, 100, 5);
    world_save(world, checkpoint, 5);
    checkpoint_close(checkpoint);
    die_in_a_save(world, 9);
    checkpoint = world_open(world);
    assert_int_equal(world_load(world, checkpoint), CHECKPOINT_LOADED);
    assert_true(world->plane.version == 5);
    assert_int_equal(world->n_loaded, 100);
    world_expect_whole_canvases(world);
    size_t new_ones = 0;
    for (size_t i = 0; i < 100; i++) {
        assert_true(world->loaded[i].version == 5 || world->loaded[i].version == 9);
        new_ones += world->loaded[i].version == 9;
    }
    assert_int_equal(new_ones, 64);
    checkpoint_close(checkpoint);
}

/* There is no older plane to go on from, so it is as if nothing had been saved. */
static void a_first_save_that_is_cut_short_is_none(void **state)
{
    struct world *world = *state;
    die_in_a_save(world, 9);
    struct checkpoint *checkpoint = world_open(world);
    world_expect_none(world, checkpoint);
    assert_int_equal(access(world->aside, F_OK), -1); /* nor is it damage */
    world_set(world, 2, 10);
    world_save(world, checkpoint, 10);
    world_expect(world, checkpoint, 10);
    checkpoint_close(checkpoint);
}

/* ---- a disk that is full ---- */

/* In a child with its own mounts, since a tmpfs of a size needs one. Exit: 0 fine, 77 not
 * permitted. */
static int fill_a_disk(struct world *world)
{
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("tmpfs", world->dir, "tmpfs", 0, "size=1600k") < 0)
        return 77;
    struct checkpoint *checkpoint = checkpoint_open(world->dir, world->error);
    if (!checkpoint)
        return 1;
    uint64_t version = 0;
    for (;;) { /* one more canvas each time */
        world_set(world, version + 1, version + 1);
        if (world_try_save(world, checkpoint, version + 1) < 0)
            break;
        if (++version == 100)
            return 2; /* the disk never got full: nothing was tested */
    }
    fprintf(stderr, "after %d: %s\n", (int)version, world->error);
    if (version == 0 ||
        (!strstr(world->error, strerror(ENOSPC)) && !strstr(world->error, "is full")))
        return 3;
    for (int reopened = 0; reopened < 2; reopened++) {
        if (world_load(world, checkpoint) != CHECKPOINT_LOADED || world->plane.version != version ||
            world->n_loaded != version)
            return 4;
        checkpoint_close(checkpoint);
        checkpoint = checkpoint_open(world->dir, world->error);
        if (!checkpoint)
            return 5;
    }
    if (world_try_save(world, checkpoint, version + 1) >= 0)
        return 6;
    if (mount("tmpfs", world->dir, "tmpfs", MS_REMOUNT, "size=8m") < 0)
        return 77;
    if (world_try_save(world, checkpoint, version + 1) < 0 ||
        world_load(world, checkpoint) != CHECKPOINT_LOADED || world->plane.version != version + 1)
        return 7;
    checkpoint_close(checkpoint);
    return 0;
}

static void full_disk_keeps_the_old_one(void **state)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        _exit(fill_a_disk(*state));
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77) {
        print_message("mounting is not permitted here\n");
        skip();
    }
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(directories_are_made),
        WORLD_TEST(second_process_is_refused),
        WORLD_TEST(impossible_directory_is_an_error),
        WORLD_TEST(one_hot_canvas_of_a_hundred_is_600_kilobytes_a_save),
        WORLD_TEST(a_hundred_canvases_are_loaded),
        WORLD_TEST(truncated_file_is_set_aside),
        WORLD_TEST(a_file_without_its_last_page_is_set_aside),
        WORLD_TEST(too_many_pages_are_set_aside),
        WORLD_TEST(file_of_something_else_is_set_aside),
        WORLD_TEST(wiped_pages_are_set_aside_by_a_load),
        WORLD_TEST(wiped_pages_are_set_aside_by_a_save),
        WORLD_TEST(flipped_bits_never_give_a_wrong_canvas),
        WORLD_TEST(kill_in_a_save_leaves_the_old_or_the_new),
        WORLD_TEST(a_large_save_that_is_cut_short_leaves_the_plane_at_the_old_one),
        WORLD_TEST(a_first_save_that_is_cut_short_is_none),
        WORLD_TEST(full_disk_keeps_the_old_one),
    };
    return cmocka_run_group_tests_name("checkpoint faults", tests, NULL, NULL);
}
