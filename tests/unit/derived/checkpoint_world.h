/* SPDX-License-Identifier: ISC */
/* checkpoint_world: a plane of canvases to save, and a place to load them to. For the tests. */
#ifndef PLACED_TESTS_CHECKPOINT_WORLD_H
#define PLACED_TESTS_CHECKPOINT_WORLD_H

#include <stdatomic.h>

#include "cmocka_all.h"
#include "core/canvas.h"
#include "derived/checkpoint.h"

enum { WORLD_CANVASES = 160 };

struct world {
    char dir[64], file[80], aside[100]; /* the store, its file, and where a damaged one goes */
    char error[CHECKPOINT_ERROR_BYTES];
    struct checkpoint_source source;
    struct checkpoint_sink sink;
    /* To be saved. Canvas i lies at world_position(i) and has versions[i]. */
    struct checkpoint_plane saving;
    atomic_bool begin_fails;
    int late_proofs; /* so many times the proof is not as new as the copies */
    size_t n;
    uint64_t versions[WORLD_CANVASES];
    size_t copies;       /* how many the source has given */
    size_t exit_at_copy; /* end the process at this one; 0: do not */
    uint64_t newer_by;   /* a copy is of a version that much after what was looked at */
    uint8_t pixels[CANVAS_PIXELS];
    /* Loaded. */
    struct checkpoint_plane plane;
    size_t n_loaded, sink_limit;
    struct checkpoint_canvas loaded[WORLD_CANVASES];
    uint8_t *loaded_pixels[WORLD_CANVASES];
};

int world_setup(void **state);
int world_teardown(void **state);
#define WORLD_TEST(function) cmocka_unit_test_setup_teardown(function, world_setup, world_teardown)

struct position world_position(size_t i);

/* The pixels of a canvas at a version: no two are the same. And their checksum. */
uint64_t world_paint(uint8_t *pixels, struct position position, uint64_t version);

/* A plane at a version, all of its fields other than at any other version. */
struct checkpoint_plane world_plane(uint64_t version);

/* The plane at `version` with n canvases, all of that version. */
void world_set(struct world *world, size_t n, uint64_t version);

struct checkpoint *world_open(struct world *world);
void world_save(struct world *world, struct checkpoint *checkpoint, uint64_t version);
/* The same, whatever comes of it. */
int world_try_save(struct world *world, struct checkpoint *checkpoint, uint64_t version);
enum checkpoint_load world_load(struct world *world, struct checkpoint *checkpoint);

/* It loads, the plane is at `version`, and every canvas has the pixels of the version that it says,
 * which is in the world's versions. */
void world_expect(struct world *world, struct checkpoint *checkpoint, uint64_t version);
/* Nothing loads. */
void world_expect_none(struct world *world, struct checkpoint *checkpoint);
/* The loaded canvases have the pixels of the versions that they say. */
void world_expect_whole_canvases(const struct world *world);

long world_file_bytes(const struct world *world);
void world_remove_files(struct world *world);

#endif
