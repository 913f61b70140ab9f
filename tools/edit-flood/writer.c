/* SPDX-License-Identifier: ISC */
/*
 * writer: see writer.h. What was sent is not kept: a message is a stretch of the pattern, and the
 * pattern is computed again.
 */
#include "writer.h"

#include <inttypes.h>
#include <stdlib.h>

#include "claims.h"
#include "conn.h"

enum {
    FLIGHTS_MIN = 8,
    VISITS_A_MS = 20, /* sends a millisecond; each carries what is due for all of its messages */
};

static const uint64_t MAKE_UP_US = 1000 * 1000; /* what is later than that is dropped */

struct writer *writer_create(void)
{
    struct writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        return NULL;
    writer->room = FLIGHTS_MIN;
    writer->flights = malloc(writer->room * sizeof *writer->flights);
    if (!writer->flights) {
        free(writer);
        return NULL;
    }
    return writer;
}

void writer_destroy(struct writer *writer)
{
    if (!writer)
        return;
    free(writer->flights);
    free(writer);
}

static struct flight *flight_at(struct writer *writer, uint32_t i)
{
    return &writer->flights[(writer->first + i) & (writer->room - 1)];
}

static struct flight *add_flight(struct writer *writer)
{
    if (writer->count == writer->room) {
        struct flight *flights = malloc(2 * (size_t)writer->room * sizeof *flights);
        if (!flights)
            return NULL;
        for (uint32_t i = 0; i < writer->count; i++)
            flights[i] = *flight_at(writer, i);
        free(writer->flights);
        writer->flights = flights;
        writer->first = 0;
        writer->room *= 2;
    }
    return flight_at(writer, writer->count++);
}

/* ---- sending */

/* Up to this many edits may leave now: by the clock, and by what the ledger can hold. */
static uint64_t edits_allowed(const struct flood *flood)
{
    return flood->in_flight < flood->in_flight_max ? flood->in_flight_max - flood->in_flight : 0;
}

/* One send of up to `messages` messages of up to `edits` edits in all. How many edits left. */
static uint64_t send_some(struct flood *flood, struct conn *conn, uint64_t messages, uint64_t edits)
{
    struct writer *writer = conn->extra->writer;
    const struct options *options = flood->options;
    uint32_t words[WIRE_EDITS_MAX];
    size_t len = 0;
    uint64_t sent = 0, sent_messages = 0;
    uint32_t now = since_begun(flood);
    if (edits > edits_allowed(flood))
        edits = edits_allowed(flood);
    while (sent_messages < messages && sent < edits && writer->in_window < options->window &&
           len + WIRE_MESSAGE_MAX <= sizeof flood->send) {
        size_t n = edits - sent < options->batch ? (size_t)(edits - sent) : options->batch;
        struct flight *flight = add_flight(writer);
        if (!flight)
            break;
        *flight = (struct flight){
            .first = flood->next_edit, .id = writer->next_id++, .sent_us = now, .n = (uint16_t)n};
        pattern_words(flood->pattern, flight->first, n, words);
        ledger_sent(flood->ledger, board_of(flood, conn)->key, words, n, now);
        len += wire_edits(flood->send + len, flight->id, words, n);
        flood->next_edit += n;
        writer->in_window++;
        sent += n;
        sent_messages++;
    }
    if (len == 0)
        return 0;
    flood->in_flight += sent;
    stat_add(flood->stats, messages_sent, sent_messages);
    stat_add(flood->stats, edits_sent, sent);
    conn_send(flood, conn, flood->send, len); /* when it breaks, its end settles the flights */
    return sent;
}

static bool can_send(const struct flood *flood, const struct conn *conn)
{
    return conn->state == CONN_OPEN && conn->greeted && conn_sendable(conn) &&
           conn->extra->writer->in_window < flood->options->window &&
           conn->extra->writer->rest_until_us <= flood->now_us;
}

static bool sending(const struct flood *flood)
{
    return flood->accounts && flood->sending_since_us != 0 && !flood->pattern_over;
}

void writer_sendable(struct flood *flood, struct conn *conn)
{
    if (conn->kind != CONN_WRITER || conn->queued || flood->options->rate > 0 ||
        pattern_timed(flood->pattern))
        return;
    conn->queued = true;
    flood->queue[flood->n_queue++] = conn_number(flood, conn);
}

