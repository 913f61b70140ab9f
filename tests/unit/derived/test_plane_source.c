/* SPDX-License-Identifier: ISC */
/* test_plane_source: a checkpoint of a plane that changes while it is saved, and the log after it,
 * make the same canvases as the log alone; and what pictures are told of the plane. */
#include "cmocka_all.h"
#include "derived/plane_source.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/canvas.h"
#include "core/edit.h"

enum { RECORDS = 800, EDITS = 20, POSITIONS = 7 };

static const struct position positions[POSITIONS] = {{0, 0}, {1, 0},        {0, 1},   {-1, -1},
                                                     {5, 5}, {-1024, 1023}, {1023, 0}};

/* A log of random edits; record i has the offset 3 * i, as if others lay between. */
struct log_of_test {
    struct record records[RECORDS];
    uint8_t values[RECORDS][POSITION_BYTES + EDIT_BYTES * EDITS];
    uint8_t genesis[GENESIS_BYTES];
};

/* A plane that a log is folded into. */
struct plane {
    struct metrics metrics;
    struct canvases *canvases;
    struct plane_source source;
    size_t next; /* record to fold */
};

struct world {
    char dir[64];
    struct log_of_test log;
    struct canvas one, other;
    uint64_t seed;
};

static uint32_t next_random(struct world *world)
{
    world->seed = world->seed * 6364136223846793005 + 1442695040888963407;
    return (uint32_t)(world->seed >> 33);
}

static uint64_t now_us(struct env *env)
{
    return 1000000;
}

static struct env env = {.now_us = now_us};

static int setup(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    world->seed = 3;
    strcpy(world->dir, "/tmp/placed-plane-source-XXXXXX");
    memset(world->log.genesis, 0x5a, GENESIS_BYTES);
    for (size_t i = 0; i < RECORDS; i++) {
        uint8_t *value = world->log.values[i];
        /* Not the last positions in the first half, so that some are painted only later. */
        position_store(value, positions[next_random(world) % (i < RECORDS / 2 ? 4 : POSITIONS)]);
        for (size_t k = 0; k < EDITS; k++)
            edit_store(value + POSITION_BYTES + EDIT_BYTES * k,
                       edit_pack(next_random(world) % 1000, next_random(world) % 1000,
                                 next_random(world) % 16));
        bool skipped = next_random(world) % 8 == 0;
        world->log.records[i] = (struct record){
            .offset = 3 * i,
            .time_ms = (int64_t)i,
            .value = {value, sizeof world->log.values[i] - skipped},
            .genesis = {i == 0 ? world->log.genesis : NULL, GENESIS_BYTES},
        };
    }
    *state = world;
    return mkdtemp(world->dir) ? 0 : -1;
}

static int teardown(void **state)
{
    struct world *world = *state;
    DIR *entries = opendir(world->dir);
    for (struct dirent *entry; entries && (entry = readdir(entries));)
        unlinkat(dirfd(entries), entry->d_name, 0);
    if (entries)
        closedir(entries);
    rmdir(world->dir);
    free(world);
    return 0;
}

static struct plane *plane_create(size_t w, size_t h)
{
    struct plane *plane = calloc(1, sizeof *plane);
    plane->canvases = canvases_create(w, h, &plane->metrics, &env, NULL);
    assert_non_null(plane->canvases);
    assert_int_equal(plane_source_init(&plane->source, plane->canvases, "cluster", "topic"), 0);
    return plane;
}

static void plane_destroy(struct plane *plane)
{
    plane_source_finish(&plane->source);
    canvases_destroy(plane->canvases);
    free(plane);
}

/* Fold n more records. */
static void fold(const struct world *world, struct plane *plane, size_t n)
{
    struct fold *fold = canvases_fold(plane->canvases);
    char error[FOLD_ERROR_BYTES];
    for (; n > 0 && plane->next < RECORDS; n--) {
        const struct record *record = &world->log.records[plane->next++];
        struct fold_record full = {
            .record = record, .edits = record_edits(record), .anchor = record_anchor(record)};
        assert_int_equal(fold->ops->record(fold, &full, error), 0);
    }
    fold->ops->delivered(fold);
}

