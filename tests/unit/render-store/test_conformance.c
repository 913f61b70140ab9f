/* SPDX-License-Identifier: ISC */
/* What each kind of store promises: the same tests for all of them. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "scene.h"
#include "sys/clock.h"
#include "value.h"

static const struct kind *kind;

#define TILE "/map/0123456789abcdef/3/4/5.png"
#define ID   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void expect(struct store *store, const char *name, const void *bytes, size_t len)
{
    struct blob *blob = NULL;
    assert_int_equal(store_get(store, name, &blob, NULL), STORE_FOUND);
    assert_int_equal(blob->len, len);
    assert_memory_equal(blob->bytes, bytes, len);
    blob_release(blob);
}

static void expect_absent(struct store *store, const char *name)
{
    struct blob *blob;
    assert_int_equal(store_get(store, name, &blob, NULL), STORE_ABSENT);
    assert_null(blob);
    assert_int_equal(store_open(store, name), -1);
}

static void what_was_put_is_got_until_it_is_deleted(void **state)
{
    static const char *const names[] = {
        TILE,
        "/map/0123456789abcdef/3/4/5@2x.png",
        "/mandelbrot/1-ocean/0/0/0.png",
        "/julia/1/-0.123456,1.5/40/1099511627775/0.png",
        "/images/" ID "/original",
        "/images/" ID "/about.json",
        "/images/" ID "/stencil-1000-dither",
    };
    enum { N = sizeof names / sizeof *names };
    char dir[SCENE_PATH];
    scene_make(dir);
    struct store *store = kind->open(dir);
    for (int i = 0; i < N; i++) {
        expect_absent(store, names[i]);
        assert_int_equal(store_put(store, names[i], names[i], strlen(names[i]), i % 2), 0);
    }
    for (int i = 0; i < N; i++)
        expect(store, names[i], names[i], strlen(names[i]));
    assert_int_equal(store_put(store, TILE, "new and longer than before", 26, false), 0);
    expect(store, TILE, "new and longer than before", 26);
    store_close(store);
    store = kind->open(dir);
    for (int i = 1; i < N; i++)
        expect(store, names[i], names[i], strlen(names[i]));
    expect(store, TILE, "new and longer than before", 26);
    for (int i = 0; i < N; i++) {
        assert_int_equal(store_delete(store, names[i]), 0);
        expect_absent(store, names[i]);
        assert_int_equal(store_delete(store, names[i]), 0); /* also when absent */
    }
    store_close(store);
    scene_drop(dir);
}

static void a_get_says_when_it_was_put(void **state)
{
    char dir[SCENE_PATH];
    int64_t written = 0, before = clock_wall_ms() - 20; /* the clock of files is coarse */
    scene_make(dir);
    struct store *store = kind->open(dir);
    assert_int_equal(store_put(store, TILE, "x", 1, false), 0);
    assert_int_equal(store_get(store, TILE, NULL, &written), STORE_FOUND);
    assert_in_range(written, before, clock_wall_ms() + 20);
    store_close(store);
    scene_drop(dir);
}

static void empty_and_large_values_are_values(void **state)
{
    static const size_t sizes[] = {VALUE_HEAD, 4080, 4081, 16368, 16369, 100000, 10 * 1000 * 1000};
    char dir[SCENE_PATH];
    uint8_t *bytes = malloc(sizes[6]);
    scene_make(dir);
    struct store *store = kind->open(dir);
    assert_int_equal(store_put(store, TILE, "", 0, false), 0);
    expect(store, TILE, "", 0);
    for (int i = 0; i < 7; i++) {
        value_make(bytes, sizes[i], (uint64_t)i);
        assert_int_equal(store_put(store, TILE, bytes, sizes[i], false), 0);
        expect(store, TILE, bytes, sizes[i]);
    }
    assert_int_equal(store_put(store, TILE, bytes, (size_t)STORE_VALUE_MAX + 1, false), -1);
    expect(store, TILE, bytes, sizes[6]);
    free(bytes);
    store_close(store);
    scene_drop(dir);
}

