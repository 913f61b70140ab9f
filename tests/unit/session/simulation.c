/* SPDX-License-Identifier: ISC */
/* simulation: see simulation.h. A client is a session whose transport is a function call. */
#include "simulation.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "core/canvas.h"
#include "core/checksum.h"
#include "plane/canvases.h"
#include "plane/owners.h"
#include "plane/reader.h"
#include "session/session.h"
#include "session/shard.h"

enum {
    SERVERS_MAX = SIMULATION_SERVERS_MAX,
    CANVASES_MAX = 16, /* of the largest plane, and the closed one */
    CLIENTS_MAX = 32,
    AUTHORS = 5,
    SENT_MAX = 1 << 16,
    STEP_US = 20 * 1000,
    SETTLE_US = 60 * 1000 * 1000,
};

enum fate { OPEN, PLACED, REFUSED, UNKNOWN };

/* One message that a client sent: a single edit, its word never used twice in a simulation. */
struct sent_edit {
    uint32_t word, id;
    struct position canvas;
    unsigned client;
    enum fate fate;
    uint64_t version; /* when placed */
};

struct simulation;

struct server {
    struct simulation *simulation;
    struct log *log;
    struct log_writer *writer;
    struct metrics metrics;
    struct canvases *canvases;
    struct owners *owners;
    struct rules *rules;
    struct shard_host host;
    struct shard *shard;
    struct reader *reader;
    bool woken;
    uint64_t due_us;
};

struct client {
    struct session session;
    struct simulation *simulation;
    struct server *server; /* NULL: not connected */
    struct position canvas;
    bool opened;  /* hello has come */
    bool current; /* had all of its canvas when it connected */
    bool gone;    /* closed by the server: to be finished */
    bool starved; /* said busy: waits for session_writable */
    uint32_t next_id;
    uint64_t version, picture_version;
    uint8_t *pixels;
};

struct simulation {
    struct env env;
    uint64_t now_us, state;
    const struct simulation_plan *plan;
    struct simulation_result *result;
    char *error;
    struct memory_partition *partition;
    bool stalled, calm; /* calm: no more faults, everybody may settle */
    bool sabotaged;
    bool starting;      /* a server reads the log, and time passes meanwhile */
    unsigned restarted; /* servers, so far */
    struct server servers[SERVERS_MAX];
    struct client clients[CLIENTS_MAX];
    uint32_t next_word;
    size_t n_sent;
    struct sent_edit sent[SENT_MAX];
};

/* Where only records of others are. */
static const struct position closed_canvas = {-1, -1};

/* ---- env ---- */

