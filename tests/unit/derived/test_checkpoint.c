/* SPDX-License-Identifier: ISC */
/* test_checkpoint: what was saved comes back whole, whatever happens to the process or the disk. */
#include "cmocka_all.h"
#include "core/bytes.h"
#include "core/crc32c.h"
#include "derived/checkpoint.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The layout, written down a second time: a change of the format must break this test. */
enum {
    AT_FORMAT = 8,
    AT_VERSION = 16,
    AT_PIXELS = 392,
    AT_CRC = 500392,
    SLOT_BYTES = 500396,
};

static const struct checkpoint_log LOG = {"cluster-of-a-test", "topic.of.a.test"};

struct world {
    char dir[64];
    struct canvas saved, loaded;
    struct checkpoint_log log;
    char error[CHECKPOINT_ERROR_BYTES];
};

static int setup(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    strcpy(world->dir, "/tmp/placed-checkpoint-XXXXXX");
    *state = world;
    return mkdtemp(world->dir) ? 0 : -1;
}

static void remove_files(const char *dir)
{
    DIR *entries = opendir(dir);
    for (struct dirent *entry; entries && (entry = readdir(entries));)
        unlinkat(dirfd(entries), entry->d_name, 0);
    if (entries)
        closedir(entries);
}

static int teardown(void **state)
{
    struct world *world = *state;
    remove_files(world->dir);
    rmdir(world->dir);
    free(world);
    return 0;
}

/* The canvas of a version: nothing in it is the same in another one. */
static void make_canvas(struct canvas *canvas, uint64_t version)
{
    uint64_t state = version * 0x9e3779b97f4a7c15 + 1;
    canvas_init(canvas);
    for (size_t i = 0; i < CANVAS_PIXELS; i++) {
        if (i % 16 == 0)
            state = state * 6364136223846793005 + 1442695040888963407;
        canvas->pixels[i] = (uint8_t)(state >> 4 * (i % 16) & 15);
    }
    canvas->version = version;
    canvas->checksum = canvas_checksum(canvas->pixels);
    canvas->anchor = (struct anchor){version - 1, -(int64_t)version, (uint32_t)state};
    canvas->has_genesis = version % 2;
    if (canvas->has_genesis)
        memset(canvas->genesis, (int)version, GENESIS_BYTES);
}

static struct checkpoint *must_open(struct world *world)
{
    struct checkpoint *checkpoint = checkpoint_open(world->dir, world->error);
    if (!checkpoint)
        fail_msg("%s", world->error);
    return checkpoint;
}

static void must_save(struct world *world, struct checkpoint *checkpoint, uint64_t version)
{
    make_canvas(&world->saved, version);
    if (checkpoint_save(checkpoint, &world->saved, &LOG, world->error) < 0)
        fail_msg("%s", world->error);
}

static void expect_version(struct world *world, struct checkpoint *checkpoint, uint64_t version)
{
    assert_int_equal(checkpoint_load(checkpoint, &world->loaded, &world->log), CHECKPOINT_LOADED);
    make_canvas(&world->saved, version);
    assert_true(world->loaded.version == version);
    assert_true(world->loaded.checksum == world->saved.checksum);
    assert_true(anchor_equal(&world->loaded.anchor, &world->saved.anchor));
    assert_int_equal(world->loaded.has_genesis, world->saved.has_genesis);
    assert_memory_equal(world->loaded.genesis, world->saved.genesis, GENESIS_BYTES);
    assert_memory_equal(world->loaded.pixels, world->saved.pixels, CANVAS_PIXELS);
    assert_string_equal(world->log.cluster, LOG.cluster);
    assert_string_equal(world->log.topic, LOG.topic);
}

static void expect_none(struct world *world, struct checkpoint *checkpoint)
{
    memset(&world->loaded, 7, sizeof world->loaded);
    assert_int_equal(checkpoint_load(checkpoint, &world->loaded, &world->log), CHECKPOINT_NONE);
    assert_true(world->loaded.version == 0 && world->loaded.pixels[4711] == 0);
}