static void hostile_names_lead_nowhere(void **state)
{
    static const char *const names[] = {
        "",
        "/",
        "//",
        "/x",
        "x/y",
        "/../x/y",
        "/map/../../../etc/passwd",
        "/map/./x",
        "/map//x",
        "/map/x/",
        "/.temp/0",
        "/map/.hidden",
        "/map/a\nb",
        "/map/a b",
        "/map/a%2fb",
        "/map/\xc3\xa4",
        "/map/a\\b",
        "/a/b/c/d/e/f/g/h/i",
        "/map/"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    };
    char dir[SCENE_PATH];
    struct blob *blob;
    scene_make(dir);
    struct store *store = kind->open(dir);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(store_put(store, names[i], "x", 1, false), -1);
        assert_int_equal(store_get(store, names[i], &blob, NULL), STORE_ERROR);
        assert_null(blob);
        assert_int_equal(store_open(store, names[i]), -1);
        assert_int_equal(store_delete(store, names[i]), -1);
    }
    store_close(store);
    scene_drop(dir);
}

static void an_opened_picture_is_read_as_it_was_when_it_was_opened(void **state)
{
    char dir[SCENE_PATH], got[16] = "";
    scene_make(dir);
    struct store *store = kind->open(dir);
    assert_int_equal(store_put(store, TILE, "first", 5, false), 0);
    int fd = store_open(store, TILE);
    assert_true(fd >= 0);
    assert_int_equal(store_put(store, TILE, "second", 6, false), 0);
    assert_int_equal(read(fd, got, sizeof got), 5);
    assert_memory_equal(got, "first", 5);
    close(fd);
    store_close(store);
    scene_drop(dir);
}

/* ---- threads ---- */

enum { NAMES = 6, READERS = 4, WRITES = 400, SIZE_MAX_ = 40000 };

static void name_of(char name[64], unsigned i)
{
    snprintf(name, 64, "/map/0123456789abcdef/5/%u/%u.png", i / 3, i % 3);
}

struct reading {
    struct store *store;
    atomic_bool *stop;
    unsigned seed;
    uint64_t found;
    const char *wrong;
};

static void *read_on(void *argument)
{
    struct reading *reading = argument;
    uint64_t newest[NAMES] = {0};
    while (!atomic_load(reading->stop) && !reading->wrong) {
        unsigned i = (unsigned)rand_r(&reading->seed) % NAMES;
        char name[64];
        struct blob *blob;
        uint64_t generation = 0;
        name_of(name, i);
        enum store_result result = store_get(reading->store, name, &blob, NULL);
        if (result == STORE_ERROR)
            reading->wrong = "an error";
        if (result != STORE_FOUND)
            continue;
        reading->found++;
        if (!value_whole(blob->bytes, blob->len, &generation))
            reading->wrong = "not whole";
        else if (generation < newest[i])
            reading->wrong = "older than one that was got before";
        newest[i] = generation;
        blob_release(blob);
    }
    return NULL;
}

static void readers_get_whole_pictures_while_one_writes(void **state)
{
    char dir[SCENE_PATH], name[64];
    static uint8_t bytes[SIZE_MAX_];
    pthread_t threads[READERS];
    struct reading readings[READERS];
    atomic_bool stop = false;
    unsigned seed = 7;
    scene_make(dir);
    struct store *store = kind->open(dir);
    for (unsigned i = 0; i < READERS; i++) {
        readings[i] = (struct reading){.store = store, .stop = &stop, .seed = i};
        assert_int_equal(pthread_create(&threads[i], NULL, read_on, &readings[i]), 0);
    }
    for (unsigned generation = 1; generation <= WRITES; generation++) {
        size_t len = VALUE_HEAD + (unsigned)rand_r(&seed) % (SIZE_MAX_ - VALUE_HEAD);
        name_of(name, generation % NAMES);
        value_make(bytes, len, generation);
        if (generation % 17 == 0)
            assert_int_equal(store_delete(store, name), 0);
        else
            assert_int_equal(store_put(store, name, bytes, len, false), 0);
    }
    atomic_store(&stop, true);
    for (unsigned i = 0; i < READERS; i++) {
        pthread_join(threads[i], NULL);
        if (readings[i].wrong)
            print_error("reader %u: %s\n", i, readings[i].wrong);
        assert_null(readings[i].wrong);
    }
    store_close(store);
    scene_drop(dir);
}

