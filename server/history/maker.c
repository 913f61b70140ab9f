/* SPDX-License-Identifier: ISC */
/* maker: see maker.h. */
#include "history/maker.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "core/hex.h"
#include "derived/picture.h"
#include "derived/picture_png.h"
#include "history/block.h"
#include "history/heat.h"
#include "history/history_json.h"
#include "history/past.h"
#include "history/store_read.h"

struct maker {
    struct store *store;
    /* Of the slow kinds, one at a time: */
    uint8_t pixels[CANVAS_PIXELS];
    struct heat heat;
};

struct maker *maker_create(struct store *store)
{
    struct maker *maker = calloc(1, sizeof *maker);
    if (maker)
        maker->store = store;
    return maker;
}

void maker_destroy(struct maker *maker)
{
    free(maker);
}

bool maker_is_slow(enum history_kind kind)
{
    return kind == HISTORY_PICTURE || kind == HISTORY_HEAT;
}

/* ---- what came of it ---- */

static struct answers_made moved_to(struct history_name name)
{
    return (struct answers_made){.state = HISTORY_MOVED, .moved = name};
}

/* Why there is none. */
static struct answers_made failed(enum store_result result)
{
    return (struct answers_made){.state =
                                     result == STORE_NO_MEMORY ? HISTORY_BUSY : HISTORY_COMING};
}

/* Takes over the bytes. */
static struct answers_made made_of(struct history_name name, uint64_t version, uint8_t *bytes,
                                   size_t len)
{
    struct history_answer *answer = bytes ? history_answer_make(name, version, bytes, len) : NULL;
    if (!answer)
        return failed(STORE_NO_MEMORY);
    return (struct answers_made){.state = HISTORY_READY, .answer = answer};
}

/* ---- pictures ---- */

static struct answers_made make_picture(struct maker *maker, const uint8_t *genesis,
                                        struct history_name name)
{
    uint64_t canonical;
    enum store_result result =
        past_paint(maker->store, name.position, name.from, &canonical, maker->pixels);
    if (result != STORE_OK)
        return failed(result);
    if (canonical != name.from) {
        name.from = canonical;
        return moved_to(name);
    }
    struct picture_name shown = {.zoom = 0, .x = name.position.gx, .y = name.position.gy};
    struct picture *picture = picture_make(shown, name.from, genesis, maker->pixels);
    uint8_t *bytes = picture ? malloc(picture->len) : NULL;
    if (bytes)
        memcpy(bytes, picture->png, picture->len);
    struct answers_made made = made_of(name, name.from, bytes, picture ? picture->len : 0);
    picture_release(picture);
    return made;
}

/* The heat that was counted, as PNG. */
static uint8_t *encode_heat(struct maker *maker, const uint8_t *genesis, struct history_name name,
                            size_t *len)
{
    char from[24], to[24], place[32], id[HEX_BYTES(GENESIS_BYTES)];
    snprintf(from, sizeof from, "%" PRIu64, name.from);
    snprintf(to, sizeof to, "%" PRIu64, name.to);
    snprintf(place, sizeof place, "%d,%d", name.position.gx, name.position.gy);
    hex_encode(id, genesis, GENESIS_BYTES);
    const struct picture_text texts[] = {
        {"version", to}, {"from", from}, {"canvas", place}, {"genesis", id}};
    struct picture_colour colours[PICTURE_LEVELS];
    heat_colours(colours);
    heat_levels(&maker->heat, maker->pixels);
    return picture_encode_levels(maker->pixels, colours, texts, sizeof texts / sizeof *texts, len);
}

static struct answers_made make_heat(struct maker *maker, const uint8_t *genesis,
                                     struct history_name name)
{
    const struct past_range range = {name.from, name.to};
    struct past_range canonical;
    memset(&maker->heat, 0, sizeof maker->heat);
    enum store_result result =
        past_heat(maker->store, name.position, range, &canonical, &maker->heat);
    if (result != STORE_OK)
        return failed(result);
    if (canonical.from != name.from || canonical.to != name.to) {
        name.from = canonical.from;
        name.to = canonical.to;
        return moved_to(name);
    }
    size_t len = 0;
    uint8_t *bytes = encode_heat(maker, genesis, name, &len);
    return made_of(name, name.to, bytes, len);
}

