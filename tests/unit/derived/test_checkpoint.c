/* SPDX-License-Identifier: ISC */
/* test_checkpoint: what was saved comes back, only what has changed is written, and what cannot be
 * believed is not. */
#include "checkpoint_world.h"

#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/bytes.h"
#include "core/crc32c.h"

/* The layout, written down a second time: a change of the format must break this test. */
enum {
    AT_FORMAT = 4,
    AT_PALETTE = 8,
    AT_VERSION = 16,
    AT_PIXELS = 32,
    CANVAS_BYTES = 500032,
    PLANE_BYTES = 400,
};

static const char ORIGIN_KEY[] = {'c', 0, 0, 0, 0};

/* ---- what was saved comes back ---- */

static void nothing_there_is_none(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = world_open(world);
    world_expect_none(world, checkpoint);
    checkpoint_close(checkpoint);
    checkpoint_close(NULL);
}

static void what_was_saved_comes_back(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = world_open(world);
    for (size_t n = 1; n <= 5; n++) {
        world_set(world, n, 40 + n);
        world_save(world, checkpoint, 41 + n);
        world_expect(world, checkpoint, 41 + n);
    }
    checkpoint_close(checkpoint);
    checkpoint = world_open(world);
    world_expect(world, checkpoint, 46);
    checkpoint_close(checkpoint);
}

/* The log has only records that are skipped. */
static void a_plane_without_canvases_comes_back(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = world_open(world);
    world_set(world, 0, 0);
    world_save(world, checkpoint, 7);
    world_expect(world, checkpoint, 7);
    checkpoint_close(checkpoint);
}

static void only_changed_canvases_are_written(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = world_open(world);
    world_set(world, 6, 10);
    world_save(world, checkpoint, 10);
    assert_int_equal(world->copies, 6);
    world_save(world, checkpoint, 11);
    assert_int_equal(world->copies, 0);
    world_expect(world, checkpoint, 11);
    world->versions[3] = 12;
    world->versions[5] = 13;
    world_save(world, checkpoint, 13);
    assert_int_equal(world->copies, 2);
    world_expect(world, checkpoint, 13);
    checkpoint_close(checkpoint);
    checkpoint = world_open(world); /* another process knows it too */
    world_save(world, checkpoint, 14);
    assert_int_equal(world->copies, 0);
    checkpoint_close(checkpoint);
}

static void nothing_is_written_when_nothing_was_read(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = world_open(world);
    world_set(world, 1, 10);
    assert_int_equal(world_try_save(world, checkpoint, 10), 1);
    assert_int_equal(world_try_save(world, checkpoint, 10), 0);
    assert_int_equal(world_try_save(world, checkpoint, 11), 1);
    assert_int_equal(checkpoint_clear(checkpoint, world->error), 0);
    assert_int_equal(world_try_save(world, checkpoint, 11), 1);
    world_expect(world, checkpoint, 11);
    checkpoint_close(checkpoint);
}

static void a_source_without_memory_saves_nothing(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = world_open(world);
    world_set(world, 1, 10);
    world_save(world, checkpoint, 10);
    atomic_store(&world->begin_fails, true);
    assert_int_equal(world_try_save(world, checkpoint, 11), -1);
    assert_non_null(strstr(world->error, "memory"));
    world_expect(world, checkpoint, 10);
    checkpoint_close(checkpoint);
}

/* The copy of a canvas is made later than the plane was looked at. */
static void canvases_may_be_newer_than_the_plane(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = world_open(world);
    world_set(world, 3, 90);
    world->newer_by = 20;
    world_save(world, checkpoint, 100);
    world_expect(world, checkpoint, 100);
    checkpoint_close(checkpoint);
}

/* The plane has painted a record that it does not yet count as read. */
static void a_proof_that_comes_late_is_waited_for(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = world_open(world);
    world_set(world, 3, 100);
    world->late_proofs = 3;
    world_save(world, checkpoint, 100);
    assert_int_equal(world->late_proofs, 0);
    world_expect(world, checkpoint, 100);
    checkpoint_close(checkpoint);
}

/* More than fit the address space that LMDB begins with, and more than go in one transaction. */
static void a_large_plane_comes_back(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = world_open(world);
    world_set(world, WORLD_CANVASES, 3);
    world_save(world, checkpoint, 5);
    assert_true(world->copies >= WORLD_CANVASES);
    world_expect(world, checkpoint, 5);
    checkpoint_close(checkpoint);
    checkpoint = world_open(world);
    world_set(world, WORLD_CANVASES, 6);
    world_save(world, checkpoint, 7);
    world_expect(world, checkpoint, 7);
    checkpoint_close(checkpoint);
}

