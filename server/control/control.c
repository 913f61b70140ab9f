/* SPDX-License-Identifier: ISC */
/*
 * control: one thread reads the log, applies each record, and then, once for all that came
 * together, makes the rules anew, opens and closes canvases, and tells who waits. The same happens
 * at the times that the records name.
 */
#include "control/control.h"

#include <cjson/cJSON.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/control_canvases.h"
#include "control/control_founding.h"
#include "control/control_reading.h"
#include "control/control_record.h"
#include "control/control_rules.h"
#include "control/control_tokens.h"
#include "identity/identity.h"
#include "rules/rules.h"
#include "sys/clock.h"
#include "sys/diag.h"

enum {
    STEP_MS = 500, /* how long to wait for news at most */
    STEP_LEAST_MS = 5,
    FOUNDING_MS = 5000,   /* how long the start waits for the first token to be in the log */
    CLOCK_BACK_MS = 1000, /* a clock that was set back by more: what holds may be another thing */
};

struct control {
    struct control_config config;
    struct metrics *metrics;
    struct control_records records;
    struct control_fold *fold;
    struct control_reading *reading;
    struct control_appends *appends;
    struct control_tokens *tokens;

    /* control's thread */
    struct control_canvases *canvases;
    struct control_founding *founding;
    struct control_news news; /* since the rules were made */
    struct control_times times;
    int64_t looked_ms; /* by the wall clock, when the rules were made last or looked at */
    uint64_t serial;
    bool live; /* the end of the log has been reached */

    pthread_mutex_t lock; /* of trouble */
    char trouble[CONTROL_ERROR_BYTES];
    atomic_bool ready;
    atomic_bool stop;
    pthread_t thread;
    bool started;
};

static void on_record(struct control_records *records, const struct record *record)
{
    struct control *control =
        (struct control *)((char *)records - offsetof(struct control, records));
    struct control_news *news = &control->news;
    control_fold_record(control->fold, record, news);
    metric_add(control->metrics, control_failures, news->failed);
    /* An old one was for the energy of its time. */
    if (news->refill != 0 && control->live)
        rules_refill(control->config.rules, news->refill);
    news->failed = false;
    news->refill = 0;
    if (control->appends)
        control_appends_read(control->appends, record);
}

static void on_append_settled(void *context)
{
    struct control *control = context;
    control_reading_wake(control->reading);
}

/* ---- what follows from the records ---- */

/* Make known whose tokens are good. -1 when out of memory. */
static int set_tokens(struct control *control)
{
    const struct control_state *state = control_fold_state(control->fold);
    size_t n = control_state_count(state, CONTROL_TOKEN), n_holders = 0, n_bots = 0;
    struct control_holder *holders = calloc(n + 1, sizeof *holders);
    struct identity_bot *bots = calloc(n + 1, sizeof *bots);
    for (const struct control_entry *entry = control_state_newest(state, CONTROL_TOKEN);
         entry && holders && bots; entry = control_state_older(entry)) {
        const struct control_token *token = &entry->meaning.token;
        struct control_holder *holder = &holders[n_holders++];
        memcpy(holder->hash, token->hash, sizeof holder->hash);
        memcpy(holder->name, entry->name, sizeof holder->name);
        holder->role = token->role;
        if (token->role != ROLE_BOT)
            continue;
        memcpy(bots[n_bots].hash, token->hash, sizeof bots->hash);
        memcpy(bots[n_bots++].name, entry->name, sizeof bots->name);
    }
    int result = holders && bots ? control_tokens_set(control->tokens, holders, n_holders) : -1;
    if (result == 0)
        result = identity_set_bots(control->config.identity, bots, n_bots);
    free(holders);
    free(bots);
    return result;
}

/* In most cases above every number that this server gave before it was restarted. */
static uint64_t next_serial(const struct control *control, int64_t now_ms)
{
    uint64_t now = now_ms > 0 ? (uint64_t)now_ms : 0;
    return control->serial + 1 > now ? control->serial + 1 : now;
}

