/* SPDX-License-Identifier: ISC */
/*
 * repair: passes over the planned pixels until one finds nothing that is due or on its way. Between
 * two records the log is read on, so that most of what others paint meanwhile is left alone from
 * the start, and only what crosses a record on its way has to be healed.
 */
#include "moderation/repair.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/edit.h"
#include "sys/clock.h"

enum {
    LOOK_MS = 20,    /* for records, or outcomes, when nothing is due */
    PAUSE_MS = 100,  /* while the log cannot be written */
    SLICE_MS = 50,   /* how often a slow rate sends */
    SAY_MS = 100,    /* between two reports */
    VISIT = 1 << 20, /* pixels between two looks at the log */
};

struct repair {
    const struct repair_config *config;
    struct repair_progress *progress;
    struct appender_sink sink;
    struct appender *appender;
    /* The pass: */
    size_t canvas, pixel; /* the next one */
    bool open;            /* it has found something that is due, or on its way */
    bool sent;            /* it has sent something */
    /* The rate: */
    int64_t began_ms, said_ms;
    uint64_t counted;        /* repairs sent, without what was healed */
    enum log_append refused; /* by the log, most recently; LOG_ACCEPTED: it was not */
    uint8_t edits[APPENDER_RECORD_EDITS * EDIT_BYTES];
};

static bool is_set(const volatile int *flag)
{
    return __atomic_load_n(flag, __ATOMIC_RELAXED);
}

/* ---- what is lost on the way ---- */

static struct plan_canvas *canvas_at(struct plan *plan, struct position position)
{
    for (size_t i = 0; i < plan->n_canvases; i++) {
        if (position_equal(plan->canvases[i].position, position))
            return &plan->canvases[i];
    }
    return NULL;
}

static void mark(uint16_t *pixels, const uint8_t *edits, size_t n, bool sent)
{
    for (size_t i = 0; i < n; i++) {
        uint16_t *pixel = &pixels[edit_load(edits + EDIT_BYTES * i) & (PLAN_PIXELS - 1)];
        *pixel = (uint16_t)(sent ? *pixel | PLAN_SENT : *pixel & ~PLAN_SENT);
    }
}

static void on_lost(struct appender_sink *sink, struct position position, const uint8_t *edits,
                    size_t n)
{
    struct repair *repair = (struct repair *)((char *)sink - offsetof(struct repair, sink));
    mark(canvas_at(repair->config->plan, position)->pixels, edits, n, false);
}

/* ---- a pass ---- */

/* How many repairs may be sent now. */
static uint64_t allowance(const struct repair *repair)
{
    if (is_set(repair->config->cancel))
        return 0;
    if (repair->config->rate == 0)
        return UINT64_MAX;
    uint64_t so_far =
        (uint64_t)(clock_now_ms() - repair->began_ms + SLICE_MS) * repair->config->rate / 1000;
    return so_far > repair->counted ? so_far - repair->counted : 0;
}

struct found {
    size_t n, healing; /* edits, and those of them that heal */
};

/* Collect what is due of one canvas, up to `room` edits; the pass moves on to where it stopped. */
static struct found collect(struct repair *repair, struct plan_canvas *canvas, size_t room,
                            uint64_t allowed)
{
    struct found found = {0};
    size_t end = canvas->n - repair->pixel > VISIT ? repair->pixel + VISIT : canvas->n;
    for (; repair->pixel < end && found.n < room; repair->pixel++) {
        uint32_t edit = canvas->planned[repair->pixel];
        uint16_t pixel = canvas->pixels[edit & (PLAN_PIXELS - 1)];
        if (pixel & PLAN_SENT)
            repair->open = true;
        if (!plan_due(pixel))
            continue;
        bool heals = plan_hurt(pixel);
        if (!heals && is_set(repair->config->cancel))
            continue;
        repair->open = true;
        if (!heals && found.n - found.healing >= allowed)
            continue;
        edit_store(repair->edits + EDIT_BYTES * found.n++, plan_repair(edit, pixel));
        found.healing += heals;
    }
    return found;
}

