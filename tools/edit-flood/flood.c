/* SPDX-License-Identifier: ISC */
/* flood: see flood.h. How a process goes from phase to phase. */
#include "flood.h"

#include <sys/resource.h>

#include "compare.h"
#include "conn.h"
#include "judge.h"
#include "loop.h"
#include "poller.h"
#include "setup.h"
#include "start.h"
#include "viewer.h"
#include "writer.h"

enum {
    QUIET_US = 300 * 1000,        /* after the last answer, to see what must not come */
    PICTURE_US = 5 * 1000 * 1000, /* until the pictures and the streams are at one version */
    PICTURE_AGAIN_US = 100 * 1000,
    TICK_US = 100 * 1000,
    READER_GRACE_US = 2 * 1000 * 1000,
};

static void on_ended(struct flood *flood, struct conn *conn)
{
    judge_forget(flood, conn);
    if (conn->kind == CONN_WRITER)
        writer_ended(flood, conn);
}

static const struct conn_handlers handlers = {
    .frame = viewer_frame,
    .text = viewer_text,
    .sendable = writer_sendable,
    .ended = on_ended,
    .poller_opened = poller_opened,
    .poller_take = poller_take,
    .poller_timer = poller_timer,
};

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

static void connect_phase(struct flood *flood, bool *ready)
{
    struct shared *shared = flood->shared;
    uint64_t never = 0;
    if (flood->options->eager && flood->sending_since_us == 0)
        flood->sending_since_us = flood->now_us;
    if (!*ready && flood->n_settled == flood->n_conns) {
        *ready = true;
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
        for (unsigned i = 0; i < flood->n_boards; i++)
            atomic_store(&shared->final_versions[i],
                         reference_version(&flood->boards[i].reference));
        atomic_store(&shared->writers_done, true);
    }
    if (!atomic_load(&shared->writers_done))
        return flood->now_us > deadline + READER_GRACE_US;
    return compare_all_there(flood) || flood->now_us > deadline + READER_GRACE_US;
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

/* Compare with the servers' pictures, as soon as they are at the streams' versions. */
static void compare_pictures(struct flood *flood)
{
    uint64_t end = flood->now_us + PICTURE_US;
    for (unsigned i = 0; i < flood->options->n_targets * flood->n_boards; i++) {
        unsigned target = i % flood->options->n_targets, board = i / flood->options->n_targets;
        while (!compare_picture(flood, target, board) && flood->now_us < end) {
            uint64_t again = flood->now_us + PICTURE_AGAIN_US;
            while (flood->now_us < again)
                loop_turn(flood);
        }
    }
}

static void final_checks(struct flood *flood)
{
    struct rusage usage;
    compare_readers(flood);
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
    for (unsigned i = 0; i < flood->n_boards; i++) {
        uint64_t version = reference_version(&flood->boards[i].reference);
        if (version > flood->stats->final_version)
            flood->stats->final_version = version;
    }
}

int flood_run(const struct options *options, struct shared *shared, struct ledger *ledger,
              struct pattern *pattern, unsigned process, void (*tick)(uint64_t now_us))
{
    struct flood *flood = setup_create(options, shared, ledger, pattern, process, &handlers);
    if (!flood)
        return -1;
    if (start_all(flood) != 0) {
        atomic_store(&shared->stop, true);
        flood->stats->finished = true;
        setup_destroy(flood);
        return -1;
    }
    bool ready = false, over = false;
    uint64_t next_tick = 0;
    enum phase phase = PHASE_CONNECT;
    struct cost cost = cost_now(flood);
    while (!over) {
        loop_turn(flood);
        enum phase now = shared_phase(shared);
        if (phase == PHASE_CONNECT && now != PHASE_CONNECT)
            cost = cost_now(flood);
        if (phase != PHASE_SETTLE && now == PHASE_SETTLE)
            note_load(flood, &cost);
        phase = now;
        switch (phase) {
        case PHASE_CONNECT:
            connect_phase(flood, &ready);
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
    setup_destroy(flood);
    return 0;
}
