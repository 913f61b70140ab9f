/* SPDX-License-Identifier: ISC */
/* server: see server.h. */
#include "server.h"

#include <cjson/cJSON.h>
#include <ev.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "render/store/store.h"

unsigned servers_open;

static struct server *of_work(struct work_config *config)
{
    return (struct server *)((char *)config - offsetof(struct server, work_config));
}

static void finished(struct farm_config *config, const struct picture *picture, struct blob *bytes)
{
    struct server *server = (struct server *)config;
    char name[PICTURE_NAME_BYTES];
    picture_format(picture, name);
    server->jobs_run++;
    assert_int_equal(store_put(server->store, name, bytes->bytes, bytes->len, false), 0);
}

static int letter(char c)
{
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(write(ends[1], &c, 1), 1);
    close(ends[1]);
    return ends[0];
}

static int input(struct farm_config *config, const struct picture *first)
{
    struct server *server = (struct server *)config;
    char name[PICTURE_NAME_BYTES];
    picture_format(first, name);
    if (first->kind == PICTURE_IMAGE)
        return server->originals ? -1 : -2;
    return server->fails && strcmp(name, server->fails) == 0 ? letter('f') : -1;
}

static struct pool *pool_for(struct work_config *config, const struct picture *first)
{
    struct server *server = of_work(config);
    if (first->kind == PICTURE_IMAGE)
        return server->ops[first->op];
    return server->hash && strcmp(first->hash, server->hash) == 0 ? server->map : NULL;
}

static struct pool *op_pool(struct work_config *config, enum picture_op op)
{
    return of_work(config)->ops[op];
}

static bool style(struct work_config *config, const char *name, struct batch_style *found)
{
    struct server *server = of_work(config);
    if (!server->hash || strcmp(name, "world") != 0)
        return false;
    *found = (struct batch_style){.minzoom = 0, .maxzoom = 8, .pool = server->map};
    snprintf(found->hash, sizeof found->hash, "%s", server->hash);
    return true;
}

static void publish(struct work_config *config, const char *text, size_t len)
{
    struct server *server = of_work(config);
    cJSON *json = cJSON_ParseWithLength(text, len);
    assert_true(cJSON_IsObject(json));
    server->events++;
    if (server->work)
        work_heard(server->work, json); /* its own comes back to it, too */
    if (server->other && server->other->work)
        work_heard(server->other->work, json);
    cJSON_Delete(json);
}

static struct pool *add_pool(struct server *server, const char *name, unsigned children)
{
    static const char *const command[] = {TEST_CHILD, NULL};
    char error[FARM_ERROR_BYTES] = "";
    struct pool_config config = {
        .command = command,
        .children = children,
        .task_ms = 60000,
        .start_ms = 60000,
        .tasks = 100000,
        .jobs = 1000,
    };
    snprintf(config.name, sizeof config.name, "%s", name);
    struct pool *pool = farm_add_pool(server->farm, &config, error);
    assert_non_null(pool);
    return pool;
}

static void open_work(struct server *server)
{
    char error[BATCHES_ERROR_BYTES] = "";
    server->work = work_create(&server->work_config, error);
    if (!server->work)
        print_error("%s\n", error);
    assert_non_null(server->work);
}

void server_open(struct server *server, const char *name, const char *dir, struct store *store,
                 struct queue *queue, unsigned children, struct ev_loop *loop)
{
    *server = (struct server){
        .farm_config = {.finished = finished, .input = input},
        .loop = loop ? loop : ev_loop_new(0),
        .store = store,
        .queue = queue,
        .hash = "0123456789abcdef",
        .originals = true,
    };
    snprintf(server->dir, sizeof server->dir, "%s/%s", dir, name);
    server->farm_config.loop = server->loop;
    server->farm = farm_create(&server->farm_config);
    assert_non_null(server->farm);
    server->map = add_pool(server, "map:world", children);
    server->ops[PICTURE_OP_thumbnail] = add_pool(server, "image:thumbnail", children);
    server->ops[PICTURE_OP_blur] = add_pool(server, "image:blur", children);
    server->work_config = (struct work_config){
        .loop = server->loop,
        .farm = server->farm,
        .queue = queue,
        .store = store,
        .dir = server->dir,
        .server = name,
        .pool = pool_for,
        .style = style,
        .op = op_pool,
        .publish = publish,
    };
    open_work(server);
    servers_open++;
}

void server_close(struct server *server)
{
    work_destroy(server->work);
    server->work = NULL;
    farm_destroy(server->farm);
    servers_open--;
}

void server_restart_work(struct server *server)
{
    work_destroy(server->work);
    server->work = NULL;
    open_work(server);
}

static const cJSON *first_batch(cJSON *list, const char *member)
{
    return cJSON_GetObjectItem(cJSON_GetArrayItem(cJSON_GetObjectItem(list, "batches"), 0), member);
}

double server_batch_number(struct server *server, const char *member)
{
    cJSON *list = batches_list(work_batches(server->work));
    const cJSON *found = first_batch(list, member);
    double number = cJSON_IsNumber(found) ? found->valuedouble : -1;
    cJSON_Delete(list);
    return number;
}

bool server_batch_is(struct server *server, const char *state)
{
    cJSON *list = batches_list(work_batches(server->work));
    const char *text = cJSON_GetStringValue(first_batch(list, "state"));
    bool is = text && strcmp(text, state) == 0;
    cJSON_Delete(list);
    return is;
}

bool server_has(struct server *server, const char *name)
{
    return store_get(server->store, name, NULL, NULL) == STORE_FOUND;
}

double server_deadline(struct server *server)
{
    ev_now_update(server->loop);
    return ev_now(server->loop) + 60;
}

static void on_timeout(struct ev_loop *loop, ev_timer *timer, int events)
{
    (void)timer; /* conditions that no event announces are looked at again */
}

void server_wait(struct server *server, double until, const char *condition, const char *file,
                 int line)
{
    ev_timer timer;
    ev_timer_init(&timer, on_timeout, 0.02, 0);
    ev_timer_start(server->loop, &timer);
    ev_run(server->loop, EVRUN_ONCE);
    ev_timer_stop(server->loop, &timer);
    if (ev_now(server->loop) > until) {
        print_error("waited in vain for %s\n", condition);
        _fail(file, line);
    }
}
