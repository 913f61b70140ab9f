/* SPDX-License-Identifier: ISC */
/*
 * main: the composition root of placed-render, the only place that knows everybody. Opens from the
 * store upward, listens, runs one event loop, and closes in reverse.
 */
#include <errno.h>
#include <ev.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/files.h"
#include "render/config/render_config.h"
#include "render/events/events.h"
#include "render/farm/farm.h"
#include "render/http/events.h"
#include "render/http/front.h"
#include "render/http/map_styles.h"
#include "render/http/originals.h"
#include "render/http/routes.h"
#include "render/http/site.h"
#include "render/http/tiles.h"
#include "render/http/uploads.h"
#include "render/queue/queue_open.h"
#include "render/store/keeper.h"
#include "render/store/memory.h"
#include "render/store/store.h"
#include "sys/beside.h"
#include "sys/clock.h"
#include "sys/descriptors.h"
#include "sys/diag.h"

enum {
    EXIT_USAGE = 2,
    KEEPER_BYTES = 64 * 1024 * 1024, /* of pictures that wait for the disk */
    START_MS = 60 * 1000,            /* until a child is ready: styles have data to read */
    FILES_A_CHILD = 4,               /* descriptors of a child, in this process */
    FILES_RESERVE = 128,             /* store, queue, listeners, lingering sockets */
    DRAIN_S = 15,                    /* for requests under way when the program is to end */
    NUMBER_BYTES = 24,
    ARGUMENTS = 8,
};

#define DRAIN_LOOK_S .02

/* The programs of the children, beside this one. */
struct programs {
    char fractal[BESIDE_BYTES], map[BESIDE_BYTES], image[BESIDE_BYTES];
};

struct server {
    struct render_config config;
    struct ev_loop *loop;
    struct store *store;
    struct memory *memory;
    struct keeper *keeper;
    struct queue *queue;
    struct events *events;
    struct farm_config farm_config;
    struct farm *farm;
    struct map_styles *map_styles;
    struct originals *originals;
    struct uploads *uploads;
    struct events_listener images_heard;
    struct files *files;
    struct site site;
    struct front *front;
    /* Command lines of children, which stay. */
    struct programs programs;
    char child_memory[NUMBER_BYTES], fractal_threads[NUMBER_BYTES], upload_pixels[NUMBER_BYTES];
    const char *fractal_command[ARGUMENTS], *image_command[PICTURE_OP_COUNT][ARGUMENTS];
    /* Signals, and the end. */
    ev_signal term, interrupt, hang_up;
    ev_timer draining;
    double drain_until;
};

/* ---- opening, from the store upward ---- */

static int make_directory(const char *path)
{
    if (mkdir(path, 0755) != 0 && errno != EEXIST) {
        diag_error("%s: %s", path, strerror(errno));
        return -1;
    }
    return 0;
}

static const char *pictures_folder(const struct render_config *config)
{
    return config->pictures ? config->pictures : config->data;
}

/* One of the two stores, in its own folder. */
static struct store *open_one_store(const struct render_config *config, bool lmdb)
{
    char path[PATH_MAX], error[STORE_ERROR_BYTES];
    snprintf(path, sizeof path, "%s/%s", lmdb ? config->data : pictures_folder(config),
             lmdb ? "store-lmdb" : "store");
    struct store *store =
        lmdb ? store_lmdb_open(path, config->store_space, error) : store_file_open(path, error);
    if (!store)
        diag_error("%s", error);
    return store;
}

static int open_store(struct server *server)
{
    const struct render_config *config = &server->config;
    enum render_store kind = config->store;
    bool two = kind == RENDER_STORE_FILE_LMDB || kind == RENDER_STORE_LMDB_FILE;
    bool lmdb_first = kind == RENDER_STORE_LMDB || kind == RENDER_STORE_LMDB_FILE;
    char error[STORE_ERROR_BYTES];
    server->store = open_one_store(config, lmdb_first);
    if (!server->store || !two)
        return server->store ? 0 : -1;
    struct store *main_store = open_one_store(config, !lmdb_first);
    if (!main_store)
        return -1;
    server->store = store_tier_open(server->store, main_store, error);
    if (server->store)
        return 0;
    diag_error("%s", error);
    return -1;
}

static int open_keeping(struct server *server)
{
    if (make_directory(server->config.data) != 0 ||
        make_directory(pictures_folder(&server->config)) != 0 || open_store(server) != 0)
        return -1;
    server->memory = memory_create(server->config.memory);
    server->keeper = keeper_create(server->store, KEEPER_BYTES);
    if (server->memory && server->keeper)
        return 0;
    diag_error("out of memory, or a thread cannot be started: %s", strerror(errno));
    return -1;
}

