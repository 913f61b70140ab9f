/* SPDX-License-Identifier: ISC */
/*
 * main: the composition root, the only place that knows everybody. Opens from the log upward, folds
 * to the end of the log, listens, runs, and closes in reverse.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "api/control_access.h"
#include "api/control_writer.h"
#include "api/routes.h"
#include "config/config_read.h"
#include "control/control.h"
#include "derived/checkpointer.h"
#include "derived/pictures.h"
#include "derived/plane_source.h"
#include "history/history_canvases.h"
#include "http/connection.h"
#include "http/files.h"
#include "http/site.h"
#include "identity/identity.h"
#include "identity/secret.h"
#include "log/open.h"
#include "moderation/moderation.h"
#include "moderation/recent_authors.h"
#include "moderation/watch.h"
#include "moderation/who.h"
#include "net/callers.h"
#include "net/loop.h"
#include "plane/canvases.h"
#include "plane/owners.h"
#include "plane/place.h"
#include "plane/reader.h"
#include "process.h"
#include "rules/rules.h"
#include "sys/clock.h"
#include "sys/descriptors.h"
#include "sys/diag.h"
#include "sys/listening.h"
#include "sys/sys_env.h"
#include "web_folder.h"
#include "ws/ws.h"

enum {
    EXIT_USAGE = 2,
    EXIT_MISMATCH = 3,  /* the log does not match the checkpoint */
    FILES_RESERVE = 64, /* descriptors that are not connections: log, checkpoint, listeners */
    READ_MS = 1000,
    FLUSH_MS = 5000,
    MESSAGE_RATE = 100, /* of one connection and second, when messages are counted at all */
};

struct server {
    struct config config;
    struct metrics metrics;
    struct log *log;
    struct log_writer *writer;
    struct checkpoint *checkpoint;
    struct canvases *canvases;
    struct owners *owners;
    struct rules *rules;
    struct identity *identity;
    struct control *control;
    struct moderation *moderation;
    struct watch *watch;
    struct who_service *who;
    struct recent_authors *recent_authors;
    struct control_failures *control_failures;
    struct control_writer *control_writer;
    struct reader *reader;
    struct plane_source source;
    struct pictures *pictures;
    struct history_canvases history_source;
    struct history *history; /* NULL: none is kept */
    struct files *files;
    struct site site;
    struct web_origin origins[CONFIG_ORIGIN_MAX];
    struct shard_config shard;
    struct callers *callers; /* NULL: addresses are not counted */
    struct loop *loops[CONFIG_THREADS_MAX];
    size_t n_loops;
    atomic_bool loops_open; /* all of them: other threads may wake them */
    pthread_t loop_threads[CONFIG_THREADS_MAX];
    size_t n_loop_threads;
    struct checkpointer *checkpointer;
    pthread_t reader_thread;
    bool reading;
    atomic_bool stop_reading;
    atomic_int exit_code;
};

/* For the signal handlers, which have nothing else to go by. */
static struct server *running;
static volatile int stopping;

static void stop_loops(struct server *server)
{
    for (size_t i = 0; i < server->n_loops; i++)
        loop_stop(server->loops[i]);
}

/* From a signal handler. */
static void stop(void)
{
    stopping = 1;
    if (running)
        stop_loops(running);
}

/* From a signal handler. */
static void reload(void)
{
    for (size_t i = 0; running && i < running->n_loops; i++)
        loop_reload(running->loops[i]);
}

/* ---- opening, from the log upward ---- */

static int make_directory(const char *path)
{
    if (mkdir(path, 0755) != 0 && errno != EEXIST) {
        diag_error("%s: %s", path, strerror(errno));
        return -1;
    }
    return 0;
}

/* The log of edits, or the control log beside it, which fills more slowly and has the same address
 * space: NULL after a message. */
