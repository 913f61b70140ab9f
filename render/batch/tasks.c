/* SPDX-License-Identifier: ISC */
/*
 * tasks: see tasks.h. A task goes: look (on the worker's thread: which pictures does the store
 * lack?) -> ask for those -> when all are answered look again, for a while, since the store gets
 * them from another thread -> done.
 */
#include "render/batch/tasks.h"

#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/batch/appending.h"
#include "render/batch/consumer.h"
#include "render/batch/dead.h"
#include "render/batch/mailbox.h"
#include "render/farm/farm.h"
#include "render/store/store.h"
#include "sys/clock.h"
#include "sys/diag.h"
#include "sys/worker.h"

enum {
    TASKS_MAX = 8192,      /* jobs of the worker: more than consumers ever have under way */
    LOOK_AGAIN_MS = 20,    /* the first time; then twice as long each time, */
    LOOK_LONGEST_MS = 500, /* up to this, */
    LOOKS = 45,            /* so many times in all: about 20 s; then it is rendered again */
    AGAIN_S = 5,           /* when the store did not get it; twice as long each time */
    AGAIN_LONGEST_S = 300,
    LETTER_AGAIN_S = 2,
};

struct run;

struct want {
    struct farm_waiter waiter;
    struct run *run;
};

/* One task under way. */
struct run {
    struct run *next, **link;
    struct tasks *tasks;
    struct consumer_task *task;
    struct task_record record;
    struct job job;   /* looking into the store */
    struct mail mail; /* what was found */
    ev_timer timer;
    void (*then)(struct run *run); /* when the timer ends */
    unsigned size;                 /* pictures of the job */
    uint64_t missing;              /* a bit each: not in the store */
    unsigned waiting;              /* for so many answers of the farm */
    bool asked;                    /* and all were answered */
    bool full;
    unsigned retry_s, looks, again_s;
    int64_t begun_ms;
    struct dead_letter letter; /* attempts or why: it has failed */
    bool failed;
    struct want *wants; /* size of them; NULL until they are needed */
};

struct tasks {
    struct tasks_config *config;
    struct worker *worker;
    struct run *runs;
};

static void look(struct run *run, int64_t in_ms);
static void begin_anew(struct run *run);

/* ---- the end of a task ---- */

static void free_run(struct run *run)
{
    ev_timer_stop(run->tasks->config->loop, &run->timer);
    *run->link = run->next;
    if (run->next)
        run->next->link = run->link;
    free(run->wants);
    free(run);
}

static void end(struct run *run, enum task_state state)
{
    struct tasks_config *config = run->tasks->config;
    if (state != TASK_SKIP)
        config->changed(config, &run->record, state, clock_now_ms() - run->begun_ms);
    consumer_end(run->task, true);
    free_run(run);
}

static void after(struct run *run, double seconds, void (*then)(struct run *))
{
    run->then = then;
    ev_timer_set(&run->timer, seconds, 0);
    ev_timer_start(run->tasks->config->loop, &run->timer);
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct run *run = timer->data;
    run->then(run);
}

/* ---- dead letters ---- */

static void send_letter(struct run *run);

static void on_letter(void *context, bool stored)
{
    struct run *run = context;
    struct tasks_config *config = run->tasks->config;
    if (!stored) {
        after(run, LETTER_AGAIN_S, send_letter);
        return;
    }
    config->died(config, &run->letter);
    end(run, TASK_FAILED);
}

static void send_letter(struct run *run)
{
    struct tasks_config *config = run->tasks->config;
    char text[TASK_RECORD_BYTES];
    size_t len = dead_write(text, &run->letter);
    char key[QUEUE_KEY_MAX + 1];
    snprintf(key, sizeof key, "%.*s", QUEUE_KEY_MAX, run->letter.name);
    if (appending_start(config->queue, QUEUE_DEAD, key, text, len, config->mailbox, on_letter,
                        run) != 0)
        after(run, LETTER_AGAIN_S, send_letter);
}

