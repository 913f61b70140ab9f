/* SPDX-License-Identifier: ISC */
/* render_keys: the table, and how its own kinds of values are read from text. */
#include "render/config/render_keys.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "config/setting_address.h"
#include "render/config/render_config.h"

enum {
    PREFIX_MAX = 200, /* of topics: Kafka takes 249, and names follow */
    URL_MAX = 500,
};

/* ---- addresses ---- */

static enum setting_result add_listen(void *values, const char *text, size_t len)
{
    struct render_config *config = values;
    return setting_add_address(config->listen, &config->n_listen, RENDER_LISTEN_MAX, text, len);
}

static enum setting_result set_listen(void *values, const struct setting *key, const char *value)
{
    return setting_each(values, value, add_listen);
}

static void clear_listen(void *values, const struct setting *key)
{
    struct render_config *config = values;
    config->n_listen = 0;
}

static enum setting_result set_admin(void *values, const struct setting *key, const char *value)
{
    struct render_config *config = values;
    return setting_one_address(&config->admin, value);
}

static enum setting_result set_agent(void *values, const struct setting *key, const char *value)
{
    struct render_config *config = values;
    config->has_agent = strcmp(value, "off") != 0;
    return config->has_agent ? setting_one_address(&config->agent, value) : SETTING_SET;
}

/* It stands in links of pages: no blank or quote in it. */
static enum setting_result set_url(void *values, const struct setting *key, const char *value)
{
    char **slot = (char **)(void *)((char *)values + key->offset);
    bool http = strncasecmp(value, "http://", 7) == 0,
         https = strncasecmp(value, "https://", 8) == 0;
    size_t len = strlen(value);
    if (!(http || https) || len <= (https ? 8 : 7) || len > URL_MAX)
        return SETTING_BAD;
    for (const char *c = value; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("-._~:/?#[]@!$&()*+,;=%", *c))
            return SETTING_BAD;
    return setting_replace(slot, value, len);
}

/* ---- where things are kept ---- */

static enum setting_result set_store(void *values, const struct setting *key, const char *value)
{
    static const char *const words[] = {
        [RENDER_STORE_FILE] = "file",
        [RENDER_STORE_LMDB] = "lmdb",
        [RENDER_STORE_FILE_LMDB] = "file+lmdb",
        [RENDER_STORE_LMDB_FILE] = "lmdb+file",
    };
    struct render_config *config = values;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(value, words[i]) == 0) {
            config->store = (enum render_store)i;
            return SETTING_SET;
        }
    }
    return SETTING_BAD;
}

static enum setting_result set_queue(void *values, const struct setting *key, const char *value)
{
    static const char scheme[] = "kafka://";
    struct render_config *config = values;
    config->queue_kafka = strncmp(value, scheme, sizeof scheme - 1) == 0;
    if (!config->queue_kafka)
        return strcmp(value, "local") == 0 ? SETTING_SET : SETTING_BAD;
    const char *brokers = value + sizeof scheme - 1, *slash = strchr(brokers, '/');
    if (!slash || !setting_brokers_good(brokers, (size_t)(slash - brokers)) ||
        !setting_topic_good(slash + 1, PREFIX_MAX))
        return SETTING_BAD;
    enum setting_result result =
        setting_replace(&config->queue_brokers, brokers, (size_t)(slash - brokers));
    return result == SETTING_SET
               ? setting_replace(&config->queue_prefix, slash + 1, strlen(slash + 1))
               : result;
}

/* ---- renderers ---- */

static unsigned cores(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > RENDER_CHILDREN_MAX ? RENDER_CHILDREN_MAX : (unsigned)n;
}

/* A number, or "cores": as many as the machine has. */
static enum setting_result set_cores(void *values, const struct setting *key, const char *value)
{
    if (strcmp(value, "cores") != 0)
        return setting_number(values, key, value);
    *(unsigned *)(void *)((char *)values + key->offset) = cores();
    return SETTING_SET;
}

/* NAME=FILE. The name is a part of URLs, the file may have any. */
static enum setting_result add_map(void *values, const char *text, size_t len)
{
    struct render_config *config = values;
    const char *equals = memchr(text, '=', len);
    size_t name_len = equals ? (size_t)(equals - text) : 0;
    if (name_len == 0 || name_len > RENDER_MAP_NAME_MAX || name_len + 1 == len)
        return SETTING_BAD;
    for (size_t i = 0; i < name_len; i++)
        if (!islower((unsigned char)text[i]) && !isdigit((unsigned char)text[i]) &&
            text[i] != '-' && text[i] != '_')
            return SETTING_BAD;
    /* Both are what a tile's path may begin with. */
    if (name_len == PICTURE_HASH_CHARS && strspn(text, "0123456789abcdef") == name_len)
        return SETTING_BAD;
    if (config->n_maps == RENDER_MAPS_MAX)
        return SETTING_TOO_MANY;
    struct render_map *map = &config->maps[config->n_maps];
    *map = (struct render_map){.file = strndup(equals + 1, len - name_len - 1)};
    if (!map->file)
        return SETTING_NO_MEMORY;
    memcpy(map->name, text, name_len);
    config->n_maps++;
    return SETTING_SET;
}

static enum setting_result set_map(void *values, const struct setting *key, const char *value)
{
    return setting_each(values, value, add_map);
}

static void clear_map(void *values, const struct setting *key)
{
    struct render_config *config = values;
    while (config->n_maps > 0)
        free(config->maps[--config->n_maps].file);
}

