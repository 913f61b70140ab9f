/* SPDX-License-Identifier: ISC */
/*
 * server_state: see server_state.h. The text is bounded by the bounds of events: 768 workers of at
 * most 40 bytes, 48 pools of at most 600.
 */
#include "render/events/server_state.h"

#include "core/json.h"
#include "render/events/event.h"

static void write_workers(struct json *json, const struct farm *farm)
{
    struct pool_look look;
    const struct pool *pool;
    size_t n = 0;
    json_open(json, "workers", '[');
    for (size_t p = 0; p < EVENT_POOLS_MAX && farm && (pool = farm_pool(farm, p)); p++) {
        pool_look(pool, &look);
        for (unsigned c = 0; c < look.children && n < EVENT_WORKERS_MAX; c++, n++) {
            const struct child_look *child = &look.child[c];
            json_open(json, NULL, '[');
            json_u64(json, NULL, child->number);
            json_i64(json, NULL, child->pid);
            json_u64(json, NULL, p);
            json_u64(json, NULL, child->state);
            json_u64(json, NULL, child->tasks);
            json_close(json, ']');
        }
    }
    json_close(json, ']');
}

static void write_pool(struct json *json, const struct pool_look *look)
{
    unsigned waiting = 0;
    for (unsigned i = 0; i < FARM_PRIORITIES; i++)
        waiting += look->waiting[i];
    json_open(json, NULL, '{');
    json_words(json, "name", look->name);
    json_u64(json, "wanted", look->wanted);
    json_u64(json, "waiting", waiting);
    json_u64(json, "done", look->jobs);
    json_u64(json, "failed", look->failed);
    json_u64(json, "late", look->late);
    json_u64(json, "crashed", look->crashed);
    json_u64(json, "cpu_ms", look->cpu_us / 1000);
    json_u64(json, "bytes", look->bytes);
    json_bool(json, "resting", look->resting);
    json_close(json, '}');
}

static void write_pools(struct json *json, const struct farm *farm)
{
    struct pool_look look;
    const struct pool *pool;
    json_open(json, "pools", '[');
    for (size_t p = 0; p < EVENT_POOLS_MAX && farm && (pool = farm_pool(farm, p)); p++) {
        pool_look(pool, &look);
        write_pool(json, &look);
    }
    json_close(json, ']');
}

size_t server_state_write(char text[QUEUE_VALUE_MAX], const char *server, const char *host,
                          int64_t at_ms, const struct farm *farm)
{
    struct json json;
    json_begin(&json, text, QUEUE_VALUE_MAX);
    json_text(&json, "t", "server");
    json_text(&json, "server", server);
    json_words(&json, "host", host);
    json_i64(&json, "at", at_ms);
    write_workers(&json, farm);
    write_pools(&json, farm);
    return json_end(&json);
}

size_t server_state_write_gone(char text[QUEUE_VALUE_MAX], const char *server)
{
    struct json json;
    json_begin(&json, text, QUEUE_VALUE_MAX);
    json_text(&json, "t", "gone");
    json_text(&json, "server", server);
    return json_end(&json);
}