/* ---- what servers share: tasks, and what they know of each other ---- */

static int open_queue(struct server *server)
{
    const struct render_config *config = &server->config;
    char url[PATH_MAX], error[QUEUE_ERROR_BYTES], host[EVENT_HOST_MAX + 1] = "";
    if (config->queue_kafka)
        snprintf(url, sizeof url, "kafka://%s/%s", config->queue_brokers, config->queue_prefix);
    else
        snprintf(url, sizeof url, "local:%s/queue", config->data);
    server->queue =
        queue_open(url,
                   &(struct queue_options){.replication = (int)config->kafka_replication,
                                           .properties = config->kafka,
                                           .n_properties = config->n_kafka},
                   error);
    gethostname(host, sizeof host - 1);
    if (server->queue)
        server->events = events_create(server->loop, server->queue, host, error);
    if (server->events)
        return 0;
    diag_error("%s", error);
    return -1;
}

/* ---- the farm ---- */

static void finished(struct farm_config *config, const struct picture *picture, struct blob *bytes)
{
    struct server *server =
        (struct server *)((char *)config - offsetof(struct server, farm_config));
    tiles_finished(&server->site, picture, bytes);
}

/* Children that work on images read the original. */
static int input(struct farm_config *config, const struct picture *first)
{
    struct server *server =
        (struct server *)((char *)config - offsetof(struct server, farm_config));
    if (first->kind != PICTURE_IMAGE)
        return -1;
    int file = server->originals ? originals_file(server->originals, first->id) : -1;
    return file >= 0 ? file : -2;
}

static int find_program(const char *folder, char path[BESIDE_BYTES])
{
    char built[64], installed[96];
    snprintf(built, sizeof built, "%s/placed-render-%s", folder, folder);
    snprintf(installed, sizeof installed, "../libexec/placed/placed-render-%s", folder);
    const char *places[] = {built, installed};
    if (beside_find(places, 2, path) == 0)
        return 0;
    diag_error("there is no %s beside this program, nor %s", built, installed);
    return -1;
}

/* What all pools have in common. */
static struct pool_config pool_defaults(const struct server *server, unsigned children)
{
    const struct render_config *config = &server->config;
    return (struct pool_config){.children = children,
                                .task_ms = config->task_seconds * 1000,
                                .start_ms = START_MS,
                                .tasks = config->child_tasks,
                                .jobs = config->jobs,
                                .batch_share = true};
}

static struct pool *add_pool(struct server *server, const char *name, unsigned children,
                             const char *const *command)
{
    char error[FARM_ERROR_BYTES];
    struct pool_config config = pool_defaults(server, children);
    snprintf(config.name, sizeof config.name, "%s", name);
    config.command = command;
    struct pool *pool = farm_add_pool(server->farm, &config, error);
    if (!pool)
        diag_error("%s: %s", name, error);
    return pool;
}

static int add_fractals(struct server *server)
{
    const char *command[ARGUMENTS] = {server->programs.fractal, "--threads",
                                      server->fractal_threads,  "--memory",
                                      server->child_memory,     NULL};
    memcpy(server->fractal_command, command, sizeof command);
    if (server->config.fractal == 0)
        return 0;
    if (find_program("fractal", server->programs.fractal) != 0)
        return -1;
    server->site.fractal =
        add_pool(server, "fractal", server->config.fractal, server->fractal_command);
    return server->site.fractal ? 0 : -1;
}

static int add_maps(struct server *server)
{
    const struct render_config *config = &server->config;
    struct map_styles_source sources[RENDER_MAPS_MAX];
    char error[MAP_STYLES_ERROR_BYTES];
    for (size_t i = 0; i < config->n_maps; i++)
        sources[i] = (struct map_styles_source){config->maps[i].name, config->maps[i].file};
    if (config->n_maps > 0 && find_program("map", server->programs.map) != 0)
        return -1;
    struct pool_config pool = pool_defaults(server, config->map_workers);
    server->map_styles =
        map_styles_create(server->loop, server->farm, sources, config->n_maps, server->programs.map,
                          &pool, server->child_memory, error);
    if (server->map_styles)
        return 0;
    diag_error("%s", error);
    return -1;
}

/* All operations are there, also those without a worker: one may be started later. */
static int add_images(struct server *server)
{
    if (find_program("image", server->programs.image) != 0)
        return -1;
    for (int op = 0; op < PICTURE_OP_COUNT; op++) {
        const char *name = picture_op_name((enum picture_op)op);
        const char *command[ARGUMENTS] = {
            server->programs.image, "--op", name, "--memory", server->child_memory, "--pixels",
            server->upload_pixels,  NULL};
        char pool[FARM_POOL_NAME_BYTES];
        memcpy(server->image_command[op], command, sizeof command);
        snprintf(pool, sizeof pool, "image:%s", name);
        server->site.images[op] =
            add_pool(server, pool, server->config.image_workers[op], server->image_command[op]);
        if (!server->site.images[op])
            return -1;
    }
    return 0;
}