static void send(struct repair *repair, struct plan_canvas *canvas, const struct found *found)
{
    repair->refused = appender_append(repair->appender, canvas->position, repair->edits, found->n);
    if (repair->refused != LOG_ACCEPTED)
        return;
    mark(canvas->pixels, repair->edits, found->n, true);
    repair->sent = true;
    repair->counted += found->n - found->healing;
    repair->progress->sent += found->n;
    repair->progress->healed += found->healing;
    metric_add(repair->config->metrics, repairs_total, found->n);
}

/* One step of the pass. True: it is at its end. */
static bool pass_on(struct repair *repair)
{
    struct plan *plan = repair->config->plan;
    repair->refused = LOG_ACCEPTED;
    if (repair->canvas == plan->n_canvases)
        return true;
    struct plan_canvas *canvas = &plan->canvases[repair->canvas];
    size_t room = appender_room(repair->appender), before = repair->pixel;
    if (room == 0) {
        repair->refused = LOG_FULL;
        return false;
    }
    struct found found = collect(repair, canvas, room, allowance(repair));
    if (found.n > 0)
        send(repair, canvas, &found);
    if (repair->refused != LOG_ACCEPTED) {
        repair->pixel = before;
        return false;
    }
    if (repair->pixel == canvas->n) {
        repair->canvas++;
        repair->pixel = 0;
    }
    return repair->canvas == plan->n_canvases;
}

static void begin_pass(struct repair *repair)
{
    repair->canvas = repair->pixel = 0;
    repair->open = repair->sent = false;
}

/* Read on, for at most so long; all that is there. */
static enum scan_result look(struct repair *repair, int timeout_ms)
{
    size_t delivered = 1;
    enum scan_result result = SCAN_OK;
    while (result == SCAN_OK && delivered > 0 && !is_set(repair->config->quit)) {
        result = scan_step(repair->config->scan, timeout_ms, &delivered);
        timeout_ms = 0;
    }
    return result;
}

/* How long to look at the log before going on. */
static int pause_after(const struct repair *repair, bool at_end)
{
    if (repair->refused == LOG_READONLY)
        return PAUSE_MS;
    if (repair->refused != LOG_ACCEPTED)
        return 1;
    return at_end && !repair->sent ? LOOK_MS : 0;
}

static void say_progress(struct repair *repair)
{
    int64_t now_ms = clock_now_ms();
    if (now_ms - repair->said_ms < SAY_MS)
        return;
    repair->said_ms = now_ms;
    repair->progress->changed(repair->progress);
}

static enum repair_end work(struct repair *repair)
{
    begin_pass(repair);
    for (;;) {
        if (is_set(repair->config->quit))
            return REPAIR_QUIT;
        bool at_end = pass_on(repair);
        repair->progress->paused = repair->refused == LOG_READONLY;
        say_progress(repair);
        if (at_end && !repair->open)
            return is_set(repair->config->cancel) ? REPAIR_CANCELLED : REPAIR_DONE;
        appender_settle(repair->appender, 0);
        if (look(repair, pause_after(repair, at_end)) != SCAN_OK)
            return REPAIR_FAILED;
        if (at_end)
            begin_pass(repair);
    }
}

enum repair_end repair_run(const struct repair_config *config, struct repair_progress *progress)
{
    struct repair *repair = calloc(1, sizeof *repair);
    enum repair_end end = REPAIR_FAILED;
    if (repair) {
        repair->config = config;
        repair->progress = progress;
        repair->sink.lost = on_lost;
        repair->began_ms = clock_now_ms();
        repair->appender = appender_create(config->writer, config->owners, config->canvases,
                                           config->action, &repair->sink);
    }
    if (repair && repair->appender)
        end = work(repair);
    else
        snprintf(config->scan->error, sizeof config->scan->error, "out of memory");
    if (repair)
        appender_destroy(repair->appender);
    free(repair);
    return end;
}