static void fail(struct run *run, const char *why, unsigned attempts)
{
    struct dead_letter *letter = &run->letter;
    if (why != letter->why)
        snprintf(letter->why, sizeof letter->why, "%s", why);
    letter->attempts = attempts;
    diag_warn("queue %s, group %s: %s: %s: it is a dead letter now",
              letter->uploads ? "uploads" : "tiles", letter->group, letter->name, why);
    send_letter(run);
}

/* ---- asking the farm ---- */

static void all_answered(struct run *run)
{
    run->asked = true;
    run->looks = 0;
    if (run->failed)
        fail(run, run->letter.why, run->letter.attempts);
    else if (run->full)
        after(run, run->retry_s > 0 ? run->retry_s : 1, begin_anew);
    else
        look(run, 0);
}

static void answered(struct farm_waiter *waiter, const struct farm_answer *answer)
{
    struct run *run = ((struct want *)waiter)->run;
    if (answer->outcome == FARM_FAILED && !run->failed) {
        run->failed = true;
        run->letter.attempts = answer->attempts;
        snprintf(run->letter.why, sizeof run->letter.why, "%s", answer->why ? answer->why : "");
    } else if (answer->outcome == FARM_FULL) {
        run->full = true;
        run->retry_s = answer->retry_s;
    }
    if (--run->waiting == 0)
        all_answered(run);
}

static bool make_wants(struct run *run)
{
    if (!run->wants)
        run->wants = calloc(run->size, sizeof *run->wants);
    for (unsigned i = 0; run->wants && i < run->size; i++)
        run->wants[i] = (struct want){.waiter = {.answered = answered}, .run = run};
    return run->wants;
}

static void ask(struct run *run)
{
    struct tasks_config *config = run->tasks->config;
    if (config->wanted(config, &run->record) == TASK_SKIP) {
        end(run, TASK_SKIP);
        return;
    }
    struct pool *pool = config->pool(config, &run->record.first);
    if (!pool) {
        fail(run, "it cannot be rendered here: there is no such style, zoom, image or operation",
             0);
        return;
    }
    if (!make_wants(run)) {
        after(run, AGAIN_S, begin_anew);
        return;
    }
    run->failed = run->full = false;
    config->changed(config, &run->record, TASK_RUNNING, 0);
    run->waiting = 1; /* this loop's, since answers may come within it */
    for (unsigned place = 0; place < run->size; place++) {
        struct picture picture;
        if (!(run->missing >> place & 1))
            continue;
        picture_of_job(&run->record.first, place, &picture);
        run->waiting++;
        farm_ask(config->farm, pool, &picture, FARM_BATCH, &run->wants[place].waiter);
    }
    if (--run->waiting == 0)
        all_answered(run);
}

/* ---- looking into the store ---- */

/* Some may be there by now: look first. */
static void begin_anew(struct run *run)
{
    run->asked = false;
    look(run, 0);
}

static void looked(struct mail *mail)
{
    struct run *run = (struct run *)((char *)mail - offsetof(struct run, mail));
    if (run->missing == 0) {
        end(run, TASK_DONE);
    } else if (!run->asked) {
        ask(run);
    } else if (++run->looks < LOOKS) {
        int64_t ms = run->looks < 6 ? LOOK_AGAIN_MS << (run->looks - 1) : LOOK_LONGEST_MS;
        look(run, ms);
    } else {
        after(run, run->again_s, begin_anew);
        run->again_s = 2 * run->again_s < AGAIN_LONGEST_S ? 2 * run->again_s : AGAIN_LONGEST_S;
    }
}

static void drop_mail(struct mail *mail)
{
    (void)mail; /* of the run, which tasks_destroy frees */
}

