/* SPDX-License-Identifier: ISC */
/* sampling: see sampling.h. One zoom after the other; a slot for each job under way. */
#include "render/batch/sampling.h"

#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "render/farm/farm.h"
#include "sys/clock.h"

enum {
    SLOTS_MAX = 64,
    SAMPLES_LEAST = 4,
};

struct slot;

struct sample_want {
    struct farm_waiter waiter;
    struct slot *slot;
};

struct slot {
    struct sampling *sampling;
    bool busy, spoilt; /* spoilt: a picture of it could not be had */
    unsigned waiting;
    uint64_t begun_us;
    double bytes;
    unsigned size;
    struct sample_want wants[PICTURE_JOB_MAX];
};

struct sampling {
    struct sampling_config config;
    struct grid grid;
    struct estimate_zoom zooms[PICTURE_MAP_ZOOM_MAX + 1];
    unsigned z;                     /* which is being sampled */
    uint64_t numbers[SAMPLING_MAX]; /* its jobs */
    unsigned n, next, busy;
    uint64_t begun_us; /* the zoom */
    char why[FARM_ERROR_BYTES];
    ev_timer timer;
    bool starting; /* jobs are being asked for: ends are noticed when that is over */
    unsigned n_slots;
    struct slot slots[];
};

static void go_on(struct sampling *sampling);

/* ---- choosing ---- */

static uint64_t random_below(uint64_t n)
{
    uint64_t value;
    if (getrandom(&value, sizeof value, 0) != (ssize_t)sizeof value)
        value = clock_now_us() * 2654435761u;
    return value % n;
}

static bool is_chosen(const struct sampling *sampling, uint64_t number)
{
    for (unsigned i = 0; i < sampling->n; i++) {
        if (sampling->numbers[i] == number)
            return true;
    }
    return false;
}

/* Different jobs of the zoom; all, when it has few. */
static void choose(struct sampling *sampling)
{
    const struct grid_zoom *zoom = &sampling->grid.zooms[sampling->z];
    unsigned samples = sampling->config.samples;
    sampling->n = sampling->next = 0;
    for (uint64_t i = 0; zoom->jobs <= samples && i < zoom->jobs; i++)
        sampling->numbers[sampling->n++] = zoom->before + i;
    while (zoom->jobs > samples && sampling->n < samples) {
        uint64_t number = zoom->before + random_below(zoom->jobs);
        if (!is_chosen(sampling, number))
            sampling->numbers[sampling->n++] = number;
    }
    sampling->begun_us = clock_now_us();
}

/* ---- one job ---- */

static void slot_done(struct slot *slot)
{
    struct sampling *sampling = slot->sampling;
    slot->busy = false;
    sampling->busy--;
    if (!slot->spoilt)
        estimate_add(&sampling->zooms[sampling->z], (double)(clock_now_us() - slot->begun_us) / 1e6,
                     slot->bytes);
    if (!sampling->starting)
        go_on(sampling);
}

static void answered(struct farm_waiter *waiter, const struct farm_answer *answer)
{
    struct slot *slot = ((struct sample_want *)waiter)->slot;
    char *why = slot->sampling->why;
    if (answer->outcome == FARM_DONE) {
        slot->bytes += (double)answer->picture->len;
    } else {
        slot->spoilt = true;
        snprintf(why, FARM_ERROR_BYTES, "%s",
                 answer->outcome == FARM_FAILED && answer->why
                     ? answer->why
                     : "too much waits already, or no worker is running");
    }
    if (--slot->waiting == 0)
        slot_done(slot);
}

static void slot_begin(struct slot *slot, uint64_t number)
{
    struct sampling *sampling = slot->sampling;
    struct task_record record;
    batch_job(&sampling->config.state, &sampling->grid, number, &record);
    slot->busy = true;
    slot->spoilt = false;
    slot->bytes = 0;
    slot->size = picture_job_size(&record.first);
    slot->waiting = slot->size + 1; /* one for this loop: answers may come within it */
    slot->begun_us = clock_now_us();
    sampling->busy++;
    for (unsigned place = 0; place < slot->size; place++) {
        struct picture picture;
        picture_of_job(&record.first, place, &picture);
        slot->wants[place] = (struct sample_want){.waiter = {.answered = answered}, .slot = slot};
        farm_ask(sampling->config.farm, sampling->config.pool, &picture, FARM_BATCH,
                 &slot->wants[place].waiter);
    }
    if (--slot->waiting == 0)
        slot_done(slot);
}

