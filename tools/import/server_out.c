/* SPDX-License-Identifier: ISC */
/*
 * server_out: the window of a canvas is a ring of messages that have no answer yet. `placed` is
 * cumulative, so what it covers leaves the ring; what is refused for the moment stays, until the
 * rest is answered, and then goes out again under new ids, before anything else.
 */
#include "server_out.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/stop.h"
#include "core/edit.h"
#include "edit-flood/wire.h"
#include "pacer.h"
#include "sys/clock.h"
#include "ws_link.h"

enum {
    WINDOW = 256,     /* messages of a canvas without an answer: answers come once a tick */
    WINDOW_ALL = 768, /* of all canvases: a server takes some 1,000 batches, then says busy */
    CANVASES_MAX = 1024,
    WAIT_MS = 100,
    SAVE_MS = 1000,
    ANSWER_MS = 30000, /* without any answer: the server is gone, or stuck */
    RETRY_MS_MAX = 10000,
};

struct message {
    uint32_t id;
    uint16_t n;
    bool again; /* refused for the moment */
    uint64_t batch;
    uint8_t edits[EDIT_BYTES * WIRE_EDITS_MAX];
};

struct canvas {
    struct server_out *out;
    struct position position;
    struct ws_link *link; /* NULL: the server has no such canvas */
    uint32_t next_id;
    size_t first, n, n_again; /* of the ring; how many of them wait to be sent again */
    int64_t rest_until_ms;    /* nothing is sent again before */
    bool is_behind; /* what is in the ring was sent again: nothing new until it is answered */
    struct message ring[WINDOW];
};

struct server_out {
    struct batches batches; /* first: batches are cast to it */
    struct server_out_config config;
    struct target target;
    struct tls_context *tls;
    struct pacer pacer;
    struct canvas **canvases;
    struct pollfd *polls;
    size_t n_canvases;
    size_t n_waiting; /* messages in all rings */
    uint64_t number;  /* of the batch that is being sent */
    uint64_t n_found, n_placed, n_messages, n_refused;
    int64_t saved_ms, heard_ms;
    char error[SERVER_OUT_ERROR_BYTES];
};

static struct server_out *of_batches(struct batches *batches)
{
    return (struct server_out *)batches;
}

static struct message *message_at(struct canvas *canvas, size_t i)
{
    return &canvas->ring[(canvas->first + i) % WINDOW];
}

static int say(struct server_out *out, const struct canvas *canvas, const char *what)
{
    if (*what)
        snprintf(out->error, sizeof out->error, "%.200s, canvas %d,%d: %.200s", out->config.url,
                 canvas->position.gx, canvas->position.gy, what);
    return -1;
}

/* ---- answers */

/* Take message i out of the ring. */
static void drop(struct canvas *canvas, size_t i)
{
    for (; i > 0; i--) /* most often it is the first */
        *message_at(canvas, i) = *message_at(canvas, i - 1);
    canvas->first = (canvas->first + 1) % WINDOW;
    canvas->n--;
    canvas->out->n_waiting--;
}

static void on_placed(struct canvas *canvas, uint64_t id)
{
    for (size_t i = 0; i < canvas->n;) {
        const struct message *m = message_at(canvas, i);
        if (m->again || m->id > id) {
            i++;
            continue;
        }
        canvas->out->n_placed += m->n;
        drop(canvas, i);
    }
}

static void on_refused(struct canvas *canvas, const struct said *said)
{
    size_t i = 0;
    while (i < canvas->n && (message_at(canvas, i)->again || message_at(canvas, i)->id != said->id))
        i++;
    if (i == canvas->n)
        return;
    struct message *m = message_at(canvas, i);
    if (said->retry_ms > 0) {
        uint64_t rest = said->retry_ms < RETRY_MS_MAX ? said->retry_ms : RETRY_MS_MAX;
        m->again = true;
        canvas->n_again++;
        canvas->rest_until_ms = clock_now_ms() + (int64_t)rest;
        return;
    }
    if (canvas->out->n_refused == 0)
        fprintf(stderr, "import: canvas %d,%d: the server refuses edits: %s\n", canvas->position.gx,
                canvas->position.gy, said->reason);
    canvas->out->n_refused += m->n;
    drop(canvas, i);
}

static void on_said(void *arg, const struct said *said)
{
    struct canvas *canvas = arg;
    if (!said->has_id)
        return;
    canvas->out->heard_ms = clock_now_ms();
    if (said->type == SAID_PLACED)
        on_placed(canvas, said->id);
    else if (said->type == SAID_REFUSED)
        on_refused(canvas, said);
}