static struct log *open_log(const struct config *config, bool control)
{
    char url[PATH_MAX + 16], error[LOG_ERROR_BYTES];
    const struct log_options options = {.map_bytes = config->log_space,
                                        .replication = config->kafka_replication,
                                        .properties = config->kafka,
                                        .n_properties = config->n_kafka};
    if (config->log == LOG_LOCAL)
        snprintf(url, sizeof url, "local:%s/%s", config->data, control ? "control" : "log");
    else
        snprintf(url, sizeof url, "kafka://%s/%s%s", config->kafka_brokers, config->kafka_topic,
                 control ? ".control" : "");
    struct log *log = log_open(url, &options, error);
    if (!log)
        diag_error("%s", error);
    return log;
}

static int open_checkpoint(struct server *server)
{
    char path[PATH_MAX], error[CHECKPOINT_ERROR_BYTES];
    snprintf(path, sizeof path, "%s/checkpoint", server->config.data);
    server->checkpoint = checkpoint_open(path, error);
    if (!server->checkpoint ||
        (server->config.rebuild && checkpoint_clear(server->checkpoint, error) != 0)) {
        diag_error("%s", error);
        return -1;
    }
    return 0;
}

static int open_rules(struct server *server)
{
    struct rules_config rules = {0};
    const struct config *config = &server->config;
    rules.minimum_age_ms = config->identity_age * 1000;
    rules.identity_needed = config->identity != CONFIG_IDENTITY_ANY || config->identity_age > 0;
    rules.people = config->energy;
    rules.bots = config->bot_energy.name[0] ? config->bot_energy : config->energy;
    rules.network_factor = config->network_factor;
    server->rules = rules_create(&rules, &server->metrics);
    if (server->rules)
        return 0;
    diag_error("out of memory");
    return -1;
}

static void secret_path(const struct config *config, char path[PATH_MAX])
{
    if (config->secret)
        snprintf(path, PATH_MAX, "%s", config->secret);
    else
        snprintf(path, PATH_MAX, "%s/secret", config->data);
}

static int open_identity(struct server *server)
{
    const struct config *config = &server->config;
    char path[PATH_MAX], error[IDENTITY_ERROR_BYTES];
    secret_path(config, path);
    struct identity_config identity = {.secret = config->secret ? path : NULL,
                                       .first = path,
                                       .needed = (enum identity_needed)config->identity,
                                       .rate = config->identity_rate,
                                       .work = config->identity_work};
    server->identity = identity_open(&identity, &server->metrics, error);
    if (!server->identity) {
        diag_error("%s", error);
        return -1;
    }
    if (identity_made(server->identity) && config->log == LOG_KAFKA)
        diag_warn("%s: made; the other servers of this topic need the same file (see --secret)",
                  path);
    return 0;
}

/* From the first loop's thread, after SIGHUP. */
static void reload_site(struct site *site)
{
    char error[IDENTITY_ERROR_BYTES];
    if (identity_reload(site->identity, error) == 0)
        diag_info("the keys of identities were reloaded");
    else
        diag_error("%s; the keys stay as they were", error);
}

static int rotate_secret(const struct config *config)
{
    char path[PATH_MAX], error[SECRET_ERROR_BYTES];
    secret_path(config, path);
    if (secret_rotate(path, config->secret != NULL, error) != 0) {
        diag_error("%s", error);
        return EXIT_FAILURE;
    }
    diag_info("%s has a new key; send SIGHUP to the servers that use it", path);
    return EXIT_SUCCESS;
}

/* What is between the log and the sessions, still empty. */
static int open_plane(struct server *server)
{
    const struct config *config = &server->config;
    struct log_identity identity = log_identify(server->log);
    char error[LOG_ERROR_BYTES] = "out of memory";
    server->canvases = canvases_create(config->plane.width, config->plane.height, &server->metrics,
                                       &sys_env, NULL);
    server->owners = server->canvases ? owners_create() : NULL;
    server->watch = server->owners ? watch_create(&server->metrics) : NULL;
    server->recent_authors = server->watch ? recent_authors_create() : NULL;
    if (server->recent_authors &&
        plane_source_init(&server->source, server->canvases, identity.cluster, identity.topic) == 0)
        server->reader = reader_create(server->log, error);
    if (server->reader)
        server->writer = log_writer_create(server->log, owners_outcomes(server->owners), error);
    if (!server->writer) {
        diag_error("%s", error);
        return -1;
    }
    reader_add(server->reader, canvases_fold(server->canvases));
    reader_add(server->reader, rules_fold(server->rules));
    reader_add(server->reader, owners_fold(server->owners));
    reader_add(server->reader, watch_fold(server->watch));
    reader_add(server->reader, recent_authors_fold(server->recent_authors));
    return 0;
}