/* As fast as the answers come: every writer that has got some fills its window again. */
static void feed(struct flood *flood)
{
    uint32_t n = flood->n_queue, kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct conn *conn = &flood->conns[flood->queue[i]];
        while (can_send(flood, conn) && send_some(flood, conn, UINT64_MAX, UINT64_MAX) > 0)
            ;
        bool again = conn->greeted && conn_sendable(conn) &&
                     conn->extra->writer->in_window < flood->options->window;
        if (again) /* it rests, or the ledger is full */
            flood->queue[kept++] = flood->queue[i];
        else
            conn->queued = false;
    }
    flood->n_queue = kept;
}

/* Edits that should have left by now, since the start. */
static uint64_t due_now(struct flood *flood)
{
    uint64_t elapsed = flood->now_us - flood->sending_since_us;
    if (pattern_timed(flood->pattern)) {
        bool over;
        uint64_t due = pattern_due(flood->pattern, elapsed, &over);
        flood->pattern_over = over && flood->next_edit >= due;
        return due;
    }
    const struct options *options = flood->options;
    uint64_t due = (uint64_t)((double)elapsed * options->rate / 1e6);
    uint64_t reached = flood->next_edit + flood->dropped;
    uint64_t late = (uint64_t)((double)MAKE_UP_US * options->rate / 1e6) + options->batch;
    if (due > reached + late) {
        flood->dropped += due - reached - late;
        stat_add(flood->stats, held_back, due - reached - late);
    }
    return due - flood->dropped;
}

/* By the clock: writers in turn, each with its share of what is due. */
static void pace(struct flood *flood)
{
    uint64_t due = due_now(flood), batch = flood->options->batch;
    if (due <= flood->next_edit)
        return;
    uint64_t edits = due - flood->next_edit, messages = edits / batch;
    if (pattern_timed(flood->pattern))
        messages = (edits + batch - 1) / batch;
    else
        edits = messages * batch; /* whole messages only */
    if (messages == 0)
        return;
    uint64_t visits = messages < VISITS_A_MS ? messages : VISITS_A_MS;
    if (visits > flood->n_writers)
        visits = flood->n_writers;
    uint64_t share = (messages + visits - 1) / visits;
    for (uint64_t tried = 0; tried < flood->n_writers && edits > 0; tried++) {
        struct conn *conn = &flood->conns[flood->n_full + flood->next_writer];
        flood->next_writer = (flood->next_writer + 1) % flood->n_writers;
        if (!can_send(flood, conn))
            continue;
        uint64_t most = share * batch < edits ? share * batch : edits;
        edits -= send_some(flood, conn, share, most);
    }
}

void writers_run(struct flood *flood)
{
    if (!sending(flood) || flood->n_writers == 0)
        return;
    if (flood->options->rate > 0 || pattern_timed(flood->pattern))
        pace(flood);
    else
        feed(flood);
}

/* ---- answers */

static void bad_answer(struct flood *flood, const struct conn *conn, const char *what, uint64_t id)
{
    stat_add(flood->stats, bad_answers, 1);
    stats_note(flood->stats, "%s: %s, id %" PRIu64, conn_name(flood, conn), what, id);
}

void writer_placed(struct flood *flood, struct conn *conn, uint64_t id, uint64_t version)
{
    struct writer *writer = conn->kind == CONN_WRITER ? conn->extra->writer : NULL;
    if (!writer || id >= writer->next_id || id <= conn->last_placed ||
        version < writer->placed_version) {
        bad_answer(flood, conn, "acknowledged what was not sent, or went back", id);
        return;
    }
    if (version > conn->seen_version) {
        stat_add(flood->stats, early, 1);
        stats_note(flood->stats,
                   "%s: acknowledged at version %" PRIu64 " before the frame that shows it",
                   conn_name(flood, conn), version);
    }
    conn->last_placed = (uint32_t)id;
    writer->placed_version = version;
    uint32_t now = since_begun(flood);
    while (writer->count > 0 && flight_at(writer, 0)->id <= id) {
        struct flight flight = *flight_at(writer, 0);
        writer->first++;
        writer->count--;
        if (flight.refused)
            continue;
        writer->in_window--;
        flood->in_flight -= flight.n;
        stat_add(flood->stats, edits_acknowledged, flight.n);
        histogram_add(&flood->stats->acks, now - flight.sent_us, flight.n);
        claims_add(flood, board_of(flood, conn),
                   &(struct claim){.version = version,
                                   .first = flight.first,
                                   .conn = conn_number(flood, conn),
                                   .sent_us = flight.sent_us,
                                   .n = flight.n});
    }
    writer_sendable(flood, conn);
}