/* ---- all of them ---- */

static void finish(struct sampling *sampling)
{
    struct sampling_config config = sampling->config;
    struct estimate_zoom *now = &sampling->zooms[sampling->z];
    if (now->n > 0 && now->elapsed_s <= 0) /* the time is up */
        now->elapsed_s = (double)(clock_now_us() - sampling->begun_us) / 1e6;
    struct estimate estimate = estimate_of(&sampling->grid, sampling->zooms);
    struct grid grid = sampling->grid;
    char why[FARM_ERROR_BYTES];
    snprintf(why, sizeof why, "%s",
             *sampling->why ? sampling->why : "nothing was rendered in time");
    sampling_stop(sampling);
    config.done(config.context, &estimate, &grid, estimate.sampled > 0 ? NULL : why);
}

static bool start_jobs(struct sampling *sampling)
{
    for (unsigned i = 0; i < sampling->n_slots && sampling->next < sampling->n; i++) {
        if (!sampling->slots[i].busy)
            slot_begin(&sampling->slots[i], sampling->numbers[sampling->next++]);
    }
    return sampling->busy > 0;
}

/* Start what can be started; where a zoom is through, the next one; at the end the answer. A job
 * may end while it is asked for (when the farm is full), so this goes round until one is under way.
 */
static void go_on(struct sampling *sampling)
{
    sampling->starting = true;
    for (;;) {
        if (start_jobs(sampling)) {
            sampling->starting = false;
            return;
        }
        if (sampling->next < sampling->n)
            continue;
        sampling->zooms[sampling->z].elapsed_s =
            (double)(clock_now_us() - sampling->begun_us) / 1e6;
        if (sampling->z == sampling->grid.last)
            break;
        sampling->z++;
        choose(sampling);
    }
    finish(sampling);
}

static void on_time(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct sampling *sampling = timer->data;
    finish(sampling);
}

static void on_start(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct sampling *sampling = timer->data;
    ev_set_cb(&sampling->timer, on_time);
    ev_timer_set(&sampling->timer, SAMPLING_LONGEST_S, 0);
    ev_timer_start(loop, &sampling->timer);
    choose(sampling);
    go_on(sampling);
}

struct sampling *sampling_start(const struct sampling_config *config)
{
    struct pool_look look;
    const struct batch_wish *wish = &config->state.wish;
    pool_look(config->pool, &look);
    unsigned slots = look.wanted < 1 ? 1 : look.wanted < SLOTS_MAX ? look.wanted : SLOTS_MAX;
    struct sampling *sampling = calloc(1, sizeof *sampling + slots * sizeof *sampling->slots);
    if (!sampling)
        return NULL;
    sampling->config = *config;
    if (grid_init(&sampling->grid, wish->first, wish->last, wish->has_box ? &wish->box : NULL)) {
        free(sampling);
        return NULL;
    }
    unsigned samples = config->samples > 0         ? config->samples
                       : 2 * slots > SAMPLES_LEAST ? 2 * slots
                                                   : SAMPLES_LEAST;
    sampling->config.samples = samples < SAMPLING_MAX ? samples : SAMPLING_MAX;
    sampling->z = sampling->grid.first;
    sampling->n_slots = slots;
    for (unsigned i = 0; i < slots; i++)
        sampling->slots[i].sampling = sampling;
    ev_timer_init(&sampling->timer, on_start, 0, 0);
    sampling->timer.data = sampling;
    ev_timer_start(config->loop, &sampling->timer);
    return sampling;
}

void sampling_stop(struct sampling *sampling)
{
    ev_timer_stop(sampling->config.loop, &sampling->timer);
    for (unsigned i = 0; i < sampling->n_slots; i++) {
        struct slot *slot = &sampling->slots[i];
        for (unsigned place = 0; slot->busy && place < slot->size; place++)
            farm_leave(sampling->config.farm, &slot->wants[place].waiter);
    }
    free(sampling);
}