static void a_sink_without_memory_is_told_apart(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = world_open(world);
    world_set(world, 3, 3);
    world_save(world, checkpoint, 3);
    world->sink_limit = 2;
    assert_int_equal(world_load(world, checkpoint), CHECKPOINT_NO_MEMORY);
    world->sink_limit = WORLD_CANVASES;
    world_expect(world, checkpoint, 3); /* it is still there */
    checkpoint_close(checkpoint);
}

static void clear_forgets_all(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = world_open(world);
    world_set(world, 3, 500);
    world_save(world, checkpoint, 600);
    assert_int_equal(checkpoint_clear(checkpoint, world->error), 0);
    world_expect_none(world, checkpoint);
    world_set(world, 2, 4); /* a plane that was rebuilt may be at lower versions */
    world_save(world, checkpoint, 5);
    world_expect(world, checkpoint, 5);
    checkpoint_close(checkpoint);
}

static void long_names_are_cut(void **state)
{
    struct world *world = *state;
    struct checkpoint_plane *plane = &world->saving;
    *plane = world_plane(3);
    memset(plane->cluster, 'x', sizeof plane->cluster); /* not even terminated */
    memset(plane->topic, 'x', sizeof plane->topic);
    struct checkpoint *checkpoint = world_open(world);
    assert_int_equal(checkpoint_save(checkpoint, &world->source, world->error), 1);
    assert_int_equal(world_load(world, checkpoint), CHECKPOINT_LOADED);
    assert_int_equal(strlen(world->plane.cluster), sizeof plane->cluster - 1);
    assert_int_equal(strlen(world->plane.topic), sizeof plane->topic - 1);
    checkpoint_close(checkpoint);
}

/* ---- what cannot be believed ---- */

/* What happens to the store behind the checkpoint's back. */
struct store {
    MDB_txn *txn;
    MDB_dbi dbi;
};

static void put(struct store *store, const void *key, size_t key_len, const void *bytes, size_t len)
{
    MDB_val k = {key_len, (void *)(uintptr_t)key}, v = {len, (void *)(uintptr_t)bytes};
    assert_int_equal(mdb_put(store->txn, store->dbi, &k, &v, 0), 0);
}

/* A copy of an entry, for free(). */
static uint8_t *get(struct store *store, const void *key, size_t key_len, size_t expected)
{
    MDB_val k = {key_len, (void *)(uintptr_t)key}, v;
    assert_int_equal(mdb_get(store->txn, store->dbi, &k, &v), 0);
    assert_int_equal(v.mv_size, expected);
    uint8_t *copy = malloc(expected);
    memcpy(copy, v.mv_data, expected);
    return copy;
}

static void put_sealed(struct store *store, const void *key, size_t key_len, uint8_t *bytes,
                       size_t len)
{
    store_u32(bytes, crc32c(0, bytes + 4, len - 4));
    put(store, key, key_len, bytes, len);
    free(bytes);
}

static void flip_a_pixel(struct store *store)
{
    uint8_t *entry = get(store, ORIGIN_KEY, 5, CANVAS_BYTES);
    entry[AT_PIXELS + 123456] ^= 4;
    put(store, ORIGIN_KEY, 5, entry, CANVAS_BYTES);
    free(entry);
}

/* Nothing but the CRC knows of it: the checksum is one of the pixels. */
static void flip_a_bit_of_a_version(struct store *store)
{
    uint8_t *entry = get(store, ORIGIN_KEY, 5, CANVAS_BYTES);
    entry[AT_VERSION] ^= 1;
    put(store, ORIGIN_KEY, 5, entry, CANVAS_BYTES);
    free(entry);
}

static void flip_a_bit_of_the_anchor(struct store *store)
{
    uint8_t *entry = get(store, "p", 1, PLANE_BYTES);
    entry[32] ^= 1;
    put(store, "p", 1, entry, PLANE_BYTES);
    free(entry);
}

static void raise_the_format_of_a_canvas(struct store *store)
{
    uint8_t *entry = get(store, ORIGIN_KEY, 5, CANVAS_BYTES);
    entry[AT_FORMAT]++;
    put_sealed(store, ORIGIN_KEY, 5, entry, CANVAS_BYTES);
}

