/* SPDX-License-Identifier: ISC */
/* flood: the loop of one process, and how it goes from phase to phase. */
#include "flood.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "shuffle.h"
#include "state.h"

enum {
    EVENTS = 1024,
    CONNECTING_MAX = 512, /* handshakes at a time: a listener's queue is finite */
    FETCH_TRIES = 10,
    FETCH_AGAIN_US = 300 * 1000,
    QUIET_US = 300 * 1000,        /* after the last answer, for what nobody expects to come */
    PICTURE_US = 5 * 1000 * 1000, /* until the picture and the stream are at one version */
    PICTURE_AGAIN_US = 100 * 1000,
    TICK_US = 100 * 1000,
    READER_GRACE_US = 2 * 1000 * 1000,
};

uint64_t clock_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

void flood_touch_clock(struct flood *flood)
{
    flood->now_us = clock_us();
}

uint64_t flood_random(struct flood *flood)
{
    return shuffle_mix(flood->random++);
}

/* ---- who is who */

static unsigned share_of(unsigned all, unsigned processes, unsigned process)
{
    return all / processes + (process < all % processes);
}

static unsigned full_readers(const struct options *options)
{
    return options->full_readers > options->n_targets ? options->full_readers : options->n_targets;
}

unsigned flood_connections(const struct options *options, unsigned process)
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

static int cast(struct flood *flood)
{
    const struct options *options = flood->options;
    unsigned readers = share_of(options->readers, options->processes, flood->process);
    for (unsigned i = 0; i < flood->n_conns; i++) {
        struct conn *conn = &flood->conns[i];
        conn->fd = -1;
        conn->target = (uint8_t)(i % options->n_targets);
        if (i < flood->n_full) {
            conn->kind = CONN_FULL;
        } else if (i < flood->n_full + flood->n_writers) {
            conn->kind = CONN_WRITER;
            if (!conn_rare(conn) || !(conn->rare->writer = writer_create()))
                return -1;
        } else {
            conn->kind = CONN_READER;
            conn->habit = (uint8_t)habit_of(options, i - flood->n_full - flood->n_writers, readers);
        }
    }
    return 0;
}

/* ---- beginning and end */

static void finish(struct flood *flood)
{
    for (unsigned i = 0; flood->conns && i < flood->n_conns; i++)
        conn_destroy(flood, &flood->conns[i]);
    if (flood->epoll >= 0)
        close(flood->epoll);
    tls_context_destroy(flood->tls);
    reference_finish(&flood->reference);
    free(flood->conns);
    free(flood->waiting);
    free(flood->hungry);
    free(flood->claims);
    free(flood->receive);
    free(flood);
}

static bool any_tls(const struct options *options)
{
    for (unsigned i = 0; i < options->n_targets; i++) {
        if (options->targets[i].tls)
            return true;
    }
    return false;
}

static struct flood *create(const struct options *options, struct shared *shared,
                            struct ledger *ledger, struct pattern *pattern, unsigned process)
{
    struct flood *flood = calloc(1, sizeof *flood);
    if (!flood)
        return NULL;
    flood->options = options;
    flood->shared = shared;
    flood->stats = &shared->stats[process];
    flood->ledger = ledger;
    flood->pattern = pattern;
    flood->process = process;
    flood->accounts = process == 0;
    flood->random = options->pattern.seed + ((uint64_t)process << 32);
    flood->n_full = full_readers(options);
    flood->n_writers = process == 0 ? options->writers : 0;
    flood->n_conns = flood_connections(options, process);
    uint64_t distinct = pattern_distinct(pattern);
    flood->in_flight_max = distinct * LEDGER_SAME_MAX;
    flood_touch_clock(flood);
    flood->wheel_at = flood->now_us / WHEEL_US;
    for (unsigned i = 0; i < WHEEL_SLOTS; i++)
        flood->wheel[i] = NO_CONN;
    flood->epoll = epoll_create1(EPOLL_CLOEXEC);
    flood->conns = calloc(flood->n_conns, sizeof *flood->conns);
    flood->waiting = calloc(flood->n_conns, sizeof *flood->waiting);
    flood->hungry = calloc(flood->n_conns, sizeof *flood->hungry);
    flood->receive = malloc(RECEIVE_BYTES + FRAME_BYTES_MAX + WIRE_HEAD_MAX);
    bool tls = any_tls(options);
    if (tls)
        flood->tls = tls_context_create(options->insecure);
    if (flood->epoll >= 0 && flood->conns && flood->waiting && flood->hungry && flood->receive &&
        (flood->tls || !tls) && reference_init(&flood->reference) == 0 && cast(flood) == 0)
        return flood;
    fprintf(stderr, "edit-flood: out of memory\n");
    finish(flood);
    return NULL;
}