/* From the checkpoint to the end of the log. The exit code, 0 to go on. */
static int fold_log(struct server *server)
{
    struct checkpoint_plane folded;
    enum checkpoint_load loaded = plane_source_load(&server->source, server->checkpoint, &folded);
    if (loaded == CHECKPOINT_NO_MEMORY) {
        diag_error("out of memory");
        return EXIT_FAILURE;
    }
    char error[FOLD_ERROR_BYTES];
    if (rules_prepare(server->rules, server->reader, clock_wall_ms(), error) != 0) {
        diag_error("%s", error);
        return EXIT_FAILURE;
    }
    bool proven = loaded == CHECKPOINT_LOADED && folded.version > 0;
    struct reader_proof proof = {
        .anchor = folded.anchor, .cluster = folded.cluster, .topic = folded.topic};
    uint64_t began_us = env_now_us(&sys_env);
    switch (reader_start(server->reader, proven ? &proof : NULL, &stopping)) {
    case READER_OK:
        break;
    case READER_STOPPED:
        return EXIT_SUCCESS;
    case READER_FAILED:
        diag_error("%s", reader_error(server->reader));
        return EXIT_FAILURE;
    case READER_MISMATCH:
        diag_error("%s", reader_error(server->reader));
        return EXIT_MISMATCH;
    }
    metric_set(&server->metrics, caught_up, 1);
    diag_info("canvas at version %" PRIu64 ": %" PRIu64 " records folded in %" PRIu64 " ms%s",
              canvases_version(server->canvases), metric_get(&server->metrics, records_total),
              (env_now_us(&sys_env) - began_us) / 1000, proven ? ", from a checkpoint" : "");
    return EXIT_SUCCESS;
}

/* ---- the picture ---- */

static void picture_ready(struct picture_source *source, const struct picture *picture)
{
    struct server *server =
        (struct server *)((char *)source - offsetof(struct server, source.pictures));
    struct picture_name name = picture->name;
    struct canvas_place *place = canvases_find(server->canvases, picture_name_first(name));
    if (name.zoom == 0 && place)
        place_set_picture_bytes(place, picture->len);
    metric_add(&server->metrics, pictures_total, 1);
    for (size_t i = 0; i < server->n_loops; i++)
        loop_picture_ready(server->loops[i]);
}

static int open_pictures(struct server *server)
{
    server->source.pictures.ready = picture_ready;
    server->pictures = pictures_create(&server->source.pictures, pictures_limits_default);
    if (server->pictures)
        return 0;
    diag_error("cannot start a thread: %s", strerror(errno));
    return -1;
}

/* ---- the history ---- */

static void history_ready(struct history_source *source)
{
    struct server *server =
        (struct server *)((char *)source - offsetof(struct server, history_source.source));
    for (size_t i = 0; atomic_load(&server->loops_open) && i < server->n_loops; i++)
        loop_history_ready(server->loops[i]);
}

static int open_history(struct server *server)
{
    char path[PATH_MAX];
    struct history_config config = history_config_default;
    if (!server->config.history)
        return 0;
    snprintf(path, sizeof path, "%s/history", server->config.data);
    config.directory = path;
    config.publish_ms = server->config.tick_ms;
    history_canvases_init(&server->history_source, server->canvases);
    server->history_source.source.ready = history_ready;
    server->history =
        history_create(server->log, &server->history_source.source, &config, &server->metrics);
    if (server->history)
        return 0;
    diag_error("cannot start the history: %s", strerror(errno));
    return -1;
}

