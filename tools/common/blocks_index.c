/* SPDX-License-Identifier: ISC */
/* blocks_index: every number is checked before it is believed; cJSON has them as doubles, which are
 * exact up to 2^53. */
#include "blocks_index.h"

#include <cjson/cJSON.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHERE_BYTES = 64 };

#define EXACT 9007199254740992.0 /* 2^53 */

/* What is being read, for messages. */
struct parser {
    char *error;
    char where[WHERE_BYTES]; /* "canvas (0, 0), block 3: " */
};

__attribute__((format(printf, 2, 3))) static bool fail(struct parser *p, const char *format, ...)
{
    va_list arguments;
    int n = snprintf(p->error, BLOCKS_ERROR_BYTES, "index: %s", p->where);
    va_start(arguments, format);
    vsnprintf(p->error + n, BLOCKS_ERROR_BYTES - (size_t)n, format, arguments);
    va_end(arguments);
    return false;
}

static bool take_number(struct parser *p, const cJSON *object, const char *name, double max,
                        uint64_t *value)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0) || item->valuedouble > max ||
        item->valuedouble != (double)(uint64_t)item->valuedouble)
        return fail(p, "%s: expected a whole number up to %.0f", name, max);
    *value = (uint64_t)item->valuedouble;
    return true;
}

static bool take_u32(struct parser *p, const cJSON *object, const char *name, uint32_t *value)
{
    uint64_t number = 0;
    if (!take_number(p, object, name, UINT32_MAX, &number))
        return false;
    *value = (uint32_t)number;
    return true;
}

/* null is -1, and so is an unknown time. One that a double does not hold is not compared. */
static bool take_time(struct parser *p, const cJSON *object, const char *name, int64_t *time)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    *time = -1;
    if (cJSON_IsNull(item))
        return true;
    if (!cJSON_IsNumber(item))
        return fail(p, "%s: expected a number or null", name);
    double value = item->valuedouble;
    if (!(value >= -EXACT && value <= EXACT))
        *time = BLOCKS_NO_TIME;
    else if (value != (double)(int64_t)value)
        return fail(p, "%s: expected a whole number", name);
    else
        *time = (int64_t)value;
    return true;
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool take_hex(struct parser *p, const cJSON *object, const char *name, uint8_t *bytes,
                     size_t n)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    bool good = cJSON_IsString(item) && strlen(item->valuestring) == 2 * n;
    for (size_t i = 0; good && i < n; i++) {
        int high = digit(item->valuestring[2 * i]), low = digit(item->valuestring[2 * i + 1]);
        good = high >= 0 && low >= 0;
        bytes[i] = (uint8_t)(high * 16 + low);
    }
    return good || fail(p, "%s: expected %zu hexadecimal digits", name, 2 * n);
}

static bool take_coordinate(struct parser *p, const cJSON *object, const char *name,
                            int16_t *coordinate)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= POSITION_MIN) ||
        item->valuedouble > POSITION_MAX || item->valuedouble != (int)item->valuedouble)
        return fail(p, "%s: expected a whole number from %d to %d", name, POSITION_MIN,
                    POSITION_MAX);
    *coordinate = (int16_t)item->valuedouble;
    return true;
}

/* What a complete block and the tail have in common: number `number`, from the version `from` on.
 */
static bool take_row(struct parser *p, const cJSON *object, uint64_t number, uint64_t from,
                     struct blocks_row *row)
{
    uint64_t block = 0;
    if (!take_number(p, object, "block", EXACT, &block) ||
        !take_number(p, object, "from", EXACT, &row->from) ||
        !take_number(p, object, "to", EXACT, &row->to) ||
        !take_u32(p, object, "records", &row->records) ||
        !take_u32(p, object, "edits", &row->edits) || !take_time(p, object, "time", &row->time) ||
        !take_time(p, object, "time_to", &row->time_to))
        return false;
    if (block != number)
        return fail(p, "block %.0f comes where block %.0f is due", (double)block, (double)number);
    if (row->from != from)
        return fail(p, "it begins at version %.0f, the one before it ended at %.0f",
                    (double)row->from, (double)from);
    if (row->to < row->from || row->to - row->from < row->records || row->edits < row->records ||
        (row->records == 0) != (row->to == row->from) || (row->records == 0) != (row->edits == 0))
        return fail(p, "versions, records and edits that cannot be");
    return true;
}

static bool take_block(struct parser *p, const cJSON *object, uint64_t number, uint64_t from,
                       struct blocks_row *row)
{
    uint64_t bytes = 0;
    if (!take_row(p, object, number, from, row) ||
        !take_number(p, object, "bytes", EXACT, &bytes) ||
        !take_hex(p, object, "sha256", row->sha256, DIGEST_BYTES) ||
        !take_hex(p, object, "chain", row->chain, DIGEST_BYTES))
        return false;
    row->has_digests = true;
    if (row->edits < BLOCK_EDITS)
        return fail(p, "a complete block with %u edits, expected %d or more", (unsigned)row->edits,
                    BLOCK_EDITS);
    if (bytes != block_bytes(row->records, row->edits) || bytes > BLOCKS_BYTES_MAX)
        return fail(p, "bytes: %.0f, expected %.0f for its records and edits, and no more than %d",
                    (double)bytes, (double)block_bytes(row->records, row->edits), BLOCKS_BYTES_MAX);
    return true;
}

