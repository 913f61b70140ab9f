/* SPDX-License-Identifier: ISC */
/* build_world: see build_world.h. The format is written here a second time, from PROTOCOL.md. */
#include "build_world.h"

#include <dirent.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/canvas.h"
#include "core/edit.h"
#include "history/store_read.h"

/* ---- the log ---- */

static uint64_t now_us(struct env *env)
{
    return ((struct world *)((char *)env - offsetof(struct world, env)))->now_us;
}

static void no_random(struct env *env, void *bytes, size_t len)
{
    memset(bytes, 0, len); /* the log has no faults */
}

uint64_t world_random(struct world *world, uint64_t below)
{
    world->random = world->random * 6364136223846793005 + 1442695040888963407;
    return (world->random >> 33) % below;
}

static void put(struct world *world, const uint8_t *value, size_t len)
{
    world->now_us += 1000 * world_random(world, 50);
    memory_partition_put(world->partition, (struct span){value, len});
    world->high++;
}

void world_put(struct world *world, struct position position, uint32_t n)
{
    assert_true(world->n < WORLD_RECORDS_MAX);
    uint8_t *value = malloc(4 + 3 * (size_t)n), *edits = value + 4;
    value[0] = (uint8_t)position.gx;
    value[1] = (uint8_t)((uint16_t)position.gx >> 8);
    value[2] = (uint8_t)position.gy;
    value[3] = (uint8_t)((uint16_t)position.gy >> 8);
    for (size_t i = 0; i < n; i++) {
        uint32_t x = (uint32_t)world_random(world, 1000), y = (uint32_t)world_random(world, 1000);
        edit_store(edits + 3 * i, edit_pack(x, y, (uint32_t)world_random(world, 16)));
    }
    bool home = position.gx == 0 && position.gy == 0;
    put(world, home ? edits : value, (home ? 0 : 4) + 3 * (size_t)n);
    struct world_record *record = &world->records[world->n++];
    *record = (struct world_record){.position = position,
                                    .offset = world->high - 1,
                                    .time_ms = (int64_t)(world->now_us / 1000),
                                    .n = n,
                                    .edits = malloc(3 * (size_t)n)};
    memcpy(record->edits, edits, 3 * (size_t)n);
    free(value);
}

void world_put_garbage(struct world *world)
{
    static const uint8_t outside[6] = {0, 0, 0, 0xff, 0xff, 0xff};
    put(world, outside, world_random(world, 2) ? 6 : 5);
}

void world_paint(struct world *world, struct position position, size_t edits, uint32_t most)
{
    for (size_t done = 0; done < edits;) {
        uint32_t n = 1 + (uint32_t)world_random(world, most);
        world_put(world, position, n);
        done += n;
    }
}

static void open_log(struct world *world)
{
    world->partition = memory_partition_create(&world->env, (struct memory_faults){0});
    world->log = log_memory_open(world->partition);
    world->n = 0;
    world->high = 0;
}

static void close_log(struct world *world)
{
    log_close(world->log);
    memory_partition_destroy(world->partition);
    for (size_t i = 0; i < world->n; i++)
        free(world->records[i].edits);
}

void world_replace_log(struct world *world)
{
    assert_null(world->reader);
    close_log(world);
    open_log(world);
}

/* ---- the build ---- */

static void published(void *whom)
{
    ((struct world *)whom)->published++;
}

enum reader_result world_start(struct world *world)
{
    struct reader_proof proof;
    char error[LOG_ERROR_BYTES];
    assert_null(world->build);
    if (!world->store)
        world->store = store_create(world->root);
    world->build = build_create(&(struct build_config){.store = world->store,
                                                       .metrics = &world->metrics,
                                                       .publish_ms = world->publish_ms,
                                                       .published = published,
                                                       .whom = world});
    if (build_load(world->build, world->genesis, log_identify(world->log), &world->stop) != 0)
        return READER_FAILED;
    world->from = build_fold(world->build)->from;
    world->reader = reader_create(world->log, error);
    reader_silence(world->reader);
    reader_add(world->reader, build_fold(world->build));
    bool proven = build_proof(world->build, &proof);
    enum reader_result result = reader_start(world->reader, proven ? &proof : NULL, &world->stop);
    return result == READER_OK && build_tick(world->build) != 0 ? READER_FAILED : result;
}