/* The full readers begin at a picture. */
static int fetch_pictures(struct flood *flood)
{
    for (unsigned i = 0; i < flood->n_full; i++) {
        struct conn *conn = &flood->conns[i];
        const char *error = NULL;
        int result = -1;
        for (unsigned tries = 0; result != 0 && tries < FETCH_TRIES; tries++) {
            if (tries > 0)
                usleep(FETCH_AGAIN_US);
            result = viewer_fetch(flood, conn, &error);
            if (atomic_load(&flood->shared->stop))
                break;
        }
        if (result != 0) {
            snprintf(flood->stats->connect_error, STATS_TEXT_BYTES, "%s: %s",
                     flood->options->targets[conn->target].url, error);
            stat_add(flood->stats, connect_failures, FETCH_TRIES);
            stat_add(flood->stats, gave_up, flood->n_conns);
            return -1;
        }
    }
    return 0;
}

/* ---- the loop */

static void fire(struct flood *flood, struct conn *conn)
{
    bool settles = shared_phase(flood->shared) == PHASE_SETTLE;
    switch ((enum conn_state)conn->state) {
    case CONN_IDLE:
        conn_begin(flood, conn);
        return;
    case CONN_CONNECTING:
    case CONN_TLS:
    case CONN_UPGRADING:
        conn_end(flood, conn, CONN_END_FAILED, 0);
        return;
    case CONN_OPEN:
        break;
    case CONN_GAVE_UP:
        return;
    }
    if (!conn->greeted) {
        conn_end(flood, conn, CONN_END_FAILED, 0);
    } else if (conn->habit == HABIT_SLOW) {
        timer_set(flood, conn, 250 * 1000);
        conn_read(flood, conn, flood->options->slow_bytes / 4 + 1);
    } else if (conn->habit == HABIT_STALLED && conn->reads) {
        conn->reads = false;
        timer_set(flood, conn, (uint64_t)(flood->options->stall * 1e6));
    } else if (conn->habit == HABIT_STALLED) {
        /* It wakes up, and learns what has become of its connection. */
        int large = 1 << 20; /* through its small buffer it would take a minute */
        setsockopt(conn->fd, SOL_SOCKET, SO_RCVBUF, &large, sizeof large);
        conn->reads = true;
        timer_set(flood, conn, 1000 * 1000);
        conn_read(flood, conn, RECEIVE_BYTES);
    } else if (conn->habit == HABIT_RECONNECTING && !settles) {
        conn_leave(flood, conn);
    }
}

static void begin_some(struct flood *flood)
{
    const struct options *options = flood->options;
    double elapsed = (double)(flood->now_us - flood->shared->begun_us) / 1e6;
    double allowed = elapsed * options->ramp / options->processes + flood->n_full;
    while (flood->n_begun < flood->n_conns && flood->n_begun < allowed &&
           flood->n_connecting < CONNECTING_MAX)
        conn_begin(flood, &flood->conns[flood->n_begun++]);
}

static int timeout_ms(const struct flood *flood)
{
    if (flood->accounts && flood->sending_since_us != 0 && !flood->pattern_over)
        return flood->n_hungry > 0 ? 0 : 1;
    if (flood->n_begun < flood->n_conns)
        return 1;
    return 10;
}

static void turn(struct flood *flood)
{
    struct epoll_event events[EVENTS];
    int n = epoll_wait(flood->epoll, events, EVENTS, timeout_ms(flood));
    flood_touch_clock(flood);
    /* The full readers first: what they get is what the others are compared with. */
    for (int i = 0; i < n; i++) {
        if (events[i].data.u32 < flood->n_full)
            conn_event(flood, &flood->conns[events[i].data.u32], events[i].events);
    }
    for (int i = 0; i < n; i++) {
        if (events[i].data.u32 < flood->n_full)
            continue;
        if ((i & 15) == 15)
            flood_touch_clock(flood);
        conn_event(flood, &flood->conns[events[i].data.u32], events[i].events);
    }
    timers_run(flood, fire);
    begin_some(flood);
    writers_run(flood);
}

struct cost {
    uint64_t user_us, system_us, deliveries;
};

static struct cost cost_now(const struct flood *flood)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (struct cost){
        .user_us = (uint64_t)usage.ru_utime.tv_sec * 1000000 + (uint64_t)usage.ru_utime.tv_usec,
        .system_us = (uint64_t)usage.ru_stime.tv_sec * 1000000 + (uint64_t)usage.ru_stime.tv_usec,
        .deliveries = stat_get(flood->stats, deliveries),
    };
}