/* -1 when out of memory. */
static int make_rules(struct control *control, int64_t now_ms)
{
    const struct control_state *state = control_fold_state(control->fold);
    struct control_times times = {CLOCK_NEVER, CLOCK_NEVER};
    int64_t canvas_ms = CLOCK_NEVER;
    bool moved = control_canvases_update(control->canvases, state, now_ms, &canvas_ms);
    control->news.heard |= moved;
    uint64_t serial = control->news.heard ? next_serial(control, now_ms) : control->serial;
    struct ruleset *ruleset = control_rules_make(state, serial, now_ms, &times);
    if (!ruleset)
        return -1;
    rules_replace(control->config.rules, ruleset);
    control->serial = serial;
    control->times = times;
    if (canvas_ms < control->times.next_ms)
        control->times.next_ms = canvas_ms;
    if (canvas_ms < control->times.heard_ms)
        control->times.heard_ms = canvas_ms;
    metric_set(control->metrics, regions, control_state_count(state, CONTROL_REGION));
    metric_set(control->metrics, bans, control_state_count(state, CONTROL_BAN));
    return 0;
}

/* Note why this server is not as it should be, if it is not. */
static void look_for_trouble(struct control *control)
{
    char type[CONTROL_TYPE_NAME], words[CONTROL_ERROR_BYTES] = "";
    const char *reading = control_reading_trouble(control->reading);
    bool stranger = control_fold_stranger(control->fold, type);
    if (stranger)
        snprintf(words, sizeof words,
                 "this server is older than the rules: it does not understand %s", type);
    else if (reading)
        snprintf(words, sizeof words, "the control log cannot be read: %.200s", reading);
    else if (control_appends_stalled(control->appends))
        snprintf(words, sizeof words, "the control log cannot be written");
    atomic_store(&control->ready, !stranger && !reading);
    pthread_mutex_lock(&control->lock);
    memcpy(control->trouble, words, sizeof control->trouble);
    pthread_mutex_unlock(&control->lock);
}

/* Let what was read act, and what is due at this time. */
static void update(struct control *control)
{
    struct control_news *news = &control->news;
    int64_t now_ms = clock_wall_ms();
    bool back = now_ms < control->looked_ms - CLOCK_BACK_MS;
    control->looked_ms = now_ms;
    news->rules |= back || now_ms >= control->times.next_ms;
    news->heard |= back || now_ms >= control->times.heard_ms;
    if (news->tokens && set_tokens(control) == 0)
        news->tokens = false;
    if (news->rules && make_rules(control, now_ms) == 0) {
        if (news->heard && control->live)
            control->config.changed(control->config.context);
        news->rules = news->heard = false;
    }
    metric_set(control->metrics, control_version, control_fold_next(control->fold));
    control_founding_step(control->founding, control_fold_state(control->fold), control->appends);
    look_for_trouble(control);
    control_appends_settle(control->appends);
}

/* ---- the thread ---- */

static int time_to_wait(const struct control *control)
{
    int64_t left = control->times.next_ms - clock_wall_ms();
    return left > STEP_MS ? STEP_MS : left < STEP_LEAST_MS ? STEP_LEAST_MS : (int)left;
}

static void *run(void *arg)
{
    struct control *control = arg;
    while (!atomic_load(&control->stop)) {
        control_reading_step(control->reading, time_to_wait(control));
        update(control);
    }
    return NULL;
}

/* Was it told to give up? A signal handler says so. */
static bool is_stopped(const struct control *control)
{
    return __atomic_load_n(control->config.stop, __ATOMIC_RELAXED) != 0;
}

/* Read to the end, and let it act; then let the first token get into the log, so that whoever
 * starts a server finds it. */
static int begin(struct control *control, char error[CONTROL_ERROR_BYTES])
{
    if (control_reading_start(control->reading, control->config.stop, error) != 0)
        return -1;
    if (is_stopped(control)) /* perhaps not at the end: who would take that for all there is? */
        return 0;
    control->news = (struct control_news){.rules = true, .heard = true, .tokens = true};
    update(control);
    control->live = true;
    int64_t deadline_ms = clock_now_ms() + FOUNDING_MS;
    while (!control_founding_done(control->founding) && clock_now_ms() < deadline_ms &&
           !is_stopped(control)) {
        control_reading_step(control->reading, STEP_LEAST_MS);
        update(control);
    }
    return 0;
}

/* ---- making and releasing ---- */