static uint64_t draw(struct simulation *s)
{
    uint64_t z = s->state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static bool chance(struct simulation *s, unsigned per_mille)
{
    return per_mille > 0 && !s->calm && draw(s) % 1000 < per_mille;
}

static uint64_t virtual_now(struct env *env)
{
    struct simulation *s = (struct simulation *)env;
    if (s->starting)
        s->now_us += 1000;
    return s->now_us;
}

static int64_t virtual_time(struct env *env)
{
    return (int64_t)(((struct simulation *)env)->now_us / 1000); /* as the log's own */
}

static void seeded_random(struct env *env, void *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        ((uint8_t *)bytes)[i] = (uint8_t)draw((struct simulation *)env);
}

static int wrong(struct simulation *s, const char *format, uint64_t a, uint64_t b, uint64_t c)
{
    if (!s->error[0])
        snprintf(s->error, SIMULATION_ERROR_BYTES, format, a, b, c);
    return -1;
}

/* ---- a client's transport ---- */

static struct client *client_of(struct session *session)
{
    return (struct client *)session; /* its first member */
}

static uint64_t client_number(const struct client *client)
{
    return (uint64_t)(client - client->simulation->clients);
}

static bool refuses_to_read(struct client *client)
{
    if (!client->starved && !chance(client->simulation, client->simulation->plan->busy))
        return false;
    client->starved = true;
    return true;
}

static void hear(struct client *client, const struct message *message);

static enum sent take_frame(struct session *session, const struct frame *frame)
{
    struct client *client = client_of(session);
    struct simulation *s = client->simulation;
    if (refuses_to_read(client))
        return SENT_BUSY;
    uint64_t version = load_u64(frame->payload);
    size_t n = (frame->len - 8) / EDIT_BYTES;
    if (!client->opened)
        wrong(s, "client %" PRIu64 " got a frame before its hello", client_number(client), 0, 0);
    if (version < client->version && version >= client->picture_version)
        wrong(s, "client %" PRIu64 " went back from %" PRIu64 " to %" PRIu64, client_number(client),
              client->version, version);
    if (version < client->picture_version)
        return SENT_OK;                             /* the picture that was fetched is newer */
    bool spoil = n > 0 && !s->sabotaged && s->calm; /* late, so that no newer edit covers it */
    if (spoil && s->plan->sabotage == SABOTAGE_SKIP_FRAME) {
        s->sabotaged = true;
        n = 0;
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t word = edit_load(frame->payload + 8 + EDIT_BYTES * i);
        if (spoil && s->plan->sabotage == SABOTAGE_FLIP_COLOUR && i == n - 1) {
            s->sabotaged = true;
            word ^= 1u << 20;
        }
        client->pixels[edit_y(word) * CANVAS_WIDTH + edit_x(word)] = (uint8_t)edit_colour(word);
    }
    client->version = version;
    for (size_t i = 0; i < frame->n_messages; i++)
        hear(client, &frame->messages[i]);
    return SENT_OK;
}

/* Fetch the picture: what a reset asks for. */
static void fetch_picture(struct client *client)
{
    struct canvas *canvas = malloc(sizeof *canvas);
    place_copy(canvases_find(client->server->canvases, client->canvas), canvas);
    /* The stream goes on from the reset's version, which is at most the picture's: frames that the
     * picture has already are left out. */
    client->version = client->picture_version = canvas->version;
    memcpy(client->pixels, canvas->pixels, CANVAS_PIXELS);
    free(canvas);
}

static void settle(struct client *client, uint32_t up_to, uint32_t only, enum fate fate,
                   uint64_t version)
{
    struct simulation *s = client->simulation;
    unsigned index = (unsigned)(client - s->clients);
    for (size_t i = 0; i < s->n_sent; i++) {
        struct sent_edit *sent = &s->sent[i];
        if (sent->client != index || sent->fate != OPEN)
            continue;
        if (only ? sent->id == only : sent->id <= up_to) {
            sent->fate = fate;
            sent->version = version;
            s->result->placed += fate == PLACED;
            s->result->refused += fate == REFUSED;
            s->result->unknown += fate == UNKNOWN;
        }
    }
}

static void hear(struct client *client, const struct message *message)
{
    struct simulation *s = client->simulation;
    switch (message->type) {
    case MESSAGE_HELLO:
        client->opened = true;
        if (!position_equal(message->canvas, client->canvas))
            wrong(s, "client %" PRIu64 " was greeted by another canvas", client_number(client), 0,
                  0);
        break;
    case MESSAGE_RESET:
        s->result->resets++;
        if (client->current)
            wrong(s, "client %" PRIu64 " was up to date at %" PRIu64 " and was reset",
                  client_number(client), client->version, 0);
        fetch_picture(client);
        if (client->version < message->version)
            wrong(s, "a picture at %" PRIu64 " after a reset at %" PRIu64, client->version,
                  message->version, 0);
        break;
    case MESSAGE_PLACED:
        if (message->version > client->version)
            wrong(s, "client %" PRIu64 " at %" PRIu64 " was told placed at %" PRIu64,
                  client_number(client), client->version, message->version);
        settle(client, message->id, 0, PLACED, message->version);
        break;
    case MESSAGE_REFUSED:
        s->result->locked += message->reason == REFUSAL_LOCKED;
        s->result->tired += message->reason == REFUSAL_ENERGY;
        settle(client, 0, message->id, REFUSED, 0);
        break;
    case MESSAGE_CHECKSUM:
        if (message->version == client->version &&
            message->checksum != canvas_checksum(client->pixels))
            wrong(s, "client %" PRIu64 " differs from the server's checksum at %" PRIu64,
                  client_number(client), message->version, 0);
        break;
    default:
        break;
    }
}

static enum sent take_messages(struct session *session, const struct message *messages, size_t n)
{
    struct client *client = client_of(session);
    if (refuses_to_read(client))
        return SENT_BUSY;
    for (size_t i = 0; i < n; i++)
        hear(client, &messages[i]);
    return SENT_OK;
}

static void be_closed(struct session *session, unsigned code, const char *reason)
{
    struct client *client = client_of(session);
    client->gone = true;
    client->simulation->result->fell += code == 4001;
}

static const struct session_ops transport = {
    .frame = take_frame, .messages = take_messages, .close = be_closed};

/* ---- clients ---- */

static void disconnect(struct client *client)
{
    if (!client->server)
        return;
    session_finish(&client->session);
    settle(client, UINT32_MAX, 0, UNKNOWN, 0);
    client->server = NULL;
}

static void connect_to(struct client *client, struct server *server)
{
    struct canvas_place *place = canvases_find(server->canvases, client->canvas);
    if (!place)
        return; /* 404: neither open there nor painted */
    uint64_t version = client->version;
    enum session_from from = client->pixels ? FROM_VERSION : FROM_GARBAGE;
    if (!client->pixels)
        client->pixels = calloc(1, CANVAS_PIXELS);
    client->server = server;
    client->current = from == FROM_VERSION && version == place_version(place);
    client->opened = client->gone = client->starved = false;
    client->next_id = 1;
    client->picture_version = 0;
    /* Some people have several pages open, at several servers. */
    struct visitor visitor = {.author = AUTHOR_PERSON | (client_number(client) % AUTHORS + 1)};
    session_init(&client->session, server->shard, place, &transport, &visitor, true, from, version);
    server->woken = true;
}

/* Words are drawn so that no two edits are the same: then the log tells whose each one is. */
static void paint(struct client *client)
{
    struct simulation *s = client->simulation;
    if (s->n_sent == SENT_MAX)
        return;
    uint32_t k = s->next_word++;
    uint32_t pixel = (uint32_t)((uint64_t)(k / 16) * 7919 % 4096);
    uint32_t word = edit_pack(pixel % 64, pixel / 64, k % 16);
    if (s->next_word > 4096 * 16)
        return;
    struct sent_edit *sent = &s->sent[s->n_sent++];
    *sent = (struct sent_edit){.word = word,
                               .id = client->next_id++,
                               .canvas = client->canvas,
                               .client = (unsigned)(client - s->clients)};
    uint8_t bytes[4 + EDIT_BYTES];
    store_u32(bytes, sent->id);
    edit_store(bytes + 4, word);
    s->result->sent++;
    if (session_message(&client->session, bytes, sizeof bytes) != 0)
        wrong(s, "a good message was refused as a protocol error", 0, 0, 0);
    client->server->woken = true;
}

static void step_client(struct client *client)
{
    struct simulation *s = client->simulation;
    if (client->server && (client->gone || chance(s, s->plan->disconnect)))
        disconnect(client);
    if (!client->server) {
        if (s->calm || chance(s, 300))
            connect_to(client, &s->servers[draw(s) % s->plan->servers]);
        return;
    }
    if (client->starved && (s->calm || draw(s) % 4 == 0)) {
        client->starved = false;
        session_writable(&client->session);
    }
    if (client->opened && chance(s, 200))
        paint(client);
}

/* ---- servers ---- */

static void be_woken(struct shard_host *host)
{
    struct server *server = (struct server *)((char *)host - offsetof(struct server, host));
    server->woken = true;
}

/* The plane that a server is started with, the first time or again. */
static struct simulation_plane plane_of(const struct simulation *s, const struct server *server)
{
    struct simulation_plane plane = s->plan->planes[server - s->servers];
    if (s->plan->restart && s->restarted > (unsigned)(server - s->servers))
        plane = s->plan->larger;
    return plane.width ? plane : (struct simulation_plane){1, 1};
}

static int open_server(struct simulation *s, struct server *server)
{
    static const volatile int stop = 0;
    /* Small: clients shall fall off. */
    static const struct ring_plan rings = {.smallest = {.edits_log2 = 6, .marks_log2 = 5},
                                           .largest = {.edits_log2 = 10, .marks_log2 = 8},
                                           .bytes = 100000,
                                           .keep_us = 1000 * 1000};
    struct shard_config config = shard_defaults;
    struct simulation_plane plane = plane_of(s, server);
    config.heartbeat_us = 1000 * 1000;
    config.stall_us = 2 * 1000 * 1000;
    config.unknown_us = 1000 * 1000;
    memset(server, 0, sizeof *server);
    server->simulation = s;
    server->log = log_memory_open(s->partition);
    server->canvases =
        canvases_create(plane.width, plane.height, &server->metrics, &s->env, &rings);
    server->owners = owners_create();
    struct rules_config rules;
    memset(&rules, 0, sizeof rules);
    policy_parse(&rules.people, s->plan->energy ? s->plan->energy : "free");
    rules.bots = rules.people;
    server->rules = rules_create(&rules, &server->metrics);
    server->reader = reader_create(server->log, s->error);
    server->writer = log_writer_create(server->log, owners_outcomes(server->owners), s->error);
    reader_add(server->reader, canvases_fold(server->canvases));
    reader_add(server->reader, rules_fold(server->rules));
    reader_add(server->reader, owners_fold(server->owners));
    if (rules_prepare(server->rules, server->reader, virtual_time(&s->env), s->error) != 0)
        return wrong(s, "a server does not find the time in the log", 0, 0, 0);
    s->starting = true;
    if (reader_start(server->reader, NULL, &stop) != READER_OK)
        return wrong(s, "a server does not start", 0, 0, 0);
    s->starting = false;
    server->host.wake = be_woken;
    server->shard = shard_create(&s->env, server->writer, server->canvases, server->owners,
                                 server->rules, &server->metrics, &config, &server->host);
    return 0;
}

static void close_server(struct server *server)
{
    log_writer_destroy(server->writer); /* tells what is in flight: the shard must still be there */
    reader_destroy(server->reader);
    log_close(server->log);
    shard_destroy(server->shard);
    owners_destroy(server->owners);
    rules_destroy(server->rules);
    canvases_destroy(server->canvases);
}

/* End the next server and start it again, with the larger plane. */
static void restart_server(struct simulation *s)
{
    struct server *server = &s->servers[s->restarted++];
    for (unsigned i = 0; i < s->plan->clients; i++) {
        if (s->clients[i].server == server)
            disconnect(&s->clients[i]);
    }
    close_server(server);
    open_server(s, server);
}

static void step_server(struct server *server)
{
    size_t delivered;
    if (reader_step(server->reader, 0, &delivered) != READER_OK)
        wrong(server->simulation, "a server cannot read its log", 0, 0, 0);
    if (server->woken || server->simulation->now_us >= server->due_us) {
        server->woken = false;
        server->due_us = shard_run(server->shard);
    }
}

static void step(struct simulation *s)
{
    s->now_us += 1 + draw(s) % STEP_US;
    if (chance(s, s->plan->garbage)) {
        uint8_t bytes[7] = {0xff, 0xff, 0xff, 1, 2, 3, 4};
        memory_partition_put(s->partition, (struct span){bytes, draw(s) % sizeof bytes});
    }
    if (chance(s, s->plan->foreign)) { /* a record of a canvas that is open nowhere */
        uint8_t bytes[POSITION_BYTES + EDIT_BYTES];
        position_store(bytes, closed_canvas);
        edit_store(bytes + POSITION_BYTES, edit_pack(999, 999, (uint32_t)(draw(s) % 16)));
        memory_partition_put(s->partition, (struct span){bytes, sizeof bytes});
    }
    if (s->plan->restart && s->restarted < s->plan->servers &&
        s->now_us > s->plan->run_us * (s->restarted + 1) / (s->plan->servers + 1))
        restart_server(s);
    if (s->stalled ? s->calm || draw(s) % 20 == 0 : chance(s, s->plan->stall)) {
        s->stalled = !s->stalled;
        memory_partition_set_stalled(s->partition, s->stalled);
    }
    for (unsigned i = 0; i < s->plan->clients; i++)
        step_client(&s->clients[i]);
    for (unsigned i = 0; i < s->plan->servers; i++)
        step_server(&s->servers[i]);
}

/* ---- the invariant, from the log alone ---- */

/* A canvas folded as README does it: a few lines of our own. */
struct expected {
    struct position position;
    uint64_t version;
    uint8_t pixels[CANVAS_PIXELS];
};

struct checker {
    struct log_records records;
    struct simulation *simulation;
    struct expected *canvases[CANVASES_MAX];
    size_t n;
    uint64_t version;
    uint64_t *landed;           /* by word: 1 + offset of its first record; 0: not in the log */
    struct position *landed_at; /* by word: its canvas */
};

static struct expected *expected_at(struct checker *checker, struct position position)
{
    for (size_t i = 0; i < checker->n; i++) {
        if (position_equal(checker->canvases[i]->position, position))
            return checker->canvases[i];
    }
    if (checker->n == CANVASES_MAX)
        return NULL;
    struct expected *made = calloc(1, sizeof *made);
    made->position = position;
    return checker->canvases[checker->n++] = made;
}

static void check_record(struct log_records *records, const struct record *record)
{
    struct checker *checker = (struct checker *)records;
    if (record->offset < checker->version)
        return;
    checker->simulation->result->records++;
    checker->version = record->offset + 1;
    struct record_edits edits = record_edits(record);
    struct expected *canvas = edits.n > 0 ? expected_at(checker, edits.position) : NULL;
    if (edits.n > 0 && !canvas)
        wrong(checker->simulation, "a canvas that is on no plane was painted", 0, 0, 0);
    if (!canvas)
        return;
    canvas->version = record->offset + 1;
    for (size_t i = 0; i < edits.n; i++) {
        uint32_t word = edit_load(edits.edits + EDIT_BYTES * i);
        canvas->pixels[edit_y(word) * CANVAS_WIDTH + edit_x(word)] = (uint8_t)edit_colour(word);
        if (checker->landed[word] == 0) {
            checker->landed[word] = record->offset + 1;
            checker->landed_at[word] = edits.position;
        }
    }
}

static void check_ledger(struct simulation *s, const struct checker *checker)
{
    const uint64_t *landed = checker->landed;
    uint8_t *known = calloc(1, 1 << 24);
    for (uint32_t colour = 0; colour < CANVAS_COLOURS; colour++)
        known[edit_pack(999, 999, colour)] = 1; /* on the closed canvas */
    for (size_t i = 0; i < s->n_sent; i++) {
        const struct sent_edit *sent = &s->sent[i];
        known[sent->word] = 1;
        uint64_t at = landed[sent->word];
        if (sent->fate == PLACED && (at == 0 || at > sent->version))
            wrong(s, "edit %06" PRIx64 ", acknowledged at %" PRIu64 ", is in the log at %" PRIu64,
                  sent->word, sent->version, at);
        if (sent->fate == REFUSED && at != 0)
            wrong(s, "edit %06" PRIx64 " was refused and is in the log at %" PRIu64, sent->word, at,
                  0);
        if (sent->fate == OPEN)
            wrong(s, "edit %06" PRIx64 " was never answered", sent->word, 0, 0);
        if (at != 0 && !position_equal(checker->landed_at[sent->word], sent->canvas))
            wrong(s, "edit %06" PRIx64 " is on another canvas than its client's", sent->word, 0, 0);
    }
    for (uint32_t word = 0; word < 1 << 24; word++) {
        if (landed[word] && !known[word])
            wrong(s, "edit %06" PRIx64 " is in the log and nobody sent it", word, 0, 0);
    }
    free(known);
}

static void check_server(struct simulation *s, struct checker *checker, unsigned i)
{
    struct canvas *canvas = malloc(sizeof *canvas);
    struct canvases *canvases = s->servers[i].canvases;
    if (canvases_version(canvases) != checker->version)
        wrong(s, "server %" PRIu64 " at %" PRIu64 " differs from the log at %" PRIu64, i,
              canvases_version(canvases), checker->version);
    for (size_t k = 0; k < checker->n; k++) {
        const struct expected *expected = checker->canvases[k];
        struct canvas_place *place = canvases_find(canvases, expected->position);
        if (!place) {
            wrong(s, "server %" PRIu64 " lacks canvas %" PRIu64, i, k, 0);
            continue;
        }
        place_copy(place, canvas);
        if (canvas->version != expected->version ||
            memcmp(canvas->pixels, expected->pixels, CANVAS_PIXELS) != 0)
            wrong(s, "server %" PRIu64 " at %" PRIu64 " differs from the canvas at %" PRIu64, i,
                  canvas->version, expected->version);
        if (canvas->checksum != canvas_checksum(expected->pixels))
            wrong(s, "server %" PRIu64 " has a wrong checksum", i, 0, 0);
    }
    free(canvas);
    /* Energy: one that was restarted has not read what is paid off. */
    struct rules *rules = s->servers[i].rules;
    int64_t since = s->plan->restart ? (int64_t)(s->now_us / 1000) : 0;
    if (rules_sum(rules, since) != rules_sum(s->servers[0].rules, since))
        wrong(s, "server %" PRIu64 " has another table of authors than server 0", i, 0, 0);
    if (rules_pending(rules) != 0)
        wrong(s, "server %" PRIu64 " still has %" PRIu64 " ms pending", i, rules_pending(rules), 0);
    if (s->plan->energy && !s->plan->restart && rules_sum(rules, 0) == 0)
        wrong(s, "server %" PRIu64 " has an empty table of authors", i, 0, 0);
}

static void check_client(struct simulation *s, struct checker *checker, unsigned i)
{
    struct client *client = &s->clients[i];
    const struct expected *expected = expected_at(checker, client->canvas);
    if (!client->pixels)
        wrong(s, "client %" PRIu64 " never connected", i, 0, 0);
    else if (client->version != expected->version ||
             memcmp(client->pixels, expected->pixels, CANVAS_PIXELS) != 0)
        wrong(s, "client %" PRIu64 " at %" PRIu64 " differs from the canvas at %" PRIu64, i,
              client->version, expected->version);
}

static void check(struct simulation *s)
{
    struct checker *checker = calloc(1, sizeof *checker);
    checker->records.record = check_record;
    checker->simulation = s;
    checker->landed = calloc(1 << 24, sizeof *checker->landed);
    checker->landed_at = calloc(1 << 24, sizeof *checker->landed_at);
    struct log *log = log_memory_open(s->partition);
    char error[LOG_ERROR_BYTES];
    size_t delivered;
    struct log_reader *reader = log_reader_create(log, &checker->records, error);
    log_reader_seek(reader, 0, error);
    for (int i = 0; i < 100000 && !log_reader_caught_up(reader); i++) {
        s->now_us += STEP_US;
        log_reader_poll(reader, 0, &delivered, error);
    }
    log_reader_destroy(reader);
    log_close(log);

    for (unsigned i = 0; i < s->plan->servers; i++)
        check_server(s, checker, i);
    for (unsigned i = 0; i < s->plan->clients; i++)
        check_client(s, checker, i);
    check_ledger(s, checker);
    s->result->version = checker->version;
    for (size_t i = 0; i < checker->n; i++) {
        s->result->checksum ^= canvas_checksum(checker->canvases[i]->pixels) * (2 * i + 1);
        s->result->canvases += checker->canvases[i]->version > 0;
        free(checker->canvases[i]);
    }
    free(checker->landed);
    free(checker->landed_at);
    free(checker);
}

/* The canvas that client i is on: all of the largest plane get some. */
static struct position canvas_of(const struct simulation_plan *plan, unsigned i)
{
    struct simulation_plane most = plan->larger;
    for (unsigned k = 0; k < plan->servers; k++) {
        if (plan->planes[k].width * plan->planes[k].height > most.width * most.height)
            most = plan->planes[k];
    }
    if (most.width == 0)
        return (struct position){0, 0};
    return (struct position){.gx = (int16_t)(i % most.width),
                             .gy = (int16_t)(i / most.width % most.height)};
}

int simulate(const struct simulation_plan *plan, struct simulation_result *result,
             char error[SIMULATION_ERROR_BYTES])
{
    struct simulation *s = calloc(1, sizeof *s);
    memset(result, 0, sizeof *result);
    error[0] = '\0';
    s->env = (struct env){.now_us = virtual_now, .time_ms = virtual_time, .random = seeded_random};
    s->state = plan->seed;
    s->plan = plan;
    s->result = result;
    s->error = error;
    s->partition = memory_partition_create(&s->env, plan->faults);
    for (unsigned i = 0; i < plan->servers; i++)
        open_server(s, &s->servers[i]);
    for (unsigned i = 0; i < plan->clients; i++) {
        s->clients[i].simulation = s;
        s->clients[i].canvas = canvas_of(plan, i);
    }

    while (s->now_us < plan->run_us && !error[0])
        step(s);
    s->calm = true;
    uint64_t end = s->now_us + SETTLE_US;
    while (s->now_us < end && !error[0])
        step(s);
    if (plan->sabotage == SABOTAGE_FALSE_ACK && s->n_sent > 0) {
        s->sent[s->n_sent / 2].fate = PLACED; /* as a server that acknowledges before the commit */
        s->sent[s->n_sent / 2].version = 1;
    }
    if (!error[0])
        check(s);

    for (unsigned i = 0; i < plan->clients; i++) {
        disconnect(&s->clients[i]);
        free(s->clients[i].pixels);
    }
    for (unsigned i = 0; i < plan->servers; i++)
        close_server(&s->servers[i]);
    memory_partition_destroy(s->partition);
    free(s);
    return error[0] ? -1 : 0;
}
