/* SPDX-License-Identifier: ISC */
/*
 * batcher: when the second is over, or any canvas has a record full, or there are many canvases,
 * all that is gathered goes out, the canvas whose last edit is the oldest first: so times never go
 * back from one record to the next.
 */
#include "batcher.h"

#include <stdlib.h>
#include <string.h>

#include "core/authors.h"
#include "core/edit.h"

enum {
    CANVASES_MAX = 64, /* gathered at once */
    SECOND_MS = 1000,
    FIRST_ROOM = 64,
};

struct gathered {
    struct position position;
    size_t n, room;
    uint8_t *value; /* room for a position, then the edits */
    uint64_t *authors;
    int64_t time_ms;
};

struct batcher {
    size_t edits;
    bool has_authors, whole;
    struct batches *batches;
    uint8_t *header; /* a, of the largest batch */
    struct gathered canvases[CANVASES_MAX];
    size_t n_canvases;
    struct gathered *last; /* the canvas of the last row */
    int64_t second;
};

struct batcher *batcher_create(size_t edits, bool authors, bool whole, struct batches *batches)
{
    struct batcher *b = calloc(1, sizeof *b);
    if (b && authors)
        b->header = malloc(authors_runs_max(edits));
    if (!b || (authors && !b->header)) {
        free(b);
        return NULL;
    }
    b->edits = edits;
    b->has_authors = authors;
    b->whole = whole;
    b->batches = batches;
    return b;
}

void batcher_destroy(struct batcher *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < CANVASES_MAX; i++) {
        free(b->canvases[i].value);
        free(b->canvases[i].authors);
    }
    free(b->header);
    free(b);
}

static int emit(struct batcher *b, struct gathered *g)
{
    /* The canvas at (0, 0) is the one that needs no position. */
    size_t prefix = position_equal(g->position, (struct position){0, 0}) ? 0 : POSITION_BYTES;
    struct batch batch = {.position = g->position,
                          .edits = g->value + POSITION_BYTES,
                          .n = g->n,
                          .time_ms = g->time_ms};
    position_store(g->value, g->position);
    batch.value = (struct span){g->value + POSITION_BYTES - prefix, prefix + EDIT_BYTES * g->n};
    if (b->has_authors)
        batch.authors = (struct span){b->header, authors_store_runs(b->header, g->authors, g->n)};
    return b->batches->batch(b->batches, &batch);
}

static int by_time(const void *a, const void *b)
{
    const struct gathered *x = a, *y = b;
    if (x->time_ms != y->time_ms)
        return x->time_ms < y->time_ms ? -1 : 1;
    if (x->position.gy != y->position.gy)
        return x->position.gy < y->position.gy ? -1 : 1;
    return x->position.gx < y->position.gx ? -1 : x->position.gx > y->position.gx;
}

static int emit_all(struct batcher *b)
{
    int rc = 0;
    if (b->n_canvases > 1)
        qsort(b->canvases, b->n_canvases, sizeof b->canvases[0], by_time);
    for (size_t i = 0; i < b->n_canvases && rc == 0; i++)
        rc = emit(b, &b->canvases[i]);
    for (size_t i = 0; i < b->n_canvases; i++)
        b->canvases[i].n = 0; /* its memory is for whoever comes next */
    b->n_canvases = 0;
    b->last = NULL;
    return rc;
}

static struct gathered *find(struct batcher *b, struct position position)
{
    if (b->last && position_equal(b->last->position, position))
        return b->last;
    for (size_t i = 0; i < b->n_canvases; i++) {
        if (position_equal(b->canvases[i].position, position))
            return &b->canvases[i];
    }
    return NULL;
}

/* Room for one more. */
static int reserve(struct batcher *b, struct gathered *g)
{
    if (g->n < g->room)
        return 0;
    size_t room = g->room ? 2 * g->room : FIRST_ROOM;
    room = room < b->edits ? room : b->edits;
    uint8_t *value = realloc(g->value, POSITION_BYTES + EDIT_BYTES * room);
    if (!value)
        return -1;
    g->value = value;
    if (b->has_authors) {
        uint64_t *authors = realloc(g->authors, room * sizeof *authors);
        if (!authors)
            return -1;
        g->authors = authors;
    }
    g->room = room;
    return 0;
}

int batcher_add(struct batcher *b, const struct row *row)
{
    int64_t second = b->whole ? 0 : row->time_ms / SECOND_MS;
    int rc = 0;
    struct gathered *g = find(b, row->position);
    if (second != b->second || (g && g->n == b->edits) || (!g && b->n_canvases == CANVASES_MAX)) {
        rc = emit_all(b);
        g = NULL;
    }
    if (rc != 0)
        return rc;
    b->second = second;
    if (!g) {
        g = &b->canvases[b->n_canvases++];
        g->position = row->position;
    }
    if (reserve(b, g) != 0)
        return -1;
    b->last = g;
    edit_store(g->value + POSITION_BYTES + EDIT_BYTES * g->n, row->word);
    if (b->has_authors)
        g->authors[g->n] = row->author;
    g->n++;
    g->time_ms = row->time_ms;
    return 0;
}

int batcher_finish(struct batcher *b)
{
    return emit_all(b);
}
