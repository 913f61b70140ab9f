/* SPDX-License-Identifier: ISC */
/*
 * main: the composition root of placed-render, the only place that knows everybody. Opens from the
 * store upward, listens, runs one event loop, and closes in reverse.
 */
#include <errno.h>
#include <ev.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/files.h"
#include "render/config/render_config_read.h"
#include "render/events/events.h"
#include "render/farm/farm.h"
#include "render/http/agent.h"
#include "render/http/events.h"
#include "render/http/front.h"
#include "render/http/map_styles.h"
#include "render/http/routes.h"
#include "render/http/site.h"
#include "render/http/tiles.h"
#include "render/pools.h"
#include "render/queue/queue_open.h"
#include "render/site_images.h"
#include "render/site_work.h"
#include "render/store/file_store.h"
#include "render/store/keeper.h"
#include "render/store/lmdb_store.h"
#include "render/store/memory.h"
#include "render/store/store.h"
#include "render/store/tier.h"
#include "sys/beside.h"
#include "sys/clock.h"
#include "sys/descriptors.h"
#include "sys/diag.h"

enum {
    EXIT_USAGE = 2,
    KEEPER_BYTES = 64 * 1024 * 1024, /* of pictures that wait for the disk */
    FILES_A_CHILD = 4,               /* descriptors of a child, in this process */
    FILES_RESERVE = 128,             /* store, queue, listeners, lingering sockets */
    DRAIN_S = 15,                    /* for requests under way when the program is to end */
};

#define DRAIN_LOOK_S .02

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
    struct pools pools;
    struct site_images *images;
    struct site_work *work;
    char batches[PATH_MAX];
    struct files *files;
    struct site site;
    struct front *front;
    struct agent *agent; /* NULL: none was asked for */
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
        lmdb ? lmdb_store_open(path, config->store_space, error) : file_store_open(path, error);
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
    server->store = tier_open(server->store, main_store, error);
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

/* ---- what answers are made from ---- */

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
    site->stale_after_s = config->stale_after;
    site->canvas = config->canvas;
    site->upload_bytes = config->upload_bytes;
    site->upload_pixels = config->upload_pixels;
    site->started_ms = clock_now_ms();
    site->reload = reload;
}

/* ---- the farm ---- */

static void finished(struct farm_config *config, const struct picture *picture, struct blob *bytes)
{
    struct server *server =
        (struct server *)((char *)config - offsetof(struct server, farm_config));
    tiles_finished(&server->site, picture, bytes);
}

static int input(struct farm_config *config, const struct picture *first)
{
    struct server *server =
        (struct server *)((char *)config - offsetof(struct server, farm_config));
    return site_images_input(&server->site, first);
}

static int open_farm(struct server *server)
{
    make_site(server);
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
    return pools_open(&server->pools, &server->config, &server->site);
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

/* As many as were asked for, if the limit of open files has room for them and the children. */
static unsigned connections(const struct server *server, unsigned max_files)
{
    const struct render_config *config = &server->config;
    unsigned others = FILES_RESERVE + FILES_A_CHILD * pools_children(config);
    unsigned room = max_files > 2 * others ? max_files - others : max_files / 2;
    if (config->connections > room)
        diag_warn("the limit of open files (%u) leaves room for %u connections only", max_files,
                  room);
    return config->connections < room ? config->connections : room;
}

static int open_front(struct server *server, unsigned max_files)
{
    char error[FRONT_ERROR_BYTES];
    server->site.files = server->files;
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

static int open_agent(struct server *server)
{
    char error[LISTENING_ERROR_BYTES];
    if (!server->config.has_agent)
        return 0;
    server->agent = agent_open(&server->site, &server->config.agent, error);
    if (server->agent)
        return 0;
    diag_error("%s", error);
    return -1;
}

static int open_work(struct server *server)
{
    server->images =
        site_images_open(&server->site, &server->config, pictures_folder(&server->config));
    if (!server->images)
        return -1;
    snprintf(server->batches, sizeof server->batches, "%s/batches", server->config.data);
    server->work = site_work_open(&server->site, server->batches);
    return server->work ? 0 : -1;
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
    return open_keeping(server) == 0 && open_queue(server) == 0 && open_farm(server) == 0 &&
                   open_work(server) == 0 && load_files(server) == 0 &&
                   open_front(server, max_files) == 0 && open_agent(server) == 0
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
    site_work_stop(server->work);
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

/* A mapped file (of LMDB) has ended, or a page that it points to is none: damage, which must not
 * look like a fault of the program. */
static void on_bus_error(int number)
{
    static const char words[] =
        "placed-render: error: a file under the data directory is damaged or was cut short while "
        "it was open (SIGBUS). store-lmdb may be deleted; queue holds tasks that are to be done\n";
    (void)!write(STDERR_FILENO, words, sizeof words - 1);
    _exit(EXIT_FAILURE);
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
    agent_close(server->agent);
    site_work_close(server->work);
    if (server->events)
        events_set_farm(server->events, NULL);
    farm_destroy(server->farm); /* who still waits is told to come back */
    server->site.farm = NULL;
    front_destroy(server->front);
    site_images_close(server->images);
    event_streams_destroy(server->site.streams);
    events_destroy(server->events);
    queue_close(server->queue);
    files_free(server->files);
    map_styles_destroy(server->site.map_styles);
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
    signal(SIGBUS, on_bus_error);
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