/* OP=N, or all=N. */
static enum setting_result add_image_workers(void *values, const char *text, size_t len)
{
    struct render_config *config = values;
    const char *equals = memchr(text, '=', len);
    size_t name_len = equals ? (size_t)(equals - text) : 0;
    unsigned long n;
    if (!equals ||
        setting_parse_number(equals + 1, len - name_len - 1, 0, RENDER_CHILDREN_MAX, &n) < 0)
        return SETTING_BAD;
    enum setting_result result = SETTING_BAD;
    bool all = name_len == 3 && memcmp(text, "all", 3) == 0;
    for (int op = 0; op < PICTURE_OP_COUNT; op++) {
        const char *name = picture_op_name((enum picture_op)op);
        if (all || (strlen(name) == name_len && memcmp(name, text, name_len) == 0)) {
            config->image_workers[op] = (unsigned)n;
            result = SETTING_SET;
        }
    }
    return result;
}

static enum setting_result set_image_workers(void *values, const struct setting *key,
                                             const char *value)
{
    return strcmp(value, "none") == 0 ? SETTING_SET
                                      : setting_each(values, value, add_image_workers);
}

static void clear_image_workers(void *values, const struct setting *key)
{
    struct render_config *config = values;
    memset(config->image_workers, 0, sizeof config->image_workers);
}

#define AT(name)                  .offset = offsetof(struct render_config, name)
#define NUMBER(least, most, name) .min = (least), .max = (most), .set = setting_number, AT(name)
#define CORES(most, name)                                                                          \
    .min = 0, .max = (most), .set = set_cores, AT(name), .expected = "cores, or a number to " #most

const struct setting render_keys[] = {
    {"listen", "ADDR:PORT|unix:PATH", "127.0.0.1:8082",
     "where browsers connect; may be given several times", .expected = SETTING_ADDRESS_EXPECTED,
     .set = set_listen, .clear = clear_listen},
    {"admin", "ADDR:PORT|unix:PATH", "127.0.0.1:8083", "where the operator connects",
     .expected = SETTING_ADDRESS_EXPECTED, .set = set_admin},
    {"agent", "ADDR:PORT|off", "off", "where HAProxy's agent-check asks how fast this machine is",
     .expected = "off, or " SETTING_ADDRESS_EXPECTED, .set = set_agent},
    {"data", "DIR", "./placed-render-data", "where all that is kept lives",
     .expected = "a directory, without quotes", .set = setting_path, AT(data)},
    {"pictures", "DIR", NULL, "finished pictures and originals; else as data",
     .expected = "a directory, without quotes", .set = setting_path, AT(pictures)},
    {"store", "STORE", "file", "what keeps pictures; CACHE+MAIN: two of them",
     .expected = "file, lmdb, file+lmdb or lmdb+file", .set = set_store},
    {"store-space", "SIZE", "1G", "of lmdb: when it is full the oldest pictures go",
     .expected = "a size such as 16G", .set = setting_size, AT(store_space)},
    {"memory", "SIZE", "64M", "of pictures that are kept in memory",
     .expected = "a size such as 64M", .set = setting_size, AT(memory)},
    {"queue", "local|kafka://HOST:PORT[,HOST:PORT]/PREFIX", "local",
     "tasks and events: embedded, or topics of Kafka to share",
     .expected = "local or kafka://HOST:PORT[,HOST:PORT]/PREFIX", .set = set_queue},
    {"kafka-replication", "N", "1", "replication factor of topics that have to be created",
     NUMBER(1, 1000, kafka_replication)},
    {"fractal", "N", "cores", "children that render fractals; 0: none", CORES(256, fractal)},
    {"fractal-threads", "N", "cores", "threads of each, for one tile", CORES(256, fractal_threads)},
    {"map", "NAME=FILE", NULL, "a map by a style of Mapnik's; may be given several times",
     .expected = "NAME=FILE, the name of small letters, digits, - and _", .set = set_map,
     .clear = clear_map},
    {"map-workers", "N", "cores", "children of each style", CORES(256, map_workers)},
    {"image-workers", "OP=N,...|none", "all=1", "children of each operation on images",
     .expected = "none, or OP=N,... of all, thumbnail, grayscale, blur, rotate90, stencil",
     .set = set_image_workers, .clear = clear_image_workers},
    {"upload-bytes", "SIZE", "20M", "of an uploaded image at most",
     .expected = "a size such as 20M", .set = setting_size, AT(upload_bytes)},
    {"upload-pixels", "N", "50000000", "of an uploaded image at most",
     NUMBER(1, 1000000000, upload_pixels)},
    {"jobs", "N", "1000", "that wait in a pool; more is refused", NUMBER(1, 1000000, jobs)},
    {"task-seconds", "N", "10", "that a task may take before its child is killed",
     NUMBER(1, 3600, task_seconds)},
    {"child-memory", "SIZE", "512M", "of a child's address space; 0: no limit",
     .expected = "a size such as 512M, or 0", .set = setting_size, AT(child_memory)},
    {"child-tasks", "N", "1000", "after which a child is replaced",
     NUMBER(1, 1000000000, child_tasks)},
    {"stale-after", "SECONDS", "0", "after which a picture is rendered anew; 0: never",
     NUMBER(0, 1000000000, stale_after)},
    {"connections", "N", "4096", "of clients at a time", NUMBER(1, 1000000, connections)},
    {"canvas", "URL", "http://127.0.0.1:8080/", "the page of the canvas that stencils open in",
     .expected = "http://HOST[:PORT]/... or https://...", .set = set_url, AT(canvas)},
    {"web", "DIR", NULL, "the built pages; found beside the program when not given",
     .expected = "a directory, without quotes", .set = setting_path, AT(web)},
};

_Static_assert(sizeof render_keys / sizeof render_keys[0] == RENDER_KEY_COUNT,
               "RENDER_KEY_COUNT in render_keys.h");