/* ---- the rules that people set ---- */

static void control_changed(void *context)
{
    struct server *server = context;
    for (size_t i = 0; atomic_load(&server->loops_open) && i < server->n_loops; i++)
        loop_rules_changed(server->loops[i]);
}

static int open_control(struct server *server)
{
    char token[PATH_MAX], error[CONTROL_ERROR_BYTES];
    snprintf(token, sizeof token, "%s/token", server->config.data);
    struct control_config config = {.log = open_log(&server->config, true),
                                    .canvases = server->canvases,
                                    .rules = server->rules,
                                    .identity = server->identity,
                                    .first_token = token,
                                    .stop = &stopping,
                                    .changed = control_changed,
                                    .context = server};
    if (!config.log)
        return -1;
    server->control = control_create(&config, &server->metrics, error);
    server->control_failures = control_failures_create();
    server->control_writer = control_writer_create();
    if (server->control && server->control_failures && server->control_writer)
        return 0;
    if (server->control)
        snprintf(error, sizeof error, "out of memory, or a thread cannot be started");
    diag_error("%s", error);
    return -1;
}

static int start_watch(struct server *server)
{
    if (watch_start(server->watch, server->control) == 0)
        return 0;
    diag_error("cannot start to watch: %s", strerror(errno));
    return -1;
}

static int open_moderation(struct server *server)
{
    char error[MODERATION_ERROR_BYTES];
    struct moderation_config config = {.log = server->log,
                                       .writer = server->writer,
                                       .canvases = server->canvases,
                                       .owners = server->owners,
                                       .history = server->history,
                                       .control = server->control,
                                       .rules = server->rules,
                                       .identity = server->identity,
                                       .sightings = watch_sightings(server->watch)};
    const struct who_config who = {.log = server->log,
                                   .canvases = server->canvases,
                                   .history = server->history,
                                   .recent = server->recent_authors};
    server->moderation = moderation_create(&config, &server->metrics, error);
    if (!server->moderation) {
        diag_error("%s", error);
        return -1;
    }
    server->who = who_create(&who, &server->metrics);
    if (server->who)
        return 0;
    diag_error("cannot start a thread: %s", strerror(errno));
    return -1;
}

/* ---- the web client ---- */

static int load_files(struct server *server)
{
    char found[WEB_FOLDER_BYTES], error[FILES_ERROR_BYTES];
    const char *web = server->config.web;
    if (!web) {
        if (web_folder_find(found) != 0) {
            diag_warn("no web client beside the program: \"/\" will answer 404 (see --web)");
            return 0;
        }
        web = found;
    }
    server->files = files_load(web, error);
    if (!server->files) {
        diag_error("%s", error);
        return -1;
    }
    const char *address = server->config.public_address;
    if (address && files_set_address(server->files, address) != 0) {
        diag_error("out of memory");
        return -1;
    }
    return 0;
}

/* ---- the loops ---- */

/* Say where the first loop listens, and pick what the others share with it: its ports, as it was
 * given them; a Unix socket has one listener. Returns how many. */
static size_t say_addresses(struct server *server, const struct loop *loop,
                            struct listen_address shared[CONFIG_LISTEN_MAX])
{
    const struct config *config = &server->config;
    size_t n = 0;
    for (size_t i = 0; i < config->n_listen; i++) {
        struct listen_address address = loop_address(loop, i);
        listening_say("listening", config->tls_cert != NULL, &address);
        if (!address.path[0])
            shared[n++] = address;
    }
    struct listen_address admin = loop_address(loop, config->n_listen);
    listening_say("admin", false, &admin);
    return n;
}