static int open_parts(struct control *control, char error[CONTROL_ERROR_BYTES])
{
    const struct control_config *config = &control->config;
    struct control_founding_config founding = {
        .first_token = config->first_token,
        .others = strcmp(log_identify(config->log).topic, "local") != 0 ? config->identity : NULL};
    snprintf(error, CONTROL_ERROR_BYTES, "out of memory");
    control->fold = control_fold_create();
    control->tokens = control_tokens_create();
    control->canvases = control_canvases_create(config->canvases);
    control->founding = control_founding_create(&founding);
    if (!control->fold || !control->tokens || !control->canvases || !control->founding)
        return -1;
    control->reading = control_reading_create(config->log, &control->records, error);
    if (control->reading)
        control->appends = control_appends_create(config->log, on_append_settled, control, error);
    return control->appends ? 0 : -1;
}

struct control *control_create(const struct control_config *config, struct metrics *metrics,
                               char error[CONTROL_ERROR_BYTES])
{
    struct control *control = calloc(1, sizeof *control);
    if (!control) {
        snprintf(error, CONTROL_ERROR_BYTES, "out of memory");
        log_close(config->log);
        return NULL;
    }
    pthread_mutex_init(&control->lock, NULL);
    control->config = *config;
    control->metrics = metrics;
    control->records.record = on_record;
    if (open_parts(control, error) != 0 || begin(control, error) != 0) {
        control_destroy(control);
        return NULL;
    }
    if (is_stopped(control))
        return control;
    if (pthread_create(&control->thread, NULL, run, control) != 0) {
        snprintf(error, CONTROL_ERROR_BYTES, "cannot start a thread");
        control_destroy(control);
        return NULL;
    }
    control->started = true;
    return control;
}

void control_destroy(struct control *control)
{
    if (!control)
        return;
    if (control->started) {
        atomic_store(&control->stop, true);
        control_reading_wake(control->reading);
        pthread_join(control->thread, NULL);
    }
    control_appends_destroy(control->appends);
    control_reading_destroy(control->reading);
    log_close(control->config.log);
    control_founding_destroy(control->founding);
    control_canvases_destroy(control->canvases);
    control_tokens_destroy(control->tokens);
    control_fold_destroy(control->fold);
    pthread_mutex_destroy(&control->lock);
    free(control);
}

/* ---- any thread ---- */

enum control_role control_token(struct control *control, const char *token,
                                struct control_actor *actor)
{
    return control_tokens_find(control->tokens, token, actor);
}

int control_append(struct control *control, const char *type, const char *name,
                   struct cJSON *fields, const struct control_actor *actor,
                   struct control_waiter *waiter, char error[CONTROL_ERROR_BYTES])
{
    uint64_t id;
    int result = -1;
    randombytes_buf(&id, sizeof id);
    char *text = control_record_write(type, name, fields, actor, id, clock_wall_ms(), error);
    if (!text)
        return -1;
    if (control_fold_has_room(control->fold, text))
        result = control_appends_add(control->appends, text, waiter, error);
    else
        snprintf(error, CONTROL_ERROR_BYTES,
                 "there are as many records of type %.24s as there can "
                 "be: remove some first",
                 type);
    free(text);
    return result;
}

struct cJSON *control_list(struct control *control, const char *type)
{
    return control_fold_list(control->fold, type);
}

struct cJSON *control_get(struct control *control, const char *type, const char *name)
{
    return control_fold_get(control->fold, type, name);
}

struct cJSON *control_audit(struct control *control, uint64_t before, size_t n)
{
    return control_fold_audit(control->fold, before, n);
}

void control_listen(struct control *control, struct control_listener *listener)
{
    control_fold_listen(control->fold, listener);
}

void control_replay(struct control *control)
{
    char error[CONTROL_ERROR_BYTES];
    if (control_fold_replay(control->fold, control->config.log, error) != 0)
        diag_error("what the control log says of sightings, suspects and reports is not known: %s",
                   error);
}

uint64_t control_read(struct control *control)
{
    return control_fold_next(control->fold);
}

bool control_ready(struct control *control)
{
    return atomic_load(&control->ready);
}

bool control_trouble(struct control *control, char words[CONTROL_ERROR_BYTES])
{
    pthread_mutex_lock(&control->lock);
    memcpy(words, control->trouble, sizeof control->trouble);
    pthread_mutex_unlock(&control->lock);
    return words[0] != '\0';
}