/* ---- blocks and edits ---- */

static struct answers_made make_block(struct maker *maker, struct history_name name)
{
    struct block block;
    uint8_t *bytes;
    size_t len;
    enum store_result result =
        store_read_block(maker->store, name.position, name.from, &bytes, &len);
    if (result != STORE_OK)
        return failed(result);
    if (block_parse(&block, bytes, len) || !block_complete(&block)) {
        free(bytes); /* what was complete is being made anew */
        return failed(STORE_BAD);
    }
    return made_of(name, block.head.to, bytes, len);
}

/* The one of a canvas that was never painted. */
static uint8_t *empty_tail(const uint8_t *genesis, struct position position, size_t *len)
{
    struct block_head head = {.position = position};
    struct block_writer writer;
    memcpy(head.genesis, genesis, GENESIS_BYTES);
    *len = block_bytes(0, 0);
    uint8_t *bytes = malloc(*len);
    if (bytes)
        block_begin(&writer, bytes, &head);
    return bytes;
}

static struct answers_made make_tail(struct maker *maker, const uint8_t *genesis,
                                     struct history_name name)
{
    struct block block;
    uint8_t *bytes = NULL;
    size_t len = 0;
    enum store_result result = store_read_tail(maker->store, name.position, &bytes, &len);
    if (result == STORE_NONE)
        return made_of(name, 0, empty_tail(genesis, name.position, &len), block_bytes(0, 0));
    if (result != STORE_OK)
        return failed(result);
    if (block_parse(&block, bytes, len)) {
        store_report(maker->store);
        free(bytes);
        return failed(STORE_BAD);
    }
    return made_of(name, block.head.to, bytes, len);
}

static struct answers_made make_edits(struct maker *maker, struct history_name name)
{
    uint64_t canonical;
    uint8_t *bytes;
    size_t len;
    enum store_result result =
        past_edits(maker->store, name.position, name.from, &canonical, &bytes, &len);
    if (result != STORE_OK)
        return failed(result);
    if (canonical != name.from) {
        name.from = canonical;
        return moved_to(name);
    }
    return made_of(name, load_u64(bytes), bytes, len);
}

/* ---- indexes and times ---- */

static struct answers_made make_index(struct maker *maker, const uint8_t *genesis,
                                      struct history_name name)
{
    struct history_json json;
    enum store_result result =
        name.kind == HISTORY_INDEX
            ? history_json_canvas(maker->store, genesis, name.position, &json)
            : history_json_plane(maker->store, genesis, &json);
    if (result != STORE_OK)
        return failed(result);
    return made_of(name, json.version, json.bytes, json.len);
}

static struct answers_made find_time(struct maker *maker, struct history_name name)
{
    uint64_t version;
    enum store_result result =
        past_version_at(maker->store, name.position, (int64_t)name.from, &version);
    if (result != STORE_OK)
        return failed(result);
    return moved_to(
        (struct history_name){.kind = HISTORY_PICTURE, .position = name.position, .from = version});
}

struct answers_made maker_make(struct maker *maker, const uint8_t genesis[GENESIS_BYTES],
                               struct history_name name)
{
    switch (name.kind) {
    case HISTORY_PICTURE:
        return make_picture(maker, genesis, name);
    case HISTORY_HEAT:
        return make_heat(maker, genesis, name);
    case HISTORY_BLOCK:
        return make_block(maker, name);
    case HISTORY_TAIL:
        return make_tail(maker, genesis, name);
    case HISTORY_EDITS:
        return make_edits(maker, name);
    case HISTORY_INDEX:
    case HISTORY_PLANE_INDEX:
        return make_index(maker, genesis, name);
    case HISTORY_TIME:
        return find_time(maker, name);
    }
    return (struct answers_made){.state = HISTORY_NONE};
}