static int open_farm(struct server *server)
{
    const struct render_config *config = &server->config;
    snprintf(server->child_memory, NUMBER_BYTES, "%" PRIu64, config->child_memory);
    snprintf(server->fractal_threads, NUMBER_BYTES, "%u", config->fractal_threads);
    snprintf(server->upload_pixels, NUMBER_BYTES, "%u", config->upload_pixels);
    server->farm_config = (struct farm_config){.loop = server->loop,
                                               .observer = events_observer(server->events),
                                               .finished = finished,
                                               .input = input};
    server->farm = farm_create(&server->farm_config);
    if (!server->farm) {
        diag_error("out of memory");
        return -1;
    }
    server->site.farm = server->farm;
    events_set_farm(server->events, server->farm);
    return add_fractals(server) == 0 && add_maps(server) == 0 && add_images(server) == 0 ? 0 : -1;
}

/* ---- uploaded pictures ---- */

static int open_originals(struct server *server)
{
    char path[PATH_MAX], error[STORE_ERROR_BYTES];
    snprintf(path, sizeof path, "%s/originals", pictures_folder(&server->config));
    server->originals = originals_open(path, error);
    if (!server->originals)
        diag_error("%s", error);
    return server->originals ? 0 : -1;
}

/* Tell all servers. */
static void uploaded(void *context, const struct original *original)
{
    struct server *server = context;
    char text[ORIGINAL_JSON_BYTES];
    events_publish(server->events, text, original_event(original, text));
}

/* Servers may share the folder: the others' uploads are known here, too. */
static void image_heard(struct events_listener *listener, const struct event *event)
{
    struct server *server =
        (struct server *)((char *)listener - offsetof(struct server, images_heard));
    struct original original;
    if (event->type == EVENT_IMAGE &&
        originals_look(server->originals, event_text(event->json, "id"), &original))
        originals_add(server->originals, original.id, original.time_ms);
}

static int open_uploads(struct server *server)
{
    const struct render_config *config = &server->config;
    server->uploads = uploads_create(&(struct uploads_config){
        .loop = server->loop,
        .originals = server->originals,
        .queue = server->queue,
        .dir = config->data,
        .bytes = config->upload_bytes,
        .budget = {.pixels = config->upload_pixels, .memory = config->child_memory},
        .complete = uploaded,
        .context = server});
    server->images_heard.heard = image_heard;
    events_listen(server->events, &server->images_heard);
    if (!server->uploads)
        diag_error("out of memory, or a thread cannot be started: %s", strerror(errno));
    return server->uploads ? 0 : -1;
}

/* ---- the front ---- */

static int load_files(struct server *server)
{
    static const char *const places[] = {"../client-render", "../share/placed/client-render"};
    char found[BESIDE_BYTES], error[FILES_ERROR_BYTES];
    const char *web = server->config.web;
    if (!web && beside_find(places, sizeof places / sizeof *places, found) != 0) {
        diag_warn("no pages beside the program: \"/\" will answer 404 (see --web)");
        return 0;
    }
    server->files = files_load(web ? web : found, error);
    if (server->files)
        return 0;
    diag_error("%s", error);
    return -1;
}

static void reload(struct site *site)
{
    map_styles_reload(site->map_styles);
}

static void make_site(struct server *server)
{
    struct site *site = &server->site;
    const struct render_config *config = &server->config;
    site->loop = server->loop;
    site->store = server->store;
    site->memory = server->memory;
    site->keeper = server->keeper;
    site->queue = server->queue;
    site->events = server->events;
    site->files = server->files;
    site->map_styles = server->map_styles;
    site->originals = server->originals;
    site->uploads = server->uploads;
    site->stale_after_s = config->stale_after;
    site->canvas = config->canvas;
    site->upload_bytes = config->upload_bytes;
    site->upload_pixels = config->upload_pixels;
    site->started_ms = clock_now_ms();
    site->reload = reload;
}

/* As many as were asked for, if the limit of open files has room for them and the children. */
static unsigned connections(const struct server *server, unsigned max_files)
{
    const struct render_config *config = &server->config;
    unsigned children = config->fractal + config->map_workers * (unsigned)config->n_maps;
    for (int op = 0; op < PICTURE_OP_COUNT; op++)
        children += config->image_workers[op];
    unsigned others = FILES_RESERVE + FILES_A_CHILD * children;
    unsigned room = max_files > 2 * others ? max_files - others : max_files / 2;
    if (config->connections > room)
        diag_warn("the limit of open files (%u) leaves room for %u connections only", max_files,
                  room);
    return config->connections < room ? config->connections : room;
}