enum reader_result world_read(struct world *world)
{
    size_t delivered = 1;
    enum reader_result result = READER_OK;
    while (result == READER_OK && delivered > 0)
        result = reader_step(world->reader, 0, &delivered);
    return result == READER_OK && build_tick(world->build) != 0 ? READER_FAILED : result;
}

void world_kill(struct world *world)
{
    reader_destroy(world->reader);
    build_destroy(world->build);
    store_destroy(world->store);
    world->reader = NULL;
    world->build = NULL;
    world->store = NULL;
}

void world_stop(struct world *world)
{
    assert_int_equal(build_flush(world->build), 0);
    world_kill(world);
}

/* ---- what it has to be ---- */

static void put_number(uint8_t **at, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        *(*at)++ = (uint8_t)(value >> 8 * i);
}

/* The records of block `number`: from the first one, *n of them, before it the version *from. */
static const struct world_record **records_of(const struct world *world, struct position position,
                                              uint64_t number, size_t *n, uint64_t *from,
                                              uint64_t *edits)
{
    const struct world_record **found = malloc((world->n + 1) * sizeof *found);
    uint64_t block = 0;
    *n = 0;
    *from = *edits = 0;
    for (size_t i = 0; i < world->n && block <= number; i++) {
        const struct world_record *record = &world->records[i];
        if (!position_equal(record->position, position))
            continue;
        found[(*n)++] = record;
        *edits += record->n;
        if (*edits >= 65536) {
            if (block++ == number)
                break;
            *n = 0;
            *edits = 0;
            *from = record->offset + 1;
        }
    }
    if (block < number)
        *n = 0;
    return found;
}

uint8_t *world_block(const struct world *world, struct position position, uint64_t number,
                     size_t *len)
{
    size_t n;
    uint64_t from, edits;
    const struct world_record **records = records_of(world, position, number, &n, &from, &edits);
    *len = 64 + 20 * n + 3 * edits;
    uint8_t *bytes = malloc(*len), *at = bytes;
    memcpy(at, "placedhb", 8);
    at += 8;
    put_number(&at, 1, 2);
    put_number(&at, (uint16_t)position.gx, 2);
    put_number(&at, (uint16_t)position.gy, 2);
    put_number(&at, 0, 2);
    memcpy(at, world->genesis, 16);
    at += 16;
    put_number(&at, number, 8);
    put_number(&at, from, 8);
    put_number(&at, n ? records[n - 1]->offset + 1 : from, 8);
    put_number(&at, n, 4);
    put_number(&at, edits, 4);
    for (size_t i = 0; i < n; i++)
        put_number(&at, records[i]->offset, 8);
    for (size_t i = 0; i < n; i++)
        put_number(&at, (uint64_t)records[i]->time_ms, 8);
    for (size_t i = 0; i < n; i++)
        put_number(&at, records[i]->n, 4);
    for (size_t i = 0; i < n; i++) {
        memcpy(at, records[i]->edits, 3 * (size_t)records[i]->n);
        at += 3 * (size_t)records[i]->n;
    }
    assert_int_equal(at - bytes, *len);
    free(records);
    return bytes;
}

void world_pixels(const struct world *world, struct position position, uint64_t version,
                  uint8_t *pixels)
{
    memset(pixels, 0, CANVAS_PIXELS);
    for (size_t i = 0; i < world->n && world->records[i].offset < version; i++) {
        const struct world_record *record = &world->records[i];
        for (size_t j = 0; position_equal(record->position, position) && j < record->n; j++) {
            uint32_t word = edit_load(record->edits + 3 * j);
            pixels[edit_y(word) * 1000 + edit_x(word)] = (uint8_t)edit_colour(word);
        }
    }
}

/* ---- comparing ---- */