static struct checkpoint *open_checkpoint(const struct world *world)
{
    char error[CHECKPOINT_ERROR_BYTES];
    struct checkpoint *checkpoint = checkpoint_open(world->dir, error);
    assert_non_null(checkpoint);
    return checkpoint;
}

static void expect_same(struct world *world, struct plane *one, struct plane *other)
{
    struct plane_state a, b;
    canvases_state(one->canvases, &a);
    canvases_state(other->canvases, &b);
    assert_true(a.version == b.version && anchor_equal(&a.anchor, &b.anchor));
    assert_true(a.has_genesis && b.has_genesis);
    assert_memory_equal(a.genesis, b.genesis, GENESIS_BYTES);
    for (size_t i = 0; i < POSITIONS; i++) {
        struct canvas_place *first = canvases_find(one->canvases, positions[i]);
        struct canvas_place *second = canvases_find(other->canvases, positions[i]);
        assert_true(first && second);
        place_copy(first, &world->one);
        place_copy(second, &world->other);
        assert_true(world->one.version == world->other.version);
        assert_true(world->one.checksum == world->other.checksum);
        assert_memory_equal(world->one.pixels, world->other.pixels, CANVAS_PIXELS);
    }
}

/* ---- checkpoints ---- */

/* A source before which the log goes on whenever it is asked for a canvas. */
struct busy_source {
    struct checkpoint_source source; /* first */
    struct world *world;
    struct plane *plane;
};

static struct checkpoint_source *quiet(struct checkpoint_source *base)
{
    struct busy_source *busy = (struct busy_source *)base;
    fold(busy->world, busy->plane, next_random(busy->world) % 12);
    return &busy->plane->source.checkpoint;
}

static bool busy_begin(struct checkpoint_source *base, struct checkpoint_plane *plane)
{
    struct checkpoint_source *source = quiet(base);
    bool result = source->begin(source, plane);
    quiet(base);
    return result;
}

static bool busy_look(struct checkpoint_source *base, size_t i, struct checkpoint_canvas *canvas)
{
    struct checkpoint_source *source = quiet(base);
    return source->look(source, i, canvas);
}

static void busy_copy(struct checkpoint_source *base, size_t i, struct checkpoint_canvas *canvas)
{
    struct checkpoint_source *source = quiet(base);
    source->copy(source, i, canvas);
}

static void busy_prove(struct checkpoint_source *base, struct anchor *anchor)
{
    struct checkpoint_source *source = quiet(base);
    source->prove(source, anchor);
}

/* A log that still has the record of the anchor has all that is in the canvases. */
static void expect_proven(struct plane *loaded, const struct checkpoint_plane *plane)
{
    assert_true(plane->anchor.offset + 1 >= plane->version);
    for (size_t i = 0; i < POSITIONS; i++) {
        struct canvas_place *place = canvases_find(loaded->canvases, positions[i]);
        assert_true(!place || place_version(place) <= plane->anchor.offset + 1);
    }
}

static void a_checkpoint_and_the_rest_of_the_log_are_the_whole_log(void **state)
{
    struct world *world = *state;
    char error[CHECKPOINT_ERROR_BYTES];
    struct plane *whole = plane_create(2, 2);
    fold(world, whole, RECORDS);
    struct checkpoint *checkpoint = open_checkpoint(world);
    for (int round = 0; round < 4; round++) {
        assert_int_equal(checkpoint_clear(checkpoint, error), 0);
        struct plane *saved = plane_create(2, 2);
        struct busy_source busy = {{busy_begin, busy_look, busy_copy, busy_prove}, world, saved};
        for (int save = 0; save < 4; save++) {
            size_t before = saved->next;
            assert_int_equal(checkpoint_save(checkpoint, &busy.source, error), 1);
            assert_true(saved->next > before); /* the log went on meanwhile */

            struct plane *loaded = plane_create(2, 2);
            struct checkpoint_plane state_;
            assert_int_equal(plane_source_load(&loaded->source, checkpoint, &state_),
                             CHECKPOINT_LOADED);
            assert_string_equal(state_.cluster, "cluster");
            assert_string_equal(state_.topic, "topic");
            assert_true(canvases_fold(loaded->canvases)->from == state_.version);
            expect_proven(loaded, &state_);
            while (world->log.records[loaded->next].offset < state_.version)
                loaded->next++;
            assert_true(loaded->next < saved->next);
            fold(world, loaded, RECORDS);
            expect_same(world, whole, loaded);
            plane_destroy(loaded);
        }
        plane_destroy(saved);
    }
    checkpoint_close(checkpoint);
    plane_destroy(whole);
}

