/* SPDX-License-Identifier: ISC */
/* render_config: what the operator wants of placed-render, each option as a member.
 * render_config_read.h fills it. */
#ifndef PLACED_RENDER_CONFIG_RENDER_CONFIG_H
#define PLACED_RENDER_CONFIG_RENDER_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log/options.h"
#include "render/name/picture.h"
#include "sys/address.h"

enum {
    RENDER_LISTEN_MAX = 8,
    RENDER_MAPS_MAX = 32,
    RENDER_MAP_NAME_MAX = 32, /* characters */
    RENDER_KAFKA_MAX = 64,
    RENDER_CHILDREN_MAX = 256, /* of a pool */
};

struct render_map {
    char name[RENDER_MAP_NAME_MAX + 1];
    char *file; /* Mapnik's style */
};

/* What keeps finished pictures; with two, the first is a cache of the second. */
enum render_store {
    RENDER_STORE_FILE,
    RENDER_STORE_LMDB,
    RENDER_STORE_FILE_LMDB,
    RENDER_STORE_LMDB_FILE,
};

struct render_config {
    struct listen_address listen[RENDER_LISTEN_MAX]; /* 127.0.0.1:8082 */
    size_t n_listen;
    struct listen_address admin; /* 127.0.0.1:8083 */
    bool has_agent;
    struct listen_address agent; /* of HAProxy's agent-check, if has_agent */
    char *data;                  /* ./placed-render-data */
    char *pictures;              /* folder of the file store and originals; NULL: data */
    enum render_store store;
    uint64_t store_space; /* bytes, of lmdb */
    uint64_t memory;      /* bytes of pictures */
    bool queue_kafka;
    char *queue_brokers, *queue_prefix; /* of Kafka */
    unsigned kafka_replication;
    struct log_property kafka[RENDER_KAFKA_MAX]; /* section [kafka] */
    size_t n_kafka;
    unsigned fractal, fractal_threads; /* children, and threads of one */
    struct render_map maps[RENDER_MAPS_MAX];
    size_t n_maps;
    unsigned map_workers;                     /* of a style */
    unsigned image_workers[PICTURE_OP_COUNT]; /* of an operation */
    uint64_t upload_bytes;
    unsigned upload_pixels;
    unsigned jobs; /* that wait, of a pool */
    unsigned task_seconds;
    uint64_t child_memory; /* bytes */
    unsigned child_tasks;
    unsigned stale_after; /* seconds; 0: never */
    unsigned connections;
    char *canvas; /* URL of the page that stencils open */
    char *web;    /* NULL: found beside the program */
};

/* Free what it holds, and make it all zero. */
void render_config_finish(struct render_config *config);

#endif
