/* SPDX-License-Identifier: ISC */
/* setup: see setup.h. */
#include "setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "conn.h"
#include "judge.h"
#include "writer.h"

/* ---- the roles of the connections */

static unsigned share_of(unsigned all, unsigned processes, unsigned process)
{
    return all / processes + (process < all % processes);
}

static unsigned boards_of(const struct options *options)
{
    return options->n_canvases > 0 ? options->n_canvases : 1;
}

/* At least one for each canvas of each target. */
static unsigned full_readers(const struct options *options)
{
    unsigned least = options->n_targets * boards_of(options);
    return options->full_readers > least ? options->full_readers : least;
}

unsigned setup_connections(const struct options *options, unsigned process)
{
    return full_readers(options) + (process == 0 ? options->writers : 0) +
           share_of(options->readers, options->processes, process);
}

static enum conn_habit habit_of(const struct options *options, unsigned reader, unsigned readers)
{
    double at = readers == 0 ? 1 : (reader + 0.5) / readers;
    if (at < options->slow)
        return HABIT_SLOW;
    if (at < options->slow + options->stalled)
        return HABIT_STALLED;
    if (at < options->slow + options->stalled + options->reconnecting)
        return HABIT_RECONNECTING;
    return HABIT_NORMAL;
}

/* Full readers, writers and readers are each spread over targets and canvases. */
static void spread(const struct flood *flood, struct conn *conn, unsigned number)
{
    conn->target = (uint8_t)(number % flood->options->n_targets);
    conn->board = (uint16_t)(number / flood->options->n_targets % flood->n_boards);
}

static int assign_roles(struct flood *flood)
{
    const struct options *options = flood->options;
    unsigned readers = share_of(options->readers, options->processes, flood->process);
    for (unsigned i = 0; i < flood->n_conns; i++) {
        struct conn *conn = &flood->conns[i];
        conn->fd = -1;
        if (i < flood->n_full) {
            conn->kind = CONN_FULL;
            spread(flood, conn, i);
        } else if (i < flood->n_full + flood->n_writers) {
            conn->kind = CONN_WRITER;
            spread(flood, conn, i - flood->n_full);
            if (!conn_extra(conn) || !(conn->extra->writer = writer_create()))
                return -1;
        } else {
            unsigned reader = i - flood->n_full - flood->n_writers;
            conn->kind = CONN_READER;
            conn->polls = options->polls;
            conn->habit = (uint8_t)habit_of(options, reader, readers);
            spread(flood, conn, reader);
        }
    }
    return 0;
}

static int create_boards(struct flood *flood)
{
    const struct options *options = flood->options;
    unsigned n = boards_of(options);
    flood->boards = calloc(n, sizeof *flood->boards);
    if (!flood->boards)
        return -1;
    for (; flood->n_boards < n; flood->n_boards++) {
        struct position where = {0};
        if (options->n_canvases > 0)
            where = options->canvases[flood->n_boards];
        if (board_init(&flood->boards[flood->n_boards], flood->n_boards, where) != 0)
            return -1;
    }
    return 0;
}

/* ---- beginning and end */

void setup_destroy(struct flood *flood)
{
    for (unsigned i = 0; flood->conns && i < flood->n_conns; i++) {
        struct conn *conn = &flood->conns[i];
        judge_forget(flood, conn);
        if (conn->extra)
            writer_destroy(conn->extra->writer);
        conn_destroy(conn);
    }
    if (flood->epoll >= 0)
        close(flood->epoll);
    tls_context_destroy(flood->tls);
    for (unsigned i = 0; i < flood->n_boards; i++)
        board_finish(&flood->boards[i]);
    free(flood->boards);
    free(flood->conns);
    free(flood->queue);
    free(flood->receive);
    free(flood);
}

static bool any_tls(const struct options *options)
{
    for (unsigned i = 0; i < options->n_targets; i++) {
        if (options->targets[i].tls)
            return true;
    }
    return options->polls && options->poll.tls;
}

struct flood *setup_create(const struct options *options, struct shared *shared,
                           struct ledger *ledger, struct pattern *pattern, unsigned process,
                           const struct conn_handlers *handlers)
{
    struct flood *flood = calloc(1, sizeof *flood);
    if (!flood)
        return NULL;
    flood->options = options;
    flood->shared = shared;
    flood->stats = &shared->stats[process];
    flood->ledger = ledger;
    flood->pattern = pattern;
    flood->handlers = handlers;
    flood->process = process;
    flood->accounts = process == 0;
    flood->random = options->pattern.seed + ((uint64_t)process << 32);
    flood->n_full = full_readers(options);
    flood->n_writers = process == 0 ? options->writers : 0;
    flood->n_conns = setup_connections(options, process);
    uint64_t distinct = pattern_distinct(pattern);
    flood->in_flight_max = distinct * LEDGER_SAME_MAX;
    touch_clock(flood);
    flood->wheel_at = flood->now_us / WHEEL_US;
    for (unsigned i = 0; i < WHEEL_SLOTS; i++)
        flood->wheel[i] = NO_CONN;
    flood->epoll = epoll_create1(EPOLL_CLOEXEC);
    flood->conns = calloc(flood->n_conns, sizeof *flood->conns);
    flood->queue = calloc(flood->n_conns, sizeof *flood->queue);
    flood->receive = malloc(RECEIVE_BYTES + FRAME_BYTES_MAX + WIRE_HEAD_MAX);
    bool tls = any_tls(options);
    if (tls)
        flood->tls = tls_context_create(options->insecure);
    if (flood->epoll >= 0 && flood->conns && flood->queue && flood->receive &&
        (flood->tls || !tls) && create_boards(flood) == 0 && assign_roles(flood) == 0)
        return flood;
    fprintf(stderr, "edit-flood: out of memory\n");
    setup_destroy(flood);
    return NULL;
}