static void make_site(struct server *server)
{
    const struct config *config = &server->config;
    struct site *site = &server->site;
    site->routes = &routes_public;
    site->admin_routes = &routes_admin;
    site->files = server->files;
    site->pictures = server->pictures;
    site->history = server->history;
    site->canvases = server->canvases;
    site->rules = server->rules;
    site->identity = server->identity;
    site->control = server->control;
    site->moderation = server->moderation;
    site->watch = server->watch;
    site->who = server->who;
    site->control_failures = server->control_failures;
    site->control_writer = server->control_writer;
    site->staff_page = config->staff_page;
    site->frame_ancestors = config->frame_ancestors;
    site->template_sources = config->template_sources;
    site->sso_header = config->sso_header;
    site->proxies = config->proxies;
    site->n_proxies = config->n_proxies;
    site->origins = server->origins;
    for (size_t i = 0; i < config->n_origins; i++)
        site->n_origins += web_origin_parse(&server->origins[site->n_origins], config->origins[i]);
}

static int open_loops(struct server *server, unsigned max_files)
{
    const struct config *config = &server->config;
    struct listen_address shared[CONFIG_LISTEN_MAX];
    unsigned limit = max_files > 2 * FILES_RESERVE ? max_files - FILES_RESERVE : max_files / 2;
    if (config->max_connections && config->max_connections < limit)
        limit = config->max_connections;
    make_site(server);
    server->callers =
        config->address_connections > 0 ? callers_create(config->address_connections) : NULL;
    if (config->address_connections > 0 && !server->callers) {
        diag_error("out of memory");
        return -1;
    }
    struct loop_config loop = {
        .env = &sys_env,
        .writer = server->writer,
        .canvases = server->canvases,
        .owners = server->owners,
        .rules = server->rules,
        .metrics = &server->metrics,
        .callers = server->callers,
        .shard = &server->shard,
        .accepted = connection_accepted,
        .websocket = &ws_ops,
        .site = &server->site,
        .reload = reload_site,
        .listen = config->listen,
        .n_listen = config->n_listen,
        .admin = &config->admin,
        .tls_cert = config->tls_cert,
        .tls_key = config->tls_key,
        .max_connections = limit / config->threads,
        .share_ports = config->threads > 1,
    };
    for (unsigned i = 0; i < config->threads; i++) {
        char error[LOOP_ERROR_BYTES];
        struct loop *opened = loop_create(&loop, error);
        if (!opened) {
            diag_error("%s", error);
            return -1;
        }
        server->loops[server->n_loops++] = opened;
        if (i == 0) {
            loop.n_listen = say_addresses(server, opened, shared);
            loop.listen = shared;
            loop.admin = NULL;
            loop.reload = NULL;
        }
    }
    atomic_store(&server->loops_open, true);
    return 0;
}

static void configure_shards(struct server *server)
{
    const struct config *config = &server->config;
    server->shard = shard_defaults;
    server->shard.batch_us = config->batch_ms * UINT64_C(1000);
    server->shard.tick_us = config->tick_ms * UINT64_C(1000);
    bool free_of_charge = !rules_count(server->rules);
    server->shard.message_rate = !config->message_rate_auto ? config->message_rate
                                 : free_of_charge           ? 0
                                                            : MESSAGE_RATE;
    server->shard.taken = watch_taken;
    server->shard.taken_context = server->watch;
}

/* Everything from the log up to the listeners. The exit code, 0 to go on. */
static int open_server(struct server *server)
{
    unsigned max_files = descriptors_raise_limit();
    if (make_directory(server->config.data) != 0)
        return EXIT_FAILURE;
    server->log = open_log(&server->config, false);
    if (!server->log || open_checkpoint(server) != 0 || open_rules(server) != 0 ||
        open_identity(server) != 0 || open_plane(server) != 0)
        return EXIT_FAILURE;
    int code = fold_log(server);
    if (code != EXIT_SUCCESS || stopping)
        return code;
    configure_shards(server);
    if (open_pictures(server) != 0 || open_history(server) != 0 || open_control(server) != 0 ||
        start_watch(server) != 0 || open_moderation(server) != 0 || load_files(server) != 0 ||
        open_loops(server, max_files) != 0)
        return EXIT_FAILURE;
    return EXIT_SUCCESS;
}

/* ---- running ---- */