/* All that waits for it goes out again, once nothing else is in flight. */
static int send_again(struct canvas *canvas, char error[WS_LINK_ERROR_BYTES])
{
    if (canvas->n_again == 0 || canvas->n_again < canvas->n ||
        clock_now_ms() < canvas->rest_until_ms)
        return 0;
    canvas->n_again = 0;
    canvas->is_behind = true;
    for (size_t i = 0; i < canvas->n; i++) {
        struct message *m = message_at(canvas, i);
        m->again = false;
        m->id = canvas->next_id++;
        canvas->out->n_messages++;
        if (ws_link_send(canvas->link, m->id, m->edits, m->n, error) != 0)
            return -1;
    }
    return 0;
}

/* ---- the place */

/* All batches up to this one are answered whole. */
static uint64_t settled(struct server_out *out)
{
    uint64_t least = out->number;
    for (size_t i = 0; i < out->n_canvases; i++) {
        for (size_t k = 0; k < out->canvases[i]->n; k++) {
            uint64_t batch = message_at(out->canvases[i], k)->batch;
            least = batch < least ? batch : least;
        }
    }
    return least > 0 ? least - 1 : 0;
}

static int save(struct server_out *out, uint64_t place)
{
    out->saved_ms = clock_now_ms();
    if (place <= out->config.state->first)
        return 0;
    out->config.state->first = place;
    return work_save(out->config.work, out->config.state, out->error);
}

/* ---- waiting */

/* Wait up to wait_ms for something to happen, and let it. */
static int run(struct server_out *out, int wait_ms)
{
    char error[WS_LINK_ERROR_BYTES] = "";
    bool waiting = false;
    for (size_t i = 0; i < out->n_canvases; i++) {
        const struct canvas *canvas = out->canvases[i];
        waiting |= canvas->n > canvas->n_again;
        out->polls[i] = (struct pollfd){.fd = -1};
        if (canvas->link)
            out->polls[i] = (struct pollfd){
                .fd = ws_link_fd(canvas->link),
                .events = (short)(POLLIN | (ws_link_waits(canvas->link) ? POLLOUT : 0))};
    }
    if (!waiting)
        out->heard_ms = clock_now_ms();
    if (poll(out->polls, (nfds_t)out->n_canvases, wait_ms) < 0 && errno != EINTR) {
        snprintf(out->error, sizeof out->error, "%s", strerror(errno));
        return -1;
    }
    for (size_t i = 0; i < out->n_canvases; i++) {
        struct canvas *canvas = out->canvases[i];
        if (!canvas->link)
            continue;
        if (ws_link_run(canvas->link, on_said, canvas, error) != 0 ||
            send_again(canvas, error) != 0)
            return say(out, canvas, error);
    }
    if (clock_now_ms() - out->heard_ms > ANSWER_MS) {
        snprintf(out->error, sizeof out->error, "%.200s: no answer for 30 s", out->config.url);
        return -1;
    }
    return clock_now_ms() - out->saved_ms > SAVE_MS ? save(out, settled(out)) : 0;
}

/* ---- sending */

static struct canvas *find(struct server_out *out, struct position position)
{
    char error[WS_LINK_ERROR_BYTES] = "";
    for (size_t i = 0; i < out->n_canvases; i++) {
        if (position_equal(out->canvases[i]->position, position))
            return out->canvases[i];
    }
    if (out->n_canvases == CANVASES_MAX) {
        snprintf(out->error, sizeof out->error, "more than %d canvases: take --region",
                 CANVASES_MAX);
        return NULL;
    }
    struct canvas *canvas = calloc(1, sizeof *canvas);
    if (!canvas) {
        snprintf(out->error, sizeof out->error, "no memory");
        return NULL;
    }
    bool missing;
    canvas->out = out;
    canvas->position = position;
    canvas->next_id = 1;
    canvas->link = ws_link_open(&out->target, out->tls, position, &missing, error);
    if (missing) {
        fprintf(stderr,
                "import: canvas %d,%d: the server has none there (see its --plane): its edits are "
                "left out\n",
                position.gx, position.gy);
    } else if (!canvas->link) {
        say(out, canvas, error);
        free(canvas);
        return NULL;
    }
    out->canvases[out->n_canvases++] = canvas;
    return canvas;
}