static void expect_block(struct world *world, const struct store_canvas *canvas, uint64_t number,
                         uint8_t chain[32])
{
    size_t len, got_len;
    uint8_t *expected = world_block(world, canvas->position, number, &len), *got;
    assert_int_equal(store_read_block(world->store, canvas->position, number, &got, &got_len),
                     STORE_OK);
    assert_int_equal(got_len, len);
    assert_memory_equal(got, expected, len);
    struct block block;
    assert_null(block_parse(&block, got, got_len));
    assert_int_equal(block_complete(&block), number < canvas->n_blocks);
    struct store_row row;
    bool complete = store_row(world->store, canvas->position, number, &row);
    assert_int_equal(complete, number < canvas->n_blocks);
    if (complete) {
        uint8_t both[64];
        memcpy(both, chain, 32);
        crypto_hash_sha256(both + 32, expected, len);
        crypto_hash_sha256(chain, both, sizeof both);
        assert_memory_equal(row.sha256, both + 32, 32);
        assert_memory_equal(row.chain, chain, 32);
        assert_true(row.from == block.head.from && row.to == block.head.to);
        assert_true(row.records == block.head.n_records && row.edits == block.head.n_edits);
        assert_true(row.bytes == len && row.time == block_time(&block, 0) &&
                    row.time_to == block_time(&block, block.head.n_records - 1));
    }
    free(got);
    free(expected);
}

/* One keyframe and what comes after it is the canvas as it is now. */
static void expect_pixels(struct world *world, const struct store_canvas *canvas, uint64_t number)
{
    uint8_t *pixels = malloc(CANVAS_PIXELS), *expected = malloc(CANVAS_PIXELS);
    uint64_t before;
    assert_int_equal(store_read_keyframe(world->store, canvas->position, number, pixels, &before),
                     STORE_OK);
    assert_int_equal(before, number / 16 * 16);
    for (uint64_t i = before; i <= canvas->n_blocks; i++) {
        uint8_t *bytes;
        size_t len;
        struct block block;
        assert_int_equal(store_read_block(world->store, canvas->position, i, &bytes, &len),
                         STORE_OK);
        assert_null(block_parse(&block, bytes, len));
        block_apply(&block, block.head.n_records, pixels);
        free(bytes);
    }
    world_pixels(world, canvas->position, UINT64_MAX, expected);
    assert_memory_equal(pixels, expected, CANVAS_PIXELS);
    free(pixels);
    free(expected);
}

/* The samples that the records give, at the step that it says; and half of it would be too many. */
static void expect_activity(struct world *world, const struct store_canvas *canvas)
{
    struct store_details *details;
    assert_int_equal(store_describe(world->store, canvas->position, &details), STORE_OK);
    assert_true(details->canvas.version == canvas->version);
    uint64_t edits = 0, step = details->step;
    size_t n = 0, finer = 0;
    for (size_t i = 0; i < world->n; i++) {
        const struct world_record *record = &world->records[i];
        if (!position_equal(record->position, canvas->position))
            continue;
        uint64_t after = edits + record->n;
        if (after / step > edits / step) {
            assert_true(n < details->n_samples);
            assert_true(details->samples[n].version == record->offset + 1);
            assert_true(details->samples[n++].time_ms == record->time_ms);
        }
        finer += step > 1 && after / (step / 2) > edits / (step / 2);
        edits = after;
    }
    assert_int_equal(n, details->n_samples);
    assert_true(step == 1 || finer > 1024);
    store_details_free(details);
}

static void expect_canvas(struct world *world, const struct store_canvas *canvas)
{
    uint8_t chain[32] = {0};
    uint64_t edits = 0, version = 0;
    for (size_t i = 0; i < world->n; i++) {
        if (!position_equal(world->records[i].position, canvas->position))
            continue;
        edits += world->records[i].n;
        version = world->records[i].offset + 1;
    }
    assert_true(canvas->edits == edits && canvas->version == version);
    assert_true(canvas->tail.to == version && canvas->tail.block == canvas->n_blocks);
    for (uint64_t i = 0; i <= canvas->n_blocks; i++)
        expect_block(world, canvas, i, chain);
    expect_activity(world, canvas);
    for (uint64_t i = 0; i <= canvas->n_blocks; i += 16)
        expect_pixels(world, canvas, i);
}