/* Change the slot of a version behind the checkpoint's back; true when there was one. */
static bool edit_slot(struct world *world, uint64_t version,
                      void (*change)(uint8_t *bytes, size_t *len))
{
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;
    bool found = false;
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_mapsize(env, 64 << 20), 0);
    assert_int_equal(mdb_env_open(env, world->dir, 0, 0644), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, NULL, 0, &dbi), 0);
    for (int slot = '0'; slot <= '1'; slot++) {
        char name = (char)slot;
        MDB_val key = {1, &name}, value;
        if (mdb_get(txn, dbi, &key, &value) != 0)
            continue;
        if (value.mv_size != SLOT_BYTES ||
            load_u64((uint8_t *)value.mv_data + AT_VERSION) != version)
            continue;
        found = true;
        uint8_t *copy = malloc(SLOT_BYTES);
        memcpy(copy, value.mv_data, SLOT_BYTES);
        value.mv_data = copy;
        change(copy, &value.mv_size);
        assert_int_equal(mdb_put(txn, dbi, &key, &value, 0), 0);
        free(copy);
    }
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
    return found;
}

static void seal(uint8_t *bytes)
{
    store_u32(bytes + AT_CRC, crc32c(0, bytes, AT_CRC));
}

static void flip_a_bit(uint8_t *bytes, size_t *len)
{
    bytes[AT_PIXELS + 123456] ^= 4;
}

static void raise_the_format(uint8_t *bytes, size_t *len)
{
    bytes[AT_FORMAT]++;
    seal(bytes);
}

static void change_the_palette(uint8_t *bytes, size_t *len)
{
    bytes[12]++;
    seal(bytes);
}

/* A whole slot by its CRC, but of pixels that the checksum does not know: a bug, or a forgery. */
static void change_a_pixel(uint8_t *bytes, size_t *len)
{
    bytes[AT_PIXELS] ^= 1;
    seal(bytes);
}

static void move_the_anchor(uint8_t *bytes, size_t *len)
{
    store_u64(bytes + 32, load_u64(bytes + AT_VERSION));
    seal(bytes);
}

static void shorten(uint8_t *bytes, size_t *len)
{
    *len -= 1;
}

static void empty(uint8_t *bytes, size_t *len)
{
    *len = 0;
}

/* ---- the promises ---- */

static void nothing_there_is_none(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = must_open(world);
    expect_none(world, checkpoint);
    checkpoint_close(checkpoint);
    checkpoint_close(NULL);
}

static void what_was_saved_comes_back(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = must_open(world);
    must_save(world, checkpoint, 41);
    expect_version(world, checkpoint, 41);
    must_save(world, checkpoint, 1000);
    expect_version(world, checkpoint, 1000);
    checkpoint_close(checkpoint);
    checkpoint = must_open(world);
    expect_version(world, checkpoint, 1000);
    checkpoint_close(checkpoint);
}

static void directories_are_made(void **state)
{
    struct world *world = *state;
    char path[100], inner[110];
    snprintf(path, sizeof path, "%s/a", world->dir);
    snprintf(inner, sizeof inner, "%s/b", path);
    struct checkpoint *checkpoint = checkpoint_open(inner, world->error);
    assert_non_null(checkpoint);
    checkpoint_close(checkpoint);
    remove_files(inner);
    rmdir(inner);
    rmdir(path);
}

static void newest_wins(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = must_open(world);
    for (uint64_t version = 1; version <= 7; version++) {
        must_save(world, checkpoint, version);
        expect_version(world, checkpoint, version);
    }
    checkpoint_close(checkpoint);
}

static void bad_slot_falls_back(void **state)
{
    static void (*const changes[])(uint8_t *, size_t *) = {
        flip_a_bit, raise_the_format, change_the_palette, change_a_pixel, move_the_anchor, shorten,
        empty,
    };
    struct world *world = *state;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct checkpoint *checkpoint = must_open(world);
        assert_int_equal(checkpoint_clear(checkpoint, world->error), 0);
        must_save(world, checkpoint, 10);
        must_save(world, checkpoint, 20);
        checkpoint_close(checkpoint);
        assert_true(edit_slot(world, 20, changes[i]));
        checkpoint = must_open(world);
        expect_version(world, checkpoint, 10);
        /* The next save takes the bad slot, not the only good one. */
        must_save(world, checkpoint, 30);
        checkpoint_close(checkpoint);
        assert_true(edit_slot(world, 30, changes[i]));
        checkpoint = must_open(world);
        expect_version(world, checkpoint, 10);
        checkpoint_close(checkpoint);
        assert_true(edit_slot(world, 10, changes[i])); /* now both are bad */
        checkpoint = must_open(world);
        expect_none(world, checkpoint);
        must_save(world, checkpoint, 40);
        expect_version(world, checkpoint, 40);
        checkpoint_close(checkpoint);
    }
}

static void clear_forgets_all(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = must_open(world);
    must_save(world, checkpoint, 500);
    must_save(world, checkpoint, 600);
    assert_int_equal(checkpoint_clear(checkpoint, world->error), 0);
    expect_none(world, checkpoint);
    must_save(world, checkpoint, 5); /* a rebuilt canvas may be at a lower version */
    expect_version(world, checkpoint, 5);
    checkpoint_close(checkpoint);
}