/* Not expected any more. How many of its edits are in the stream all the same. */
static size_t withdraw(struct flood *flood, const struct conn *conn, const struct flight *flight)
{
    uint32_t words[WIRE_EDITS_MAX];
    pattern_words(flood->pattern, flight->first, flight->n, words);
    flood->in_flight -= flight->n;
    return ledger_withdrawn(flood->ledger, board_of(flood, conn)->key, words, flight->n);
}

void writer_refused(struct flood *flood, struct conn *conn, uint64_t id, const char *reason,
                    uint64_t retry_ms)
{
    struct writer *writer = conn->kind == CONN_WRITER ? conn->extra->writer : NULL;
    uint64_t at = UINT64_MAX;
    if (writer && writer->count > 0 && id >= flight_at(writer, 0)->id)
        at = id - flight_at(writer, 0)->id; /* ids have no gaps */
    if (at == UINT64_MAX || at >= writer->count || flight_at(writer, (uint32_t)at)->refused) {
        bad_answer(flood, conn, "refused what was not waiting", id);
        return;
    }
    struct flight *flight = flight_at(writer, (uint32_t)at);
    flight->refused = true;
    writer->in_window--;
    size_t seen = withdraw(flood, conn, flight);
    if (seen > 0) {
        stat_add(flood->stats, unasked, seen);
        stats_note(flood->stats, "%s: %zu edits refused (%s), and yet in the stream, id %" PRIu64,
                   conn_name(flood, conn), seen, reason, id);
    }
    stats_refused(flood->stats, reason, flight->n);
    if (retry_ms > 0 && !flood->options->impatient)
        writer->rest_until_us = flood->now_us + retry_ms * 1000;
    while (writer->count > 0 && flight_at(writer, 0)->refused) {
        writer->first++;
        writer->count--;
    }
    writer_sendable(flood, conn);
}

void writer_opened(struct flood *flood, struct conn *conn)
{
    struct writer *writer = conn->extra->writer;
    writer->next_id = 1;
    writer->placed_version = 0;
    writer->rest_until_us = 0;
    conn->last_placed = 0;
    writer_sendable(flood, conn);
}

void writer_ended(struct flood *flood, struct conn *conn)
{
    struct writer *writer = conn->extra->writer;
    for (uint32_t i = 0; i < writer->count; i++) {
        const struct flight *flight = flight_at(writer, i);
        if (flight->refused)
            continue;
        withdraw(flood, conn, flight);
        stat_add(flood->stats, edits_unknown, flight->n);
    }
    writer->first = writer->count = writer->in_window = 0;
}

/* ---- the end */

bool writers_idle(const struct flood *flood)
{
    for (unsigned i = 0; i < flood->n_boards; i++) {
        if (flood->boards[i].claims.count > 0)
            return false;
    }
    return flood->in_flight == 0;
}

void writers_final(struct flood *flood)
{
    for (unsigned i = 0; i < flood->n_writers; i++) {
        struct conn *conn = &flood->conns[flood->n_full + i];
        struct writer *writer = conn->extra->writer;
        uint64_t unanswered = 0;
        for (uint32_t k = 0; k < writer->count; k++)
            unanswered += flight_at(writer, k)->refused ? 0 : flight_at(writer, k)->n;
        if (unanswered == 0)
            continue;
        stat_add(flood->stats, unanswered, unanswered);
        stats_note(flood->stats, "%s: %" PRIu64 " edits were never answered, from id %" PRIu32,
                   conn_name(flood, conn), unanswered, flight_at(writer, 0)->id);
    }
    for (unsigned i = 0; i < flood->n_boards; i++)
        claims_check_all(flood, &flood->boards[i]);
    uint64_t foreign = stat_get(flood->stats, foreign);
    uint64_t unknown = stat_get(flood->stats, edits_unknown);
    if (flood->options->alone && foreign > unknown) {
        stat_add(flood->stats, unasked, foreign - unknown);
        stats_note(flood->stats, "%" PRIu64 " edits in the stream were not expected from us",
                   foreign - unknown);
    }
}
