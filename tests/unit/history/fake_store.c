/* SPDX-License-Identifier: ISC */
/* fake_store: see fake_store.h. Everything is computed anew each time, by looking at all records.
 */
#include "fake_store.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "cmocka_all.h"
#include "core/canvas.h"
#include "history/block.h"
#include "history/builder.h"
#include "history/store_read.h"

struct store {
    int unused;
};

struct builder {
    struct builder_owner *owner;
};

static struct {
    pthread_mutex_t lock;
    struct fake_record records[FAKE_RECORDS_MAX];
    size_t n;
    uint64_t read;
    uint8_t genesis[GENESIS_BYTES];
    bool known, hopeless, damaged;
    struct builder *builder;
} fake = {.lock = PTHREAD_MUTEX_INITIALIZER};

void fake_begin(const uint8_t genesis[GENESIS_BYTES])
{
    memcpy(fake.genesis, genesis, GENESIS_BYTES);
    fake.read = 0;
    fake.known = true;
    fake.hopeless = fake.damaged = false;
}

void fake_end(void)
{
    for (; fake.n > 0; fake.n--)
        free(fake.records[fake.n - 1].edits);
}

void fake_add(struct position position, uint64_t offset, int64_t time_ms, const uint8_t *edits,
              uint32_t n)
{
    assert_true(fake.n < FAKE_RECORDS_MAX);
    struct fake_record *record = &fake.records[fake.n++];
    *record = (struct fake_record){position, offset, time_ms, n, malloc((size_t)n * EDIT_BYTES)};
    memcpy(record->edits, edits, (size_t)n * EDIT_BYTES);
}

size_t fake_count(void)
{
    return fake.n;
}

const struct fake_record *fake_record(size_t i)
{
    return &fake.records[i];
}

static void set(bool *what, bool value)
{
    pthread_mutex_lock(&fake.lock);
    *what = value;
    pthread_mutex_unlock(&fake.lock);
}

void fake_publish(uint64_t read)
{
    pthread_mutex_lock(&fake.lock);
    fake.read = read;
    struct builder *builder = fake.builder;
    pthread_mutex_unlock(&fake.lock);
    if (builder)
        builder->owner->published(builder->owner);
}

void fake_set_known(bool known)
{
    set(&fake.known, known);
}

void fake_set_hopeless(bool hopeless)
{
    set(&fake.hopeless, hopeless);
}

void fake_set_damaged(bool damaged)
{
    set(&fake.damaged, damaged);
}

/* ---- blocks; the lock is held ---- */

/* Walks over the records of a canvas that were read, and counts blocks. */
struct walk {
    struct position position;
    size_t next;
    const struct fake_record *record;
    uint64_t block, edits; /* of the record; of the block up to and with it */
};

static bool step(struct walk *walk)
{
    if (walk->edits >= BLOCK_EDITS) {
        walk->block++;
        walk->edits = 0;
    }
    for (; walk->next < fake.n; walk->next++) {
        walk->record = &fake.records[walk->next];
        if (walk->record->offset < fake.read &&
            position_equal(walk->record->position, walk->position)) {
            walk->next++;
            walk->edits += walk->record->n;
            return true;
        }
    }
    return false;
}

/* What a row or a tail says. False: there is no such block, with or without records. */
static bool look(struct position position, uint64_t number, struct store_tail *found)
{
    struct walk walk = {.position = position};
    uint64_t before = 0, last = 0;
    bool any = false;
    *found =
        (struct store_tail){.block = number, .time = -1, .time_to = -1, .time_least = INT64_MAX};
    while (step(&walk)) {
        uint64_t version = walk.record->offset + 1;
        int64_t time = walk.record->time_ms;
        any = true;
        last = walk.block + (walk.edits >= BLOCK_EDITS);
        if (walk.block < number)
            before = version;
        if (walk.block != number)
            continue;
        if (found->records++ == 0)
            found->time = time;
        found->edits += walk.record->n;
        found->to = version;
        found->time_to = time;
        if (time != -1 && time < found->time_least)
            found->time_least = time;
    }
    found->from = before;
    if (found->records == 0)
        found->to = before;
    return any && number <= last;
}