static void long_names_are_cut(void **state)
{
    struct world *world = *state;
    struct checkpoint_log log;
    memset(&log, 'x', sizeof log); /* not even terminated */
    struct checkpoint *checkpoint = must_open(world);
    make_canvas(&world->saved, 3);
    assert_int_equal(checkpoint_save(checkpoint, &world->saved, &log, world->error), 0);
    checkpoint_load(checkpoint, &world->loaded, &world->log);
    assert_int_equal(strlen(world->log.cluster), sizeof log.cluster - 1);
    assert_int_equal(strlen(world->log.topic), sizeof log.topic - 1);
    checkpoint_close(checkpoint);
}

static void second_process_is_refused(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = must_open(world);
    assert_null(checkpoint_open(world->dir, world->error));
    assert_non_null(strstr(world->error, "in use by another process"));
    checkpoint_close(checkpoint);
    checkpoint_close(must_open(world));
}

static void impossible_directory_is_an_error(void **state)
{
    struct world *world = *state;
    assert_null(checkpoint_open("/proc/nowhere", world->error));
    assert_non_null(strstr(world->error, "/proc/nowhere"));
    assert_null(checkpoint_open("/dev/null/x", world->error));
}

static long file_bytes(const struct world *world)
{
    struct stat stat_;
    char path[100];
    snprintf(path, sizeof path, "%s/data.mdb", world->dir);
    return stat(path, &stat_) == 0 ? (long)stat_.st_size : -1;
}

static void file_stays_small(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = must_open(world);
    for (uint64_t version = 1; version <= 60; version++)
        must_save(world, checkpoint, version);
    assert_true(file_bytes(world) < 4 << 20);
    checkpoint_close(checkpoint);
}

static void truncated_file_is_set_aside(void **state)
{
    struct world *world = *state;
    char path[100], aside[120];
    snprintf(path, sizeof path, "%s/data.mdb", world->dir);
    snprintf(aside, sizeof aside, "%s.damaged", path);
    for (long keep = 0; keep < 12; keep++) {
        struct checkpoint *checkpoint = must_open(world);
        must_save(world, checkpoint, 10);
        must_save(world, checkpoint, 20);
        checkpoint_close(checkpoint);
        assert_int_equal(truncate(path, file_bytes(world) * keep / 12), 0);
        checkpoint = must_open(world); /* no SIGBUS */
        expect_none(world, checkpoint);
        must_save(world, checkpoint, 30);
        expect_version(world, checkpoint, 30);
        checkpoint_close(checkpoint);
        assert_int_equal(access(aside, F_OK), keep == 0 ? -1 : 0);
        remove_files(world->dir);
    }
}

static void file_of_something_else_is_set_aside(void **state)
{
    struct world *world = *state;
    char path[100];
    snprintf(path, sizeof path, "%s/data.mdb", world->dir);
    FILE *file = fopen(path, "w");
    for (int i = 0; i < 10000; i++)
        fprintf(file, "this is not a checkpoint\n");
    fclose(file);
    struct checkpoint *checkpoint = must_open(world);
    expect_none(world, checkpoint);
    must_save(world, checkpoint, 1);
    checkpoint_close(checkpoint);
}

/* Bits anywhere in the file, as a dying disk flips them: a whole canvas or none, never a wrong one.
 */
static void flipped_bits_never_give_a_wrong_canvas(void **state)
{
    struct world *world = *state;
    char path[100];
    snprintf(path, sizeof path, "%s/data.mdb", world->dir);
    uint64_t seed = 7;
    int loaded = 0;
    for (int round = 0; round < 60; round++) {
        seed = seed * 6364136223846793005 + 1442695040888963407;
        /* Both slots anew: a file in which one was found damaged has been set aside. */
        struct checkpoint *checkpoint = must_open(world);
        must_save(world, checkpoint, 1);
        must_save(world, checkpoint, 2);
        checkpoint_close(checkpoint);
        off_t at = 8192 + (off_t)(seed >> 20) % (file_bytes(world) - 8192);
        uint8_t byte, bad;
        int fd = open(path, O_RDWR);
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        bad = (uint8_t)(byte ^ 1 << (seed >> 50) % 8);
        assert_int_equal(pwrite(fd, &bad, 1, at), 1);
        checkpoint = must_open(world);
        if (checkpoint_load(checkpoint, &world->loaded, &world->log) == CHECKPOINT_LOADED) {
            loaded++;
            make_canvas(&world->saved, world->loaded.version);
            assert_memory_equal(world->loaded.pixels, world->saved.pixels, CANVAS_PIXELS);
        }
        checkpoint_close(checkpoint);
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        close(fd);
    }
    assert_true(loaded > 50);
}