static void *run_reader(void *arg)
{
    struct server *server = arg;
    enum reader_result result = READER_OK;
    while (result == READER_OK && !atomic_load(&server->stop_reading)) {
        size_t delivered;
        result = reader_step(server->reader, READ_MS, &delivered);
    }
    if (result != READER_OK) {
        metric_set(&server->metrics, caught_up, 0);
        diag_error("%s", reader_error(server->reader));
        atomic_store(&server->exit_code, result == READER_MISMATCH ? EXIT_MISMATCH : EXIT_FAILURE);
        stop_loops(server);
    }
    return NULL;
}

static void *run_loop(void *arg)
{
    loop_run(arg);
    return NULL;
}

static int start_threads(struct server *server)
{
    if (pthread_create(&server->reader_thread, NULL, run_reader, server) != 0)
        return -1;
    server->reading = true;
    server->checkpointer = checkpointer_create(server->checkpoint, &server->source.checkpoint,
                                               &server->metrics, server->config.checkpoint_seconds);
    if (!server->checkpointer)
        return -1;
    for (size_t i = 1; i < server->n_loops; i++) {
        if (pthread_create(&server->loop_threads[i], NULL, run_loop, server->loops[i]) != 0)
            return -1;
        server->n_loop_threads++;
    }
    return 0;
}

/* The loops have ended: let what is in flight reach the log, and what is in the log the canvases,
 * so that the last checkpoint has it. */
static void stop_threads(struct server *server)
{
    for (size_t i = 1; i <= server->n_loop_threads; i++)
        pthread_join(server->loop_threads[i], NULL);
    running = NULL;
    moderation_stop(server->moderation);
    log_writer_flush(server->writer, FLUSH_MS);
    if (server->reading) {
        atomic_store(&server->stop_reading, true);
        reader_wake(server->reader);
        pthread_join(server->reader_thread, NULL);
    }
    checkpointer_destroy(server->checkpointer);
}

/* Until a signal, or until the log fails. The exit code. */
static int run(struct server *server)
{
    running = server;
    bool started = start_threads(server) == 0;
    if (!started)
        diag_error("cannot start a thread: %s", strerror(errno));
    if (!started || stopping)
        stop_loops(server);
    loop_run(server->loops[0]); /* its own shutdown comes first, if it was stopped already */
    stop_threads(server);
    return started ? atomic_load(&server->exit_code) : EXIT_FAILURE;
}

/* ---- closing, in reverse ---- */

static void close_server(struct server *server)
{
    control_writer_destroy(server->control_writer);
    who_destroy(server->who);
    moderation_destroy(server->moderation);
    watch_stop(server->watch);
    control_destroy(server->control);
    control_failures_destroy(server->control_failures);
    history_destroy(server->history);
    pictures_destroy(server->pictures);
    for (size_t i = 0; i < server->n_loops; i++)
        loop_destroy(server->loops[i]);
    callers_destroy(server->callers);
    files_free(server->files);
    log_writer_destroy(server->writer);
    reader_destroy(server->reader);
    log_close(server->log);
    watch_destroy(server->watch);
    recent_authors_destroy(server->recent_authors);
    owners_destroy(server->owners);
    rules_destroy(server->rules);
    identity_close(server->identity);
    canvases_destroy(server->canvases);
    checkpoint_close(server->checkpoint);
    plane_source_finish(&server->source);
    config_finish(&server->config);
}

int main(int argc, char *argv[])
{
    standard_descriptors_open();
    static struct server server;
    switch (config_read(&server.config, argc, argv)) {
    case CONFIG_DONE:
        return EXIT_SUCCESS;
    case CONFIG_BAD:
        return EXIT_USAGE;
    case CONFIG_RUN:
        break;
    }
    if (server.config.rotate_secret) {
        int rotated = rotate_secret(&server.config);
        config_finish(&server.config);
        return rotated;
    }
    process_handle_signals(stop, reload);
    int code = open_server(&server);
    if (code == EXIT_SUCCESS && !stopping)
        code = run(&server);
    close_server(&server);
    if (code == EXIT_SUCCESS)
        diag_info("bye");
    return code;
}