static int send_message(struct server_out *out, struct canvas *canvas, const uint8_t *edits,
                        size_t n)
{
    char error[WS_LINK_ERROR_BYTES] = "";
    while (canvas->n == WINDOW || out->n_waiting >= WINDOW_ALL || canvas->n_again > 0 ||
           (canvas->is_behind && canvas->n > 0)) {
        if (stop_asked() || run(out, WAIT_MS) != 0)
            return -1;
    }
    canvas->is_behind = false;
    struct message *m = message_at(canvas, canvas->n++);
    out->n_waiting++;
    m->id = canvas->next_id++;
    m->n = (uint16_t)n;
    m->again = false;
    m->batch = out->number;
    memcpy(m->edits, edits, EDIT_BYTES * n);
    out->n_messages++;
    return ws_link_send(canvas->link, m->id, m->edits, n, error) == 0 ? 0 : say(out, canvas, error);
}

static int on_batch(struct batches *batches, const struct batch *batch)
{
    struct server_out *out = of_batches(batches);
    out->number++;
    if (stop_asked())
        return -1;
    if (out->number <= out->config.state->first) {
        out->n_found += batch->n;
        return 0;
    }
    for (int64_t left; (left = pacer_left_ms(&out->pacer, batch->time_ms, clock_now_ms())) > 0;) {
        if (stop_asked() || run(out, left < WAIT_MS ? (int)left : WAIT_MS) != 0)
            return -1;
    }
    struct canvas *canvas = find(out, batch->position);
    if (!canvas)
        return -1;
    if (!canvas->link) {
        out->n_refused += batch->n;
        return 0;
    }
    if (send_message(out, canvas, batch->edits, batch->n) != 0)
        return -1;
    /* Read what came meanwhile: the server closes clients that do not. */
    return run(out, 0);
}

static bool in_flight(const struct server_out *out)
{
    for (size_t i = 0; i < out->n_canvases; i++) {
        if (out->canvases[i]->n > 0)
            return true;
    }
    return false;
}

int server_out_finish(struct server_out *out)
{
    bool whole = out->error[0] == '\0' && !stop_asked();
    int64_t deadline_ms = clock_now_ms() + ANSWER_MS;
    while (out->error[0] == '\0' && in_flight(out) && clock_now_ms() < deadline_ms) {
        uint64_t placed = out->n_placed;
        if (run(out, WAIT_MS) != 0)
            break;
        if (out->n_placed > placed)
            deadline_ms = clock_now_ms() + ANSWER_MS;
    }
    bool good = out->error[0] == '\0' && !in_flight(out);
    if (good && whole)
        return save(out, out->number);
    if (out->error[0] == '\0' && in_flight(out))
        snprintf(out->error, sizeof out->error, "%.200s: edits without an answer", out->config.url);
    char error[SERVER_OUT_ERROR_BYTES];
    memcpy(error, out->error, sizeof error);
    save(out, settled(out));
    memcpy(out->error, error, sizeof error);
    return -1;
}

/* ---- the whole */

struct server_out *server_out_create(const struct server_out_config *config,
                                     char error[SERVER_OUT_ERROR_BYTES])
{
    const char *why;
    struct server_out *out = calloc(1, sizeof *out);
    if (out) {
        out->batches.batch = on_batch;
        out->config = *config;
        out->pacer.speed = config->speed;
        out->canvases = calloc(CANVASES_MAX, sizeof(struct canvas *));
        out->polls = calloc(CANVASES_MAX, sizeof *out->polls);
        out->saved_ms = out->heard_ms = clock_now_ms();
    }
    if (!out || !out->canvases || !out->polls) {
        snprintf(error, SERVER_OUT_ERROR_BYTES, "no memory");
    } else if (target_parse(&out->target, config->url, &why) != 0) {
        snprintf(error, SERVER_OUT_ERROR_BYTES, "%.200s: %.200s", config->url, why);
    } else if (out->target.tls && !(out->tls = tls_context_create(config->insecure))) {
        snprintf(error, SERVER_OUT_ERROR_BYTES, "OpenSSL cannot be used");
    } else {
        return out;
    }
    server_out_destroy(out);
    return NULL;
}

void server_out_destroy(struct server_out *out)
{
    if (!out)
        return;
    for (size_t i = 0; i < out->n_canvases; i++) {
        ws_link_close(out->canvases[i]->link);
        free(out->canvases[i]);
    }
    tls_context_destroy(out->tls);
    free(out->canvases);
    free(out->polls);
    free(out);
}

struct batches *server_out_batches(struct server_out *out)
{
    return &out->batches;
}

const char *server_out_error(const struct server_out *out)
{
    return out->error;
}

uint64_t server_out_found(const struct server_out *out)
{
    return out->n_found;
}

uint64_t server_out_placed(const struct server_out *out)
{
    return out->n_placed;
}

uint64_t server_out_messages(const struct server_out *out)
{
    return out->n_messages;
}

uint64_t server_out_refused(const struct server_out *out)
{
    return out->n_refused;
}