/* ---- crashes ---- */

/* Write for ever; each generation that is in the store is told on the pipe. */
static void write_on(const char *dir, int told, uint64_t generation)
{
    static uint8_t bytes[SIZE_MAX_];
    unsigned seed = (unsigned)generation;
    struct store *store = kind->open(dir);
    for (;; generation++) {
        char name[64];
        size_t len = VALUE_HEAD + (unsigned)rand_r(&seed) % (SIZE_MAX_ - VALUE_HEAD);
        name_of(name, generation % NAMES);
        value_make(bytes, len, generation);
        if (store_put(store, name, bytes, len, false) != 0 ||
            write(told, &generation, sizeof generation) != sizeof generation)
            _exit(1);
    }
}

static void after_a_kill_all_is_whole_and_nothing_told_is_lost(void **state)
{
    char dir[SCENE_PATH];
    uint64_t last = 0;
    unsigned seed = 11;
    scene_make(dir);
    for (int round = 0; round < 6; round++) {
        int told[2];
        uint64_t newest[NAMES] = {0}, generation;
        assert_int_equal(pipe(told), 0);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            close(told[0]);
            write_on(dir, told[1], last + 1);
        }
        close(told[1]);
        unsigned until = 1 + (unsigned)rand_r(&seed) % 40; /* that many, and then at any moment */
        for (unsigned i = 0; i < until; i++) {
            assert_int_equal(read(told[0], &generation, sizeof generation), sizeof generation);
            newest[generation % NAMES] = last = generation;
        }
        struct timespec pause = {.tv_nsec = (unsigned)rand_r(&seed) % 3000000};
        nanosleep(&pause, NULL);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        while (read(told[0], &generation, sizeof generation) == sizeof generation)
            newest[generation % NAMES] = last = generation;
        close(told[0]);
        struct store *store = kind->open(dir);
        for (unsigned i = 0; i < NAMES; i++) {
            char name[64];
            struct blob *blob;
            name_of(name, i);
            enum store_result result = store_get(store, name, &blob, NULL);
            assert_int_not_equal(result, STORE_ERROR);
            if (newest[i] > 0)
                assert_int_equal(result, STORE_FOUND);
            if (result != STORE_FOUND)
                continue;
            assert_true(value_whole(blob->bytes, blob->len, &generation));
            assert_true(generation >= newest[i]);
            if (generation > last) /* in the store, not told */
                last = generation;
            blob_release(blob);
        }
        store_close(store);
    }
    scene_drop(dir);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_is_got_until_it_is_deleted),
        cmocka_unit_test(a_get_says_when_it_was_put),
        cmocka_unit_test(empty_and_large_values_are_values),
        cmocka_unit_test(hostile_names_lead_nowhere),
        cmocka_unit_test(an_opened_picture_is_read_as_it_was_when_it_was_opened),
        cmocka_unit_test(readers_get_whole_pictures_while_one_writes),
        cmocka_unit_test(after_a_kill_all_is_whole_and_nothing_told_is_lost),
    };
    int failed = 0;
    for (kind = kinds; kind < kinds + KINDS; kind++) {
        print_message("store %s\n", kind->name);
        failed += cmocka_run_group_tests_name(kind->name, tests, NULL, NULL);
    }
    return failed;
}