static void raise_the_format_of_the_plane(struct store *store)
{
    uint8_t *entry = get(store, "p", 1, PLANE_BYTES);
    entry[AT_FORMAT]++;
    put_sealed(store, "p", 1, entry, PLANE_BYTES);
}

static void change_the_palette(struct store *store)
{
    uint8_t *entry = get(store, "p", 1, PLANE_BYTES);
    entry[AT_PALETTE]++;
    put_sealed(store, "p", 1, entry, PLANE_BYTES);
}

static void move_the_anchor(struct store *store)
{
    uint8_t *entry = get(store, "p", 1, PLANE_BYTES);
    store_u64(entry + 24, load_u64(entry + AT_VERSION) - 2); /* a record too early */
    put_sealed(store, "p", 1, entry, PLANE_BYTES);
}

/* Put the only canvas, whole by its CRC, and make the plane's entry agree. */
static void put_with_digest(struct store *store, const void *key, uint8_t *entry)
{
    uint8_t *plane = get(store, "p", 1, PLANE_BYTES);
    store_u32(entry, crc32c(0, entry + 4, CANVAS_BYTES - 4));
    store_u32(plane + 68, crc32c(0, entry, 4));
    put(store, key, 5, entry, CANVAS_BYTES);
    put_sealed(store, "p", 1, plane, PLANE_BYTES);
    free(entry);
}

/* Pixels that the checksum does not know: a bug of ours, or a fault of the memory before it was
 * saved. */
static void change_a_pixel(struct store *store)
{
    uint8_t *entry = get(store, ORIGIN_KEY, 5, CANVAS_BYTES);
    entry[AT_PIXELS] ^= 1;
    put_with_digest(store, ORIGIN_KEY, entry);
}

static void shorten_a_canvas(struct store *store)
{
    uint8_t *entry = get(store, ORIGIN_KEY, 5, CANVAS_BYTES);
    put_sealed(store, ORIGIN_KEY, 5, entry, CANVAS_BYTES - 1);
}

static void empty_a_canvas(struct store *store)
{
    put(store, ORIGIN_KEY, 5, "", 0);
}

static void shorten_the_plane(struct store *store)
{
    put_sealed(store, "p", 1, get(store, "p", 1, PLANE_BYTES), PLANE_BYTES - 1);
}

static void delete_the_plane(struct store *store)
{
    MDB_val key = {1, (void *)(uintptr_t) "p"};
    assert_int_equal(mdb_del(store->txn, store->dbi, &key, NULL), 0);
}

static void delete_a_canvas(struct store *store)
{
    MDB_val key = {5, (void *)(uintptr_t)ORIGIN_KEY};
    assert_int_equal(mdb_del(store->txn, store->dbi, &key, NULL), 0);
}

static void rename_a_canvas(struct store *store)
{
    static const char other[] = {'c', 9, 0, 9, 0};
    uint8_t *entry = get(store, ORIGIN_KEY, 5, CANVAS_BYTES);
    delete_a_canvas(store);
    put(store, other, 5, entry, CANVAS_BYTES);
    free(entry);
}

static void move_the_canvas_off_the_plane(struct store *store)
{
    static const char other[] = {'c', 0, 4, 0, 0}; /* gx = 1024 */
    uint8_t *entry = get(store, ORIGIN_KEY, 5, CANVAS_BYTES);
    delete_a_canvas(store);
    memcpy(entry + 8, other + 1, 4);
    put_with_digest(store, other, entry);
}

static void add_an_unknown_entry(struct store *store)
{
    put(store, "what", 4, "ever", 4);
}

/* What a wrong pointer between LMDB's pages would show: whole, but of another time. */
static uint8_t former_canvas[CANVAS_BYTES];

static void keep_a_canvas(struct store *store)
{
    uint8_t *entry = get(store, ORIGIN_KEY, 5, CANVAS_BYTES);
    memcpy(former_canvas, entry, CANVAS_BYTES);
    free(entry);
}

static void put_the_former_canvas(struct store *store)
{
    put(store, ORIGIN_KEY, 5, former_canvas, CANVAS_BYTES);
}

static void tamper(struct world *world, void (*change)(struct store *store))
{
    MDB_env *env;
    struct store store;
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_mapsize(env, 64 << 20), 0);
    assert_int_equal(mdb_env_open(env, world->dir, 0, 0644), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &store.txn), 0);
    assert_int_equal(mdb_dbi_open(store.txn, NULL, 0, &store.dbi), 0);
    change(&store);
    assert_int_equal(mdb_txn_commit(store.txn), 0);
    mdb_env_close(env);
}