/* On the worker's thread. The loop does not touch `missing` meanwhile. */
static void do_look(struct job *job)
{
    struct run *run = (struct run *)((char *)job - offsetof(struct run, job));
    struct tasks_config *config = run->tasks->config;
    for (unsigned place = 0; place < run->size; place++) {
        struct picture picture;
        char name[PICTURE_NAME_BYTES];
        if (!(run->missing >> place & 1))
            continue;
        picture_of_job(&run->record.first, place, &picture);
        picture_format(&picture, name);
        if (store_get(config->store, name, NULL, NULL) == STORE_FOUND)
            run->missing &= ~(UINT64_C(1) << place);
    }
    mailbox_post(config->mailbox, &run->mail);
}

static void look(struct run *run, int64_t in_ms)
{
    if (!worker_add(run->tasks->worker, &run->job, in_ms > 0 ? clock_now_ms() + in_ms : 0))
        after(run, AGAIN_S, begin_anew); /* the worker is full */
}

/* ---- beginning ---- */

static struct run *begin(struct tasks *tasks, struct consumer_task *task, const char *group)
{
    struct run *run = calloc(1, sizeof *run);
    if (!run) {
        consumer_end(task, false); /* it comes again */
        return NULL;
    }
    run->tasks = tasks;
    run->task = task;
    run->job.run = do_look;
    run->mail = (struct mail){.read = looked, .drop = drop_mail};
    run->again_s = AGAIN_S;
    run->begun_ms = clock_now_ms();
    snprintf(run->letter.group, sizeof run->letter.group, "%s", group);
    ev_timer_init(&run->timer, on_timer, 0, 0);
    run->timer.data = run;
    run->next = tasks->runs;
    run->link = &tasks->runs;
    if (run->next)
        run->next->link = &run->next;
    tasks->runs = run;
    return run;
}

/* The record was read; wrong: what is wrong with it, or NULL. */
static void go_on(struct run *run, const char *wrong)
{
    struct tasks_config *config = run->tasks->config;
    if (wrong) {
        dead_show(run->letter.name, run->task->value, run->task->len);
        fail(run, wrong, 0);
        return;
    }
    picture_format(&run->record.first, run->letter.name);
    memcpy(run->letter.batch, run->record.batch, sizeof run->letter.batch);
    if (config->wanted(config, &run->record) == TASK_SKIP) {
        end(run, TASK_SKIP);
        return;
    }
    run->size = picture_job_size(&run->record.first);
    run->missing = run->size == 64 ? UINT64_MAX : (UINT64_C(1) << run->size) - 1;
    look(run, 0);
}

void tasks_upload(struct tasks *tasks, struct consumer_task *task, enum picture_op op)
{
    struct run *run = begin(tasks, task, picture_op_name(op));
    if (!run)
        return;
    run->letter.uploads = true;
    go_on(run, task_record_read_upload(&run->record, op, task->value, task->len));
}

void tasks_tile(struct tasks *tasks, struct consumer_task *task)
{
    struct run *run = begin(tasks, task, "tiles");
    if (run)
        go_on(run, task_record_read_tile(&run->record, task->value, task->len));
}

struct tasks *tasks_create(struct tasks_config *config)
{
    struct tasks *tasks = calloc(1, sizeof *tasks);
    if (!tasks)
        return NULL;
    tasks->config = config;
    tasks->worker = worker_create("render-look", TASKS_MAX);
    if (tasks->worker) {
        mailbox_hold(config->mailbox); /* the worker may post until it has ended */
        return tasks;
    }
    free(tasks);
    return NULL;
}

void tasks_destroy(struct tasks *tasks)
{
    if (!tasks)
        return;
    worker_destroy(tasks->worker);
    while (tasks->runs) {
        struct run *run = tasks->runs;
        for (unsigned i = 0; run->waiting > 0 && i < run->size; i++) {
            if (run->missing >> i & 1)
                farm_leave(tasks->config->farm, &run->wants[i].waiter);
        }
        free(run->task);
        free_run(run);
    }
    mailbox_release(tasks->config->mailbox);
    free(tasks);
}
