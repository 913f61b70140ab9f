/* SPDX-License-Identifier: ISC */
/* scene: one open log of a world in a test, and how records are appended to it and awaited. */
#ifndef PLACED_TESTS_LOG_SCENE_H
#define PLACED_TESTS_LOG_SCENE_H

#include "collector.h"
#include "world.h"

/* An empty store and one open log on it. */
struct scene {
    const struct world *world;
    void *store;
    struct opened *o;
    struct collector *c;
};

struct scene scene_make(const struct world *world);
void scene_drop(struct scene *s);

/* Open the log of a store once more, and seek. */
struct opened *open_at(const struct world *world, void *store, struct collector *c,
                       uint64_t offset);

/* A poll that must not fail; time goes on. How many records it delivered. */
size_t poll_once(struct scene *s, int timeout_ms);

/* Until so many outcomes are reported and so many records delivered. */
void wait_for(struct scene *s, size_t reported, size_t records);

/* Until it is accepted. */
void append(struct scene *s, const struct log_batch *batch);

/* Append batches 1 to n of changing sizes, about `size` edits. */
void append_many(struct scene *s, uint64_t nonce, size_t n, size_t size);

/* All that append_many appended came back, in order and nothing else. */
void check_order(struct scene *s, uint64_t nonce, size_t n, size_t size);

#endif