/* How many canvases the records paint. */
static size_t count_painted(const struct world *world)
{
    static bool seen[64][64];
    size_t n = 0;
    memset(seen, 0, sizeof seen);
    for (size_t i = 0; i < world->n; i++) {
        struct position p = world->records[i].position;
        assert_in_range(p.gx + 32, 0, 63);
        assert_in_range(p.gy + 32, 0, 63);
        n += !seen[p.gy + 32][p.gx + 32];
        seen[p.gy + 32][p.gx + 32] = true;
    }
    return n;
}

void world_expect(struct world *world)
{
    static struct store_canvas canvases[4096];
    uint64_t read;
    size_t n = store_list(world->store, canvases, 4096, &read);
    assert_int_equal(read, world->high);
    assert_int_equal(store_version(world->store), world->high);
    assert_int_equal(n, count_painted(world));
    for (size_t i = 0; i < n; i++) {
        struct position p = canvases[i].position, q = canvases[i > 0 ? i - 1 : 0].position;
        assert_true(i == 0 || q.gy < p.gy || (q.gy == p.gy && q.gx < p.gx));
        if (!world->sparse || i % 16 == 0 || canvases[i].n_blocks > 0)
            expect_canvas(world, &canvases[i]);
    }
}

static uint64_t mix(uint64_t sum, const void *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        sum = (sum ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3;
    return sum;
}

static uint64_t digest_file(const char *path, const char *name)
{
    static uint8_t bytes[8 << 20];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_true(len < sizeof bytes);
    return mix(mix(0xcbf29ce484222325, name, strlen(name)), bytes, len);
}

uint64_t world_digest(const char *folder, size_t *n)
{
    uint64_t sum = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));) {
        char path[512];
        struct stat stat_;
        const char *name = entry->d_name, *dot = strrchr(name, '.');
        snprintf(path, sizeof path, "%s/%s", folder, name);
        if (name[0] == '.' || stat(path, &stat_) != 0)
            continue;
        if (S_ISDIR(stat_.st_mode)) {
            uint64_t below = world_digest(path, n);
            sum += mix(below, name, strlen(name));
        } else if (dot && (strcmp(dot, ".bin") == 0 || strcmp(dot, ".key") == 0)) {
            sum += digest_file(path, name); /* in no order */
            ++*n;
        }
    }
    closedir(dir);
    return sum;
}

/* ---- files ---- */

const char *world_path(const struct world *world, const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", world->folder, name);
    return path;
}

static void run(const char *format, const char *a, const char *b)
{
    char command[512];
    snprintf(command, sizeof command, format, a, b);
    assert_int_equal(system(command), 0);
}

void world_remove(const struct world *world, const char *name)
{
    run("rm -r '%s/%s'", world->folder, name ? name : "");
}

void world_copy(const char *from, const char *to)
{
    run("cp '%s' '%s'", from, to);
}

/* ---- setting up ---- */

int world_setup(void **state)
{
    struct world *world = *state = calloc(1, sizeof *world);
    world->records = calloc(WORLD_RECORDS_MAX, sizeof *world->records);
    world->env = (struct env){.now_us = now_us, .random = no_random};
    world->now_us = 1700000000000000;
    world->random = 7;
    for (int i = 0; i < GENESIS_BYTES; i++)
        world->genesis[i] = (uint8_t)(0xa0 + i);
    snprintf(world->root, sizeof world->root, "/tmp/placed-history-XXXXXX");
    assert_non_null(mkdtemp(world->root));
    snprintf(world->folder, sizeof world->folder, "%s/a0a1a2a3a4a5a6a7", world->root);
    open_log(world);
    return 0;
}

int world_teardown(void **state)
{
    struct world *world = *state;
    world_kill(world);
    close_log(world);
    run("rm -rf '%s'%s", world->root, "");
    free(world->records);
    free(world);
    return 0;
}