/* Rows and tail of a canvas whose position is known; the sums must be those of the canvas. */
static bool take_rows(struct parser *p, const cJSON *object, struct blocks_canvas *canvas)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(object, "blocks"), *item;
    const cJSON *tail = cJSON_GetObjectItemCaseSensitive(object, "tail");
    char canvas_name[WHERE_BYTES];
    uint64_t version = 0, edits = 0;
    if (!cJSON_IsArray(list))
        return fail(p, "blocks: expected a list");
    if (!cJSON_IsObject(tail))
        return fail(p, "tail: expected an object");
    canvas->rows = calloc((size_t)cJSON_GetArraySize(list) + 1, sizeof *canvas->rows);
    if (!canvas->rows)
        return fail(p, "no memory");
    snprintf(canvas_name, sizeof canvas_name, "%.40s", p->where);
    cJSON_ArrayForEach(item, list)
    {
        struct blocks_row *row = &canvas->rows[canvas->n_rows];
        snprintf(p->where, sizeof p->where, "%.40sblock %zu: ", canvas_name, canvas->n_rows);
        if (!take_block(p, item, canvas->n_rows, version, row))
            return false;
        version = row->to;
        edits += row->edits;
        canvas->n_rows++;
    }
    snprintf(p->where, sizeof p->where, "%.40stail: ", canvas_name);
    if (!take_row(p, tail, canvas->n_rows, version, &canvas->tail))
        return false;
    snprintf(p->where, sizeof p->where, "%.40s", canvas_name);
    if (canvas->tail.to != canvas->version || edits + canvas->tail.edits != canvas->edits)
        return fail(p, "its version or its edits are not those of its blocks");
    return true;
}

static bool take_canvas(struct parser *p, const cJSON *object, struct blocks *blocks)
{
    struct blocks_canvas *canvas = &blocks->canvases[blocks->n_canvases];
    *canvas = (struct blocks_canvas){0};
    blocks->n_canvases++; /* so that its rows are freed whatever happens */
    snprintf(p->where, sizeof p->where, "canvas number %zu: ", blocks->n_canvases);
    if (!take_coordinate(p, object, "x", &canvas->position.gx) ||
        !take_coordinate(p, object, "y", &canvas->position.gy))
        return false;
    snprintf(p->where, sizeof p->where, "canvas (%d, %d): ", canvas->position.gx,
             canvas->position.gy);
    struct position before = blocks->n_canvases > 1 ? canvas[-1].position : (struct position){0};
    if (blocks->n_canvases > 1 &&
        (canvas->position.gy < before.gy ||
         (canvas->position.gy == before.gy && canvas->position.gx <= before.gx)))
        return fail(p, "it comes after (%d, %d)", before.gx, before.gy);
    if (!take_number(p, object, "version", EXACT, &canvas->version) ||
        !take_number(p, object, "edits", EXACT, &canvas->edits))
        return false;
    if (canvas->version > blocks->version)
        return fail(p, "its version is beyond that of the plane");
    return take_rows(p, object, canvas);
}

static bool take_index(struct parser *p, const cJSON *index, struct blocks *blocks)
{
    uint8_t genesis[GENESIS_BYTES];
    if (!cJSON_IsObject(index))
        return fail(p, "expected a JSON object");
    if (!take_hex(p, index, "genesis", genesis, GENESIS_BYTES) ||
        !take_number(p, index, "version", EXACT, &blocks->version))
        return false;
    if (blocks->has_genesis && memcmp(genesis, blocks->genesis, GENESIS_BYTES) != 0)
        return fail(p, "it is of another log: another genesis id than was asked for");
    memcpy(blocks->genesis, genesis, GENESIS_BYTES);
    blocks->has_genesis = true;
    const cJSON *canvases = cJSON_GetObjectItemCaseSensitive(index, "canvases"), *item;
    if (!cJSON_IsArray(canvases))
        return fail(p, "canvases: expected a list");
    blocks->canvases = calloc((size_t)cJSON_GetArraySize(canvases) + 1, sizeof *blocks->canvases);
    if (!blocks->canvases)
        return fail(p, "no memory");
    cJSON_ArrayForEach(item, canvases)
    {
        if (!take_canvas(p, item, blocks))
            return false;
    }
    return true;
}

int blocks_index_parse(struct blocks *blocks, const char *text, size_t len,
                       char error[BLOCKS_ERROR_BYTES])
{
    struct parser parser = {.error = error};
    cJSON *index = cJSON_ParseWithLength(text, len);
    bool good = take_index(&parser, index, blocks);
    cJSON_Delete(index);
    return good ? 0 : -1;
}

int blocks_index_parse_info(struct blocks *blocks, const char *text, size_t len, bool *has_history,
                            char error[BLOCKS_ERROR_BYTES])
{
    struct parser parser = {.error = error};
    cJSON *info = cJSON_ParseWithLength(text, len);
    const cJSON *genesis = cJSON_GetObjectItemCaseSensitive(info, "genesis");
    const cJSON *protocol = cJSON_GetObjectItemCaseSensitive(info, "protocol");
    bool good = cJSON_IsString(protocol) && strcmp(protocol->valuestring, "placed.1") == 0;
    if (!good)
        fail(&parser, "/info: it is no server of the protocol placed.1");
    else if (!cJSON_IsNull(genesis))
        good = blocks->has_genesis =
            take_hex(&parser, info, "genesis", blocks->genesis, GENESIS_BYTES);
    *has_history = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(info, "history"));
    cJSON_Delete(info);
    return good ? 0 : -1;
}
