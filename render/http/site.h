/* SPDX-License-Identifier: ISC */
/* site: what answers are made from. main.c fills it, endpoints look at it. */
#ifndef PLACED_RENDER_HTTP_SITE_H
#define PLACED_RENDER_HTTP_SITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/http/counts.h"
#include "render/name/picture.h"

struct ev_loop;
struct event_streams;
struct events;
struct farm;
struct files;
struct keeper;
struct map_styles;
struct memory;
struct originals;
struct pool;
struct queue;
struct store;
struct uploads;
struct work;

struct site {
    struct ev_loop *loop;
    struct farm *farm;
    struct work *work; /* batches, and tasks of the queue */
    struct store *store;
    struct memory *memory;         /* finished pictures */
    struct keeper *keeper;         /* puts them into the store */
    const struct files *files;     /* the pages; NULL: none */
    struct queue *queue;           /* uploads and tasks; NULL: none */
    struct events *events;         /* what all servers know of each other; NULL: nothing */
    struct event_streams *streams; /* who follows them; NULL: nobody may */
    struct counts counts;
    struct pool *fractal;                  /* NULL: not here */
    struct pool *images[PICTURE_OP_COUNT]; /* each NULL: not here */
    struct map_styles *map_styles;         /* NULL: no maps */
    struct originals *originals;           /* uploaded pictures; NULL: none are taken */
    struct uploads *uploads;
    /* What events say of a variant that is not in the store: "running", "failed"; NULL: nothing.
     * The whole may be NULL. */
    const char *(*variant_state)(const struct site *site, const char *id, enum picture_op op);
    unsigned stale_after_s; /* 0: pictures stay good */
    const char *canvas;     /* URL of the page that stencils open */
    uint64_t upload_bytes, upload_pixels;
    int64_t started_ms;
    bool stopping;
    void (*reload)(struct site *site); /* read the styles anew */
};

#endif