static void connect_phase(struct flood *flood, bool *told)
{
    struct shared *shared = flood->shared;
    uint64_t never = 0;
    if (flood->options->eager && flood->sending_since_us == 0)
        flood->sending_since_us = flood->now_us;
    if (!*told && flood->n_settled == flood->n_conns) {
        *told = true;
        atomic_fetch_add(&shared->ready, 1);
    }
    if (atomic_load(&shared->ready) == flood->options->processes || atomic_load(&shared->stop))
        atomic_compare_exchange_strong(&shared->load_from_us, &never, flood->now_us);
}

static void load_phase(struct flood *flood)
{
    struct shared *shared = flood->shared;
    uint64_t from = atomic_load(&shared->load_from_us), never = 0;
    if (flood->sending_since_us == 0)
        flood->sending_since_us = flood->now_us;
    if (flood->now_us >= from + (uint64_t)(flood->options->duration * 1e6) ||
        atomic_load(&shared->stop) || flood->pattern_over)
        atomic_compare_exchange_strong(&shared->load_to_us, &never, flood->now_us);
}

/* True when it is over. */
static bool settle_phase(struct flood *flood)
{
    struct shared *shared = flood->shared;
    uint64_t to = atomic_load(&shared->load_to_us);
    uint64_t deadline = to + (uint64_t)(flood->options->settle * 1e6);
    flood->pattern_over = true;
    if (flood->accounts && !atomic_load(&shared->writers_done)) {
        bool idle = writers_idle(flood) && flood->now_us > to + QUIET_US;
        if (!idle && flood->now_us < deadline)
            return false;
        atomic_store(&shared->final_version, reference_version(&flood->reference));
        atomic_store(&shared->writers_done, true);
    }
    if (!atomic_load(&shared->writers_done))
        return flood->now_us > deadline + READER_GRACE_US;
    return viewer_all_at(flood, atomic_load(&shared->final_version)) ||
           flood->now_us > deadline + READER_GRACE_US;
}

static void note_load(struct flood *flood, const struct cost *from)
{
    struct cost to = cost_now(flood);
    struct stats *stats = flood->stats;
    stats->load_us =
        atomic_load(&flood->shared->load_to_us) - atomic_load(&flood->shared->load_from_us);
    stats->cpu_user_us = to.user_us - from->user_us;
    stats->cpu_system_us = to.system_us - from->system_us;
    stats->load_deliveries = to.deliveries - from->deliveries;
}

/* Compare with the servers' pictures, as soon as they are at the stream's version. */
static void compare_pictures(struct flood *flood)
{
    uint64_t end = flood->now_us + PICTURE_US;
    for (unsigned target = 0; target < flood->options->n_targets; target++) {
        while (!viewer_compare_picture(flood, target) && flood->now_us < end) {
            uint64_t again = flood->now_us + PICTURE_AGAIN_US;
            while (flood->now_us < again)
                turn(flood);
        }
    }
}

static void final_checks(struct flood *flood)
{
    struct rusage usage;
    viewer_final(flood, atomic_load(&flood->shared->final_version));
    if (flood->accounts) {
        writers_final(flood);
        compare_pictures(flood);
    }
    for (unsigned i = 0; i < flood->n_conns; i++) {
        if (flood->conns[i].kind == CONN_READER)
            histogram_add(&flood->stats->reader_bytes, flood->conns[i].bytes, 1);
    }
    getrusage(RUSAGE_SELF, &usage);
    flood->stats->resident_kb = (uint64_t)usage.ru_maxrss;
    flood->stats->final_version = reference_version(&flood->reference);
}

int flood_run(const struct options *options, struct shared *shared, struct ledger *ledger,
              struct pattern *pattern, unsigned process, void (*tick)(uint64_t now_us))
{
    struct flood *flood = create(options, shared, ledger, pattern, process);
    if (!flood)
        return -1;
    if (fetch_pictures(flood) != 0) {
        atomic_store(&shared->stop, true);
        flood->stats->finished = true;
        finish(flood);
        return -1;
    }
    bool told = false, over = false;
    uint64_t next_tick = 0;
    enum phase phase = PHASE_CONNECT;
    struct cost cost = cost_now(flood);
    while (!over) {
        turn(flood);
        enum phase now = shared_phase(shared);
        if (phase == PHASE_CONNECT && now != PHASE_CONNECT)
            cost = cost_now(flood);
        if (phase != PHASE_SETTLE && now == PHASE_SETTLE)
            note_load(flood, &cost);
        phase = now;
        switch (phase) {
        case PHASE_CONNECT:
            connect_phase(flood, &told);
            break;
        case PHASE_LOAD:
            load_phase(flood);
            break;
        case PHASE_SETTLE:
            over = settle_phase(flood);
            break;
        }
        if (tick && flood->now_us >= next_tick) {
            next_tick = flood->now_us + TICK_US;
            tick(flood->now_us);
        }
    }
    final_checks(flood);
    flood->stats->finished = true;
    finish(flood);
    return 0;
}