static bool describe(struct position position, struct store_canvas *canvas)
{
    struct store_tail found;
    *canvas = (struct store_canvas){.position = position};
    for (uint64_t i = 0; look(position, i, &found); i++) {
        canvas->version = found.to;
        canvas->edits += found.edits;
        canvas->tail = found;
        canvas->n_blocks = i;
    }
    return canvas->version > 0;
}

static bool fake_row(struct position position, uint64_t number, struct store_row *row)
{
    struct store_tail found;
    if (!look(position, number, &found) || found.edits < BLOCK_EDITS)
        return false;
    *row = (struct store_row){.from = found.from,
                              .to = found.to,
                              .records = found.records,
                              .edits = found.edits,
                              .time = found.time,
                              .time_to = found.time_to,
                              .time_least = found.time_least,
                              .bytes = block_bytes(found.records, found.edits)};
    memset(row->sha256, (int)number + 1, DIGEST_BYTES);
    memset(row->chain, (int)number + 100, DIGEST_BYTES);
    return true;
}

static uint8_t *encode(struct position position, const struct store_tail *found, size_t *len)
{
    struct block_head head = {.position = position,
                              .number = found->block,
                              .from = found->from,
                              .n_records = found->records,
                              .n_edits = found->edits};
    struct block_writer writer;
    struct walk walk = {.position = position};
    memcpy(head.genesis, fake.genesis, GENESIS_BYTES);
    *len = block_bytes(head.n_records, head.n_edits);
    uint8_t *bytes = malloc(*len);
    block_begin(&writer, bytes, &head);
    while (step(&walk)) {
        if (walk.block == found->block)
            block_add(&writer, walk.record->offset, walk.record->time_ms, walk.record->edits,
                      walk.record->n);
    }
    return bytes;
}

/* ---- store.h ---- */

struct store *store_create(const char *directory)
{
    return calloc(1, sizeof(struct store));
}

void store_destroy(struct store *store)
{
    free(store);
}

bool store_genesis(struct store *store, uint8_t genesis[GENESIS_BYTES])
{
    pthread_mutex_lock(&fake.lock);
    bool known = fake.known;
    memcpy(genesis, fake.genesis, GENESIS_BYTES);
    pthread_mutex_unlock(&fake.lock);
    return known;
}

bool store_hopeless(struct store *store)
{
    pthread_mutex_lock(&fake.lock);
    bool hopeless = fake.hopeless;
    pthread_mutex_unlock(&fake.lock);
    return hopeless;
}

uint64_t store_version(struct store *store)
{
    pthread_mutex_lock(&fake.lock);
    uint64_t read = fake.read;
    pthread_mutex_unlock(&fake.lock);
    return read;
}

bool store_find(struct store *store, struct position position, struct store_canvas *canvas)
{
    pthread_mutex_lock(&fake.lock);
    bool found = describe(position, canvas);
    pthread_mutex_unlock(&fake.lock);
    return found;
}

size_t store_list(struct store *store, struct store_canvas *into, size_t room, uint64_t *read)
{
    size_t n = 0;
    pthread_mutex_lock(&fake.lock);
    if (read)
        *read = fake.read;
    for (int16_t gy = 0; gy < 2; gy++) {
        for (int16_t gx = 0; gx < 2; gx++) {
            struct store_canvas canvas;
            if (!describe((struct position){gx, gy}, &canvas))
                continue;
            if (n < room)
                into[n] = canvas;
            n++;
        }
    }
    pthread_mutex_unlock(&fake.lock);
    return n;
}

bool store_row(struct store *store, struct position position, uint64_t block, struct store_row *row)
{
    pthread_mutex_lock(&fake.lock);
    bool found = fake_row(position, block, row);
    pthread_mutex_unlock(&fake.lock);
    return found;
}

bool store_block_of(struct store *store, struct position position, uint64_t version,
                    uint64_t *block)
{
    struct store_tail found;
    pthread_mutex_lock(&fake.lock);
    bool any = look(position, 0, &found);
    for (*block = 0; found.to < version && look(position, *block + 1, &found);)
        ++*block;
    pthread_mutex_unlock(&fake.lock);
    return any;
}

