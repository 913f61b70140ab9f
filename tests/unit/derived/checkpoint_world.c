/* SPDX-License-Identifier: ISC */
/* checkpoint_world: see checkpoint_world.h. */
#include "checkpoint_world.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/checksum.h"

struct position world_position(size_t i)
{
    static const struct position corners[] = {{0, 0}, {-1024, -1024}, {1023, 1023}, {-1, 1023}};
    if (i < sizeof corners / sizeof *corners)
        return corners[i];
    return (struct position){(int16_t)(i % 20), (int16_t) - (int)(i / 20) - 1};
}

uint64_t world_paint(uint8_t *pixels, struct position position, uint64_t version)
{
    uint64_t state =
        (version << 24 ^ (uint64_t)(uint16_t)position.gx << 12 ^ (uint64_t)(uint16_t)position.gy) *
            0x9e3779b97f4a7c15 +
        1;
    for (size_t i = 0; i < CANVAS_PIXELS; i += sizeof state) {
        state = state * 6364136223846793005 + 1442695040888963407;
        uint64_t eight = (state >> 7) & 0x0f0f0f0f0f0f0f0f;
        memcpy(pixels + i, &eight, sizeof eight);
    }
    return canvas_checksum(pixels);
}

struct checkpoint_plane world_plane(uint64_t version)
{
    struct checkpoint_plane plane = {
        .version = version,
        .anchor = {version - 1, -(int64_t)version, (uint32_t)version * 2654435761u},
        .has_genesis = version % 2,
        .cluster = "cluster-of-a-test",
        .topic = "topic.of.a.test",
    };
    if (plane.has_genesis)
        memset(plane.genesis, (int)version, GENESIS_BYTES);
    return plane;
}

static struct world *of_source(struct checkpoint_source *source)
{
    return (struct world *)((char *)source - offsetof(struct world, source));
}

static bool begin(struct checkpoint_source *source, struct checkpoint_plane *plane)
{
    *plane = of_source(source)->saving;
    return !atomic_load(&of_source(source)->begin_fails);
}

static bool look(struct checkpoint_source *source, size_t i, struct checkpoint_canvas *canvas)
{
    struct world *world = of_source(source);
    if (i >= world->n)
        return false;
    *canvas =
        (struct checkpoint_canvas){.position = world_position(i), .version = world->versions[i]};
    return true;
}

static void copy(struct checkpoint_source *source, size_t i, struct checkpoint_canvas *canvas)
{
    struct world *world = of_source(source);
    if (++world->copies == world->exit_at_copy)
        _exit(0);
    canvas->position = world_position(i);
    canvas->version = world->versions[i] + world->newer_by;
    canvas->checksum = world_paint(world->pixels, canvas->position, canvas->version);
    canvas->pixels = world->pixels;
}

/* As far as the copies are newer than the plane. */
static void prove(struct checkpoint_source *source, struct anchor *anchor)
{
    struct world *world = of_source(source);
    *anchor = world->saving.anchor;
    anchor->offset += world->newer_by;
    if (world->late_proofs > 0) {
        world->late_proofs--;
        anchor->offset--;
    }
}

static bool take(struct checkpoint_sink *sink, const struct checkpoint_canvas *canvas)
{
    struct world *world = (struct world *)((char *)sink - offsetof(struct world, sink));
    if (world->n_loaded == world->sink_limit)
        return false;
    size_t i = world->n_loaded++;
    world->loaded[i] = *canvas;
    if (!world->loaded_pixels[i])
        world->loaded_pixels[i] = malloc(CANVAS_PIXELS);
    assert_non_null(world->loaded_pixels[i]);
    assert_ptr_equal(canvas->pixels, world->pixels);
    memcpy(world->loaded_pixels[i], canvas->pixels, CANVAS_PIXELS);
    world->loaded[i].pixels = world->loaded_pixels[i];
    return true;
}

