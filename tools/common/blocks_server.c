/* SPDX-License-Identifier: ISC */
/* blocks_server: the names of PROTOCOL.md, "History". */
#include "blocks_server.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "blocks_index.h"
#include "core/hex.h"
#include "fetch.h"

enum {
    INFO_BYTES = 4 * 1024 * 1024,
    INDEX_BYTES = 64 * 1024 * 1024, /* some 200,000 blocks: 13,000 million edits */
    PATH_BYTES = 120,
    NAME_BYTES = 8, /* of the genesis id, in the names */
};

struct blocks_server {
    struct blocks blocks; /* first: a blocks is cast to it */
    struct fetch *fetch;
};

static struct blocks_server *of(struct blocks *blocks)
{
    return (struct blocks_server *)blocks;
}

static int get(struct blocks_server *s, const char *name, size_t limit, uint8_t **bytes,
               size_t *len, char error[BLOCKS_ERROR_BYTES])
{
    char path[PATH_BYTES], why[FETCH_ERROR_BYTES], genesis[HEX_BYTES(NAME_BYTES)];
    hex_encode(genesis, s->blocks.genesis, NAME_BYTES);
    snprintf(path, sizeof path, "/h/%s/%s", genesis, name);
    if (fetch_get(s->fetch, path, limit, bytes, len, why) == 0)
        return 0;
    snprintf(error, BLOCKS_ERROR_BYTES, "%s", why);
    return -1;
}

static int read_complete(struct blocks_server *s, struct position p, uint64_t number, size_t limit,
                         uint8_t **bytes, size_t *len, char error[BLOCKS_ERROR_BYTES])
{
    char name[64];
    snprintf(name, sizeof name, "%d,%d/%" PRIu64 ".bin", p.gx, p.gy, number);
    return get(s, name, limit, bytes, len, error);
}

static int read_block(struct blocks *blocks, const struct blocks_canvas *canvas, uint64_t number,
                      uint8_t **bytes, size_t *len, char error[BLOCKS_ERROR_BYTES])
{
    struct blocks_server *s = of(blocks);
    struct position p = canvas->position;
    char name[64];
    if (number < canvas->n_rows) {
        const struct blocks_row *row = &canvas->rows[number];
        return read_complete(s, p, number, block_bytes(row->records, row->edits), bytes, len,
                             error);
    }
    snprintf(name, sizeof name, "%d,%d/tail.bin", p.gx, p.gy);
    if (get(s, name, BLOCKS_BYTES_MAX, bytes, len, error) != 0)
        return -1;
    /* The block may have become complete since the index was read: then the tail is another. */
    struct block tail;
    if (block_parse(&tail, *bytes, *len) != NULL || tail.head.number <= number)
        return 0;
    free(*bytes);
    return read_complete(s, p, number, BLOCKS_BYTES_MAX, bytes, len, error);
}

static void close_server(struct blocks *blocks)
{
    fetch_destroy(of(blocks)->fetch);
    free(blocks);
}

static const struct blocks_ops ops = {.read = read_block, .close = close_server};

static int read_info(struct blocks_server *s, bool *has_history, char error[BLOCKS_ERROR_BYTES])
{
    char why[FETCH_ERROR_BYTES];
    uint8_t *bytes;
    size_t len;
    if (fetch_get(s->fetch, "/info", INFO_BYTES, &bytes, &len, why) != 0) {
        snprintf(error, BLOCKS_ERROR_BYTES, "%s", why);
        return -1;
    }
    int result = blocks_index_parse_info(&s->blocks, (const char *)bytes, len, has_history, error);
    free(bytes);
    return result;
}

static int read_index(struct blocks_server *s, char error[BLOCKS_ERROR_BYTES])
{
    uint8_t *bytes;
    size_t len;
    if (get(s, "index.json", INDEX_BYTES, &bytes, &len, error) != 0)
        return -1;
    int result = blocks_index_parse(&s->blocks, (const char *)bytes, len, error);
    free(bytes);
    return result;
}

struct blocks *blocks_server_open(const char *url, unsigned timeout_s,
                                  char error[BLOCKS_ERROR_BYTES])
{
    char why[FETCH_ERROR_BYTES] = "no memory";
    struct blocks_server *s = calloc(1, sizeof *s);
    bool has_history = false;
    if (s) {
        s->blocks.ops = &ops;
        s->fetch = fetch_create(url, timeout_s, why);
    }
    if (!s || !s->fetch) {
        snprintf(error, BLOCKS_ERROR_BYTES, "%s", why);
        free(s);
        return NULL;
    }
    if (read_info(s, &has_history, error) == 0) {
        if (!has_history)
            snprintf(error, BLOCKS_ERROR_BYTES, "%.200s keeps no history (--history off)", url);
        else if (!s->blocks.has_genesis || read_index(s, error) == 0)
            return &s->blocks;
    }
    blocks_close(&s->blocks);
    return NULL;
}