bool store_block_until(struct store *store, struct position position, int64_t time_ms,
                       uint64_t *block)
{
    struct store_tail found;
    bool any = false;
    pthread_mutex_lock(&fake.lock);
    for (uint64_t i = 0; look(position, i, &found); i++) {
        if (found.time_least <= time_ms) {
            *block = i;
            any = true;
        }
    }
    pthread_mutex_unlock(&fake.lock);
    return any;
}

enum store_result store_describe(struct store *store, struct position position,
                                 struct store_details **details)
{
    pthread_mutex_lock(&fake.lock);
    struct store_details *made = calloc(1, sizeof *made);
    bool found = describe(position, &made->canvas);
    made->read = fake.read;
    made->rows = calloc(made->canvas.n_blocks + 1, sizeof *made->rows);
    for (uint64_t i = 0; i < made->canvas.n_blocks; i++)
        fake_row(position, i, &made->rows[i]);
    made->step = 4096;
    made->n_samples = 2;
    made->samples[0] = (struct activity_sample){.version = 17, .time_ms = 1000};
    made->samples[1] = (struct activity_sample){.version = 20, .time_ms = -1};
    pthread_mutex_unlock(&fake.lock);
    *details = made;
    if (found)
        return STORE_OK;
    store_details_free(made);
    return STORE_NONE;
}

void store_details_free(struct store_details *details)
{
    if (details)
        free(details->rows);
    free(details);
}

enum store_result store_read_block(struct store *store, struct position position, uint64_t block,
                                   uint8_t **bytes, size_t *len)
{
    struct store_tail found;
    pthread_mutex_lock(&fake.lock);
    enum store_result result = fake.damaged                    ? STORE_BAD
                               : look(position, block, &found) ? STORE_OK
                                                               : STORE_NONE;
    if (result == STORE_OK)
        *bytes = encode(position, &found, len);
    pthread_mutex_unlock(&fake.lock);
    return result;
}

enum store_result store_read_tail(struct store *store, struct position position, uint8_t **bytes,
                                  size_t *len)
{
    struct store_canvas canvas;
    pthread_mutex_lock(&fake.lock);
    enum store_result result = fake.damaged                  ? STORE_BAD
                               : describe(position, &canvas) ? STORE_OK
                                                             : STORE_NONE;
    if (result == STORE_OK)
        *bytes = encode(position, &canvas.tail, len);
    pthread_mutex_unlock(&fake.lock);
    return result;
}

/* Every other block has one. */
enum store_result store_read_keyframe(struct store *store, struct position position, uint64_t block,
                                      uint8_t *pixels, uint64_t *before)
{
    struct canvas *canvas = malloc(sizeof *canvas);
    struct walk walk = {.position = position};
    *before = block - block % 2;
    pthread_mutex_lock(&fake.lock);
    bool damaged = fake.damaged;
    canvas_init(canvas);
    while (step(&walk)) {
        if (walk.block < *before)
            canvas_apply(canvas, walk.record->edits, walk.record->n, walk.record->offset + 1);
    }
    pthread_mutex_unlock(&fake.lock);
    memcpy(pixels, canvas->pixels, CANVAS_PIXELS);
    free(canvas);
    return damaged ? STORE_BAD : STORE_OK;
}

void store_report(struct store *store)
{
    fail_msg("a block that was read cannot be parsed");
}

/* ---- builder.h ---- */

struct builder *builder_create(struct log *log, struct store *store, struct builder_owner *owner,
                               unsigned publish_ms, struct metrics *metrics)
{
    struct builder *builder = calloc(1, sizeof *builder);
    builder->owner = owner;
    pthread_mutex_lock(&fake.lock);
    fake.builder = builder;
    pthread_mutex_unlock(&fake.lock);
    return builder;
}

void builder_destroy(struct builder *builder)
{
    pthread_mutex_lock(&fake.lock);
    fake.builder = NULL;
    pthread_mutex_unlock(&fake.lock);
    free(builder);
}