int world_setup(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    strcpy(world->dir, "/tmp/placed-checkpoint-XXXXXX");
    *state = world;
    if (!mkdtemp(world->dir))
        return -1;
    snprintf(world->file, sizeof world->file, "%s/data.mdb", world->dir);
    snprintf(world->aside, sizeof world->aside, "%s.damaged", world->file);
    world->source =
        (struct checkpoint_source){.begin = begin, .look = look, .copy = copy, .prove = prove};
    world->sink = (struct checkpoint_sink){.pixels = world->pixels, .take = take};
    world->sink_limit = WORLD_CANVASES;
    return 0;
}

void world_remove_files(struct world *world)
{
    DIR *entries = opendir(world->dir);
    for (struct dirent *entry; entries && (entry = readdir(entries));)
        unlinkat(dirfd(entries), entry->d_name, 0);
    if (entries)
        closedir(entries);
}

int world_teardown(void **state)
{
    struct world *world = *state;
    world_remove_files(world);
    rmdir(world->dir);
    for (size_t i = 0; i < WORLD_CANVASES; i++)
        free(world->loaded_pixels[i]);
    free(world);
    return 0;
}

void world_set(struct world *world, size_t n, uint64_t version)
{
    world->n = n;
    for (size_t i = 0; i < n; i++)
        world->versions[i] = version;
}

struct checkpoint *world_open(struct world *world)
{
    struct checkpoint *checkpoint = checkpoint_open(world->dir, world->error);
    if (!checkpoint)
        fail_msg("%s", world->error);
    return checkpoint;
}

void world_save(struct world *world, struct checkpoint *checkpoint, uint64_t version)
{
    if (world_try_save(world, checkpoint, version) < 0)
        fail_msg("%s", world->error);
}

int world_try_save(struct world *world, struct checkpoint *checkpoint, uint64_t version)
{
    world->saving = world_plane(version);
    world->copies = 0;
    return checkpoint_save(checkpoint, &world->source, world->error);
}

enum checkpoint_load world_load(struct world *world, struct checkpoint *checkpoint)
{
    world->n_loaded = 0;
    memset(&world->plane, 7, sizeof world->plane);
    return checkpoint_load(checkpoint, &world->plane, &world->sink);
}

void world_expect_whole_canvases(const struct world *world)
{
    uint8_t *expected = malloc(CANVAS_PIXELS);
    for (size_t i = 0; i < world->n_loaded; i++) {
        const struct checkpoint_canvas *canvas = &world->loaded[i];
        assert_true(world_paint(expected, canvas->position, canvas->version) == canvas->checksum);
        assert_memory_equal(canvas->pixels, expected, CANVAS_PIXELS);
        for (size_t other = 0; other < i; other++)
            assert_false(position_equal(canvas->position, world->loaded[other].position));
    }
    free(expected);
}

void world_expect(struct world *world, struct checkpoint *checkpoint, uint64_t version)
{
    struct checkpoint_plane expected = world_plane(version);
    assert_int_equal(world_load(world, checkpoint), CHECKPOINT_LOADED);
    assert_true(world->plane.version == version);
    expected.anchor.offset += world->newer_by;
    assert_true(anchor_equal(&world->plane.anchor, &expected.anchor));
    assert_int_equal(world->plane.has_genesis, expected.has_genesis);
    assert_memory_equal(world->plane.genesis, expected.genesis, GENESIS_BYTES);
    assert_string_equal(world->plane.cluster, expected.cluster);
    assert_string_equal(world->plane.topic, expected.topic);
    assert_int_equal(world->n_loaded, world->n);
    world_expect_whole_canvases(world);
    for (size_t i = 0; i < world->n; i++) {
        size_t at = 0;
        while (at < world->n && !position_equal(world->loaded[at].position, world_position(i)))
            at++;
        assert_true(at < world->n);
        assert_true(world->loaded[at].version == world->versions[i] + world->newer_by);
    }
}

void world_expect_none(struct world *world, struct checkpoint *checkpoint)
{
    assert_int_equal(world_load(world, checkpoint), CHECKPOINT_NONE);
    assert_int_equal(world->n_loaded, 0);
    assert_true(world->plane.version == 0 && !world->plane.has_genesis);
}

long world_file_bytes(const struct world *world)
{
    struct stat stat_;
    return stat(world->file, &stat_) == 0 ? (long)stat_.st_size : -1;
}