static void what_is_doubtful_is_dropped_as_a_whole(void **state)
{
    static const struct {
        const char *name;
        void (*change)(struct store *store);
    } changes[] = {
#define CHANGE(function) {#function, function}
        CHANGE(flip_a_pixel),
        CHANGE(flip_a_bit_of_a_version),
        CHANGE(flip_a_bit_of_the_anchor),
        CHANGE(raise_the_format_of_a_canvas),
        CHANGE(raise_the_format_of_the_plane),
        CHANGE(change_the_palette),
        CHANGE(move_the_anchor),
        CHANGE(change_a_pixel),
        CHANGE(shorten_a_canvas),
        CHANGE(empty_a_canvas),
        CHANGE(shorten_the_plane),
        CHANGE(delete_the_plane),
        CHANGE(delete_a_canvas),
        CHANGE(rename_a_canvas),
        CHANGE(move_the_canvas_off_the_plane),
        CHANGE(add_an_unknown_entry),
        CHANGE(put_the_former_canvas),
#undef CHANGE
    };
    struct world *world = *state;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        /* One canvas for the changes that must know the digest, several for the others. */
        bool alone = changes[i].change == change_a_pixel ||
                     changes[i].change == move_the_canvas_off_the_plane;
        size_t n = alone ? 1 : 3;
        struct checkpoint *checkpoint = world_open(world);
        world_set(world, n, 10);
        world_save(world, checkpoint, 11);
        checkpoint_close(checkpoint);
        tamper(world, keep_a_canvas);
        checkpoint = world_open(world);
        world_set(world, n, 20);
        world_save(world, checkpoint, 21);
        world_expect(world, checkpoint, 21);
        checkpoint_close(checkpoint);

        tamper(world, changes[i].change);
        checkpoint = world_open(world);
        if (world_load(world, checkpoint) != CHECKPOINT_NONE || world->n_loaded != 0)
            fail_msg("%s: it is believed", changes[i].name);
        assert_int_equal(access(world->aside, F_OK), 0);

        world_set(world, n, 30); /* and a new one begins */
        world_save(world, checkpoint, 31);
        assert_int_equal(world->copies, n);
        world_expect(world, checkpoint, 31);
        checkpoint_close(checkpoint);
        world_remove_files(world);
    }
}

static void put_the_slots_of_the_former_format(struct store *store)
{
    static uint8_t slot[500396] = "plcdckpt";
    MDB_val key = {1, (void *)(uintptr_t) "p"};
    delete_a_canvas(store);
    assert_int_equal(mdb_del(store->txn, store->dbi, &key, NULL), 0);
    put(store, "0", 1, slot, sizeof slot);
    put(store, "1", 1, slot, sizeof slot);
}

/* An upgrade is no damage: nothing is kept, nothing is warned of. */
static void the_former_format_is_dropped_once(void **state)
{
    struct world *world = *state;
    struct checkpoint *checkpoint = world_open(world);
    world_set(world, 1, 10);
    world_save(world, checkpoint, 10);
    checkpoint_close(checkpoint);
    tamper(world, put_the_slots_of_the_former_format);
    checkpoint = world_open(world);
    world_expect_none(world, checkpoint);
    assert_int_equal(access(world->aside, F_OK), -1);
    world_save(world, checkpoint, 12);
    world_expect(world, checkpoint, 12);
    checkpoint_close(checkpoint);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(nothing_there_is_none),
        WORLD_TEST(what_was_saved_comes_back),
        WORLD_TEST(a_plane_without_canvases_comes_back),
        WORLD_TEST(only_changed_canvases_are_written),
        WORLD_TEST(nothing_is_written_when_nothing_was_read),
        WORLD_TEST(a_source_without_memory_saves_nothing),
        WORLD_TEST(canvases_may_be_newer_than_the_plane),
        WORLD_TEST(a_proof_that_comes_late_is_waited_for),
        WORLD_TEST(a_large_plane_comes_back),
        WORLD_TEST(a_sink_without_memory_is_told_apart),
        WORLD_TEST(clear_forgets_all),
        WORLD_TEST(long_names_are_cut),
        WORLD_TEST(what_is_doubtful_is_dropped_as_a_whole),
        WORLD_TEST(the_former_format_is_dropped_once),
    };
    return cmocka_run_group_tests_name("checkpoint", tests, NULL, NULL);
}