static int open_front(struct server *server, unsigned max_files)
{
    char error[FRONT_ERROR_BYTES];
    make_site(server);
    server->site.streams = event_streams_create(&server->site);
    if (!server->site.streams) {
        diag_error("out of memory");
        return -1;
    }
    const struct front_config config = {.loop = server->loop,
                                        .site = &server->site,
                                        .routes = &routes,
                                        .listen = server->config.listen,
                                        .n_listen = server->config.n_listen,
                                        .admin = &server->config.admin,
                                        .connections = connections(server, max_files)};
    server->front = front_create(&config, error);
    if (!server->front) {
        diag_error("%s", error);
        return -1;
    }
    front_say(server->front);
    return 0;
}

static int open_server(struct server *server)
{
    unsigned max_files = descriptors_raise_limit();
    /* Not libev's default loop: that would reap the farm's children. */
    server->loop = ev_loop_new(EVFLAG_AUTO);
    if (!server->loop) {
        diag_error("cannot make an event loop: %s", strerror(errno));
        return -1;
    }
    return open_keeping(server) == 0 && open_originals(server) == 0 && open_queue(server) == 0 &&
                   open_farm(server) == 0 && open_uploads(server) == 0 && load_files(server) == 0 &&
                   open_front(server, max_files) == 0
               ? 0
               : -1;
}

/* ---- running ---- */

/* Until all requests under way have been answered, or it takes too long. */
static void on_draining(struct ev_loop *loop, ev_timer *watcher, int events)
{
    struct server *server = watcher->data;
    if (front_is_idle(server->front) || ev_now(loop) > server->drain_until)
        ev_break(loop, EVBREAK_ALL);
}

static void on_stop(struct ev_loop *loop, ev_signal *watcher, int events)
{
    struct server *server = watcher->data;
    if (server->site.stopping) { /* asked a second time */
        ev_break(loop, EVBREAK_ALL);
        return;
    }
    server->site.stopping = true;
    front_drain(server->front);
    server->drain_until = ev_now(loop) + DRAIN_S;
    ev_timer_init(&server->draining, on_draining, 0., DRAIN_LOOK_S);
    server->draining.data = server;
    ev_timer_start(loop, &server->draining);
}

static void on_reload(struct ev_loop *loop, ev_signal *watcher, int events)
{
    struct server *server = watcher->data;
    reload(&server->site);
}

static void watch(struct server *server, ev_signal *watcher,
                  void (*called)(struct ev_loop *loop, ev_signal *watcher, int events), int number)
{
    ev_signal_init(watcher, called, number);
    watcher->data = server;
    ev_signal_start(server->loop, watcher);
}

static void run(struct server *server)
{
    signal(SIGPIPE, SIG_IGN);
    watch(server, &server->term, on_stop, SIGTERM);
    watch(server, &server->interrupt, on_stop, SIGINT);
    watch(server, &server->hang_up, on_reload, SIGHUP);
    ev_run(server->loop, 0);
    ev_timer_stop(server->loop, &server->draining);
    ev_signal_stop(server->loop, &server->term);
    ev_signal_stop(server->loop, &server->interrupt);
    ev_signal_stop(server->loop, &server->hang_up);
}

/* ---- closing, in reverse ---- */

static void close_server(struct server *server)
{
    if (server->events)
        events_set_farm(server->events, NULL);
    farm_destroy(server->farm); /* who still waits is told to come back */
    server->site.farm = NULL;
    front_destroy(server->front);
    event_streams_destroy(server->site.streams);
    events_unlisten(&server->images_heard);
    uploads_destroy(server->uploads);
    events_destroy(server->events);
    queue_close(server->queue);
    files_free(server->files);
    map_styles_destroy(server->map_styles);
    originals_close(server->originals);
    keeper_destroy(server->keeper);
    memory_destroy(server->memory);
    store_close(server->store);
    if (server->loop)
        ev_loop_destroy(server->loop);
    render_config_finish(&server->config);
}

int main(int argc, char *argv[])
{
    standard_descriptors_open();
    static struct server server;
    int code = EXIT_FAILURE;
    diag_name("placed-render");
    switch (render_config_read(&server.config, argc, argv)) {
    case CONFIG_DONE:
        code = EXIT_SUCCESS;
        break;
    case CONFIG_BAD:
        code = EXIT_USAGE;
        break;
    case CONFIG_RUN:
        if (open_server(&server) == 0) {
            run(&server);
            code = EXIT_SUCCESS;
        }
        break;
    }
    close_server(&server);
    return code;
}