static void blank_canvases_are_not_saved(void **state)
{
    struct world *world = *state;
    char error[CHECKPOINT_ERROR_BYTES];
    struct plane *plane = plane_create(2, 2);
    struct checkpoint_plane begun;
    struct checkpoint_canvas canvas;
    struct checkpoint_source *source = &plane->source.checkpoint;
    struct checkpoint *checkpoint = open_checkpoint(world);
    assert_int_equal(checkpoint_save(checkpoint, source, error), 1); /* of an empty log */
    fold(world, plane, 1);
    assert_true(source->begin(source, &begun));
    assert_true(begun.version == 1 && begun.has_genesis);
    assert_true(source->look(source, 0, &canvas));
    assert_true(canvas.version == 1);
    assert_false(source->look(source, 1, &canvas));
    checkpoint_close(checkpoint);
    plane_destroy(plane);
}

/* ---- pictures ---- */

static void pictures_are_told_of_the_plane(void **state)
{
    struct world *world = *state;
    struct plane *plane = plane_create(2, 2);
    struct picture_source *source = &plane->source.pictures;
    uint64_t version = 7;
    uint8_t genesis[GENESIS_BYTES];
    struct picture_canvas painted[8];
    assert_false(source->genesis(source, genesis));
    assert_true(source->version(source, (struct picture_name){0, 1, 1}, &version));
    assert_true(version == 0); /* open and blank */
    assert_true(source->version(source, (struct picture_name){1, 0, 0}, &version));
    assert_true(version == 0);
    assert_false(source->version(source, (struct picture_name){0, 2, 0}, &version));
    assert_false(source->version(source, (struct picture_name){1, 1, 0}, &version));
    assert_int_equal(source->painted(source, (struct picture_name){3, 0, 0}, painted, 8), 0);

    fold(world, plane, RECORDS);
    assert_true(source->genesis(source, genesis));
    assert_memory_equal(genesis, world->log.genesis, GENESIS_BYTES);
    for (size_t i = 0; i < POSITIONS; i++) {
        struct picture_name name = {0, positions[i].gx, positions[i].gy};
        assert_true(source->version(source, name, &version));
        assert_true(version == place_version(canvases_find(plane->canvases, positions[i])));
        source->copy(source, positions[i], &world->one);
        assert_true(world->one.version == version);
        assert_int_equal(source->painted(source, name, painted, 8), 1);
        assert_true(painted[0].version == version);
        assert_true(position_equal(painted[0].position, positions[i]));
    }
    /* A tile is as new as the newest below it: (0, 0), (1, 0), (0, 1) and (5, 5). */
    uint64_t newest = 0;
    for (size_t i = 0; i < POSITIONS; i++) {
        uint64_t one = place_version(canvases_find(plane->canvases, positions[i]));
        if (i != 3 && i < 5 && one > newest)
            newest = one;
    }
    assert_true(source->version(source, (struct picture_name){3, 0, 0}, &version));
    assert_true(version == newest);
    assert_int_equal(source->painted(source, (struct picture_name){3, 0, 0}, painted, 8), 4);
    assert_int_equal(source->painted(source, (struct picture_name){3, 0, 0}, painted, 2), 4);
    assert_int_equal(source->painted(source, (struct picture_name){3, 0, 0}, NULL, 0), 4);
    source->copy(source, (struct position){1, 1}, &world->one); /* open and blank */
    assert_true(world->one.version == 0 && world->one.pixels[4711] == 0);
    memset(&world->one, 7, sizeof world->one);
    source->copy(source, (struct position){9, 9}, &world->one); /* not there */
    assert_true(world->one.version == 0 && world->one.pixels[4711] == 0);
    plane_destroy(plane);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_checkpoint_and_the_rest_of_the_log_are_the_whole_log),
        TEST(blank_canvases_are_not_saved),
        TEST(pictures_are_told_of_the_plane),
    };
    return cmocka_run_group_tests_name("plane source", tests, NULL, NULL);
}