/* ---- faults of process and disk ---- */

static void kill_in_a_save_leaves_a_whole_canvas(void **state)
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
                make_canvas(&world->saved, next);
                if (checkpoint_save(checkpoint, &world->saved, &LOG, world->error) < 0 ||
                    write(report[1], &next, sizeof next) != sizeof next)
                    break;
            }
            _exit(1);
        }
        close(report[1]);
        uint64_t told = version;
        ssize_t n = read(report[0], &told, sizeof told); /* it runs */
        assert_int_equal(n, sizeof told);
        seed = seed * 6364136223846793005 + 1442695040888963407;
        nanosleep(&(struct timespec){0, (long)((seed >> 33) % 20000) * 1000}, NULL);
        kill(child, SIGKILL);
        int status;
        waitpid(child, &status, 0);
        assert_true(WIFSIGNALED(status));
        for (uint64_t next; read(report[0], &next, sizeof next) == sizeof next;)
            told = next;
        close(report[0]);
        struct checkpoint *checkpoint = must_open(world);
        assert_int_equal(checkpoint_load(checkpoint, &world->loaded, &world->log),
                         CHECKPOINT_LOADED);
        version = world->loaded.version;
        assert_true(version == told || version == told + 1); /* the new one or the old one */
        expect_version(world, checkpoint, version);
        checkpoint_close(checkpoint);
    }
    assert_true(file_bytes(world) < 4 << 20); /* dead processes pin no pages */
}

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
    for (;;) {
        make_canvas(&world->saved, version + 1);
        if (checkpoint_save(checkpoint, &world->saved, &LOG, world->error) < 0)
            break;
        if (++version == 100)
            return 2; /* the disk never got full: nothing was tested */
    }
    fprintf(stderr, "after %d: %s\n", (int)version, world->error);
    if (version == 0 ||
        (!strstr(world->error, strerror(ENOSPC)) && !strstr(world->error, "is full")))
        return 3;
    for (int reopened = 0; reopened < 2; reopened++) {
        if (checkpoint_load(checkpoint, &world->loaded, &world->log) != CHECKPOINT_LOADED ||
            world->loaded.version != version)
            return 4;
        checkpoint_close(checkpoint);
        checkpoint = checkpoint_open(world->dir, world->error);
        if (!checkpoint)
            return 5;
    }
    if (checkpoint_save(checkpoint, &world->saved, &LOG, world->error) == 0)
        return 6;
    if (mount("tmpfs", world->dir, "tmpfs", MS_REMOUNT, "size=8m") < 0)
        return 77;
    if (checkpoint_save(checkpoint, &world->saved, &LOG, world->error) < 0 ||
        checkpoint_load(checkpoint, &world->loaded, &world->log) != CHECKPOINT_LOADED ||
        world->loaded.version != version + 1)
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

static void loading_is_fast(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = must_open(world);
    must_save(world, checkpoint, 1);
    must_save(world, checkpoint, 2);
    checkpoint_close(checkpoint);
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    checkpoint = must_open(world);
    assert_int_equal(checkpoint_load(checkpoint, &world->loaded, &world->log), CHECKPOINT_LOADED);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double ms =
        (double)(end.tv_sec - begin.tv_sec) * 1e3 + (double)(end.tv_nsec - begin.tv_nsec) / 1e6;
    print_message("open and load: %.1f ms\n", ms);
    assert_true(ms < 500); /* 6 ms; the rest is for sanitizers and a busy machine */
    checkpoint_close(checkpoint);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_there_is_none),
        TEST(what_was_saved_comes_back),
        TEST(directories_are_made),
        TEST(newest_wins),
        TEST(bad_slot_falls_back),
        TEST(clear_forgets_all),
        TEST(long_names_are_cut),
        TEST(second_process_is_refused),
        TEST(impossible_directory_is_an_error),
        TEST(file_stays_small),
        TEST(truncated_file_is_set_aside),
        TEST(file_of_something_else_is_set_aside),
        TEST(flipped_bits_never_give_a_wrong_canvas),
        TEST(kill_in_a_save_leaves_a_whole_canvas),
        TEST(full_disk_keeps_the_old_one),
        TEST(loading_is_fast),
    };
    return cmocka_run_group_tests_name("checkpoint", tests, NULL, NULL);
}
