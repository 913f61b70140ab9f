/* SPDX-License-Identifier: ISC */
/* requeue: see requeue.h. */
#include "render/batch/requeue.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/batch/appending.h"

struct item {
    struct requeue *requeue;
    uint64_t offset;
    bool stored;
};

struct requeue {
    struct queue *queue;
    struct mailbox *mailbox;
    void (*done)(void *context, const struct requeue_result *result);
    void *context;
    struct requeue_result result;
    atomic_size_t waiting; /* for outcomes */
    size_t n;
    struct item items[];
};

static void end(struct requeue *requeue)
{
    if (requeue->done)
        requeue->done(requeue->context, &requeue->result);
    free(requeue);
}

/* The outcome of an append will not come any more: the server ends. */
static void on_dropped(struct requeue *requeue)
{
    if (--requeue->waiting == 0)
        free(requeue);
}

static void on_mark_dropped(void *context)
{
    on_dropped(context);
}

static void on_item_dropped(void *context)
{
    on_dropped(((struct item *)context)->requeue);
}

static void on_marked(void *context, bool stored)
{
    struct requeue *requeue = context;
    (void)stored; /* a letter whose mark was lost is listed again: it may be put back twice */
    if (--requeue->waiting == 0)
        end(requeue);
}

/* All letters are where they belong: say so in the topic. */
static void mark(struct requeue *requeue)
{
    uint64_t offsets[DEAD_MARK_OFFSETS];
    char text[TASK_RECORD_BYTES];
    size_t n = 0;
    const struct appending_end end_of_mark = {on_marked, on_mark_dropped, requeue};
    requeue->waiting = 1; /* this loop */
    for (size_t i = 0; i < requeue->n; i++) {
        if (requeue->items[i].stored)
            offsets[n++] = requeue->items[i].offset;
        if (n == 0 || (n < DEAD_MARK_OFFSETS && i + 1 < requeue->n))
            continue;
        size_t len = dead_write_mark(text, offsets, n);
        if (appending_begin(requeue->queue, QUEUE_DEAD, "requeued", text, len, requeue->mailbox,
                            &end_of_mark) == 0)
            requeue->waiting++;
        n = 0;
    }
    on_marked(requeue, true);
}

static void on_stored(void *context, bool stored)
{
    struct item *item = context;
    struct requeue *requeue = item->requeue;
    item->stored = stored;
    requeue->result.requeued += stored;
    requeue->result.failed += !stored;
    if (--requeue->waiting == 0)
        mark(requeue);
}

/* The task of a letter. False: it never was one. */
static bool write_task(char text[TASK_RECORD_BYTES], size_t *len, const struct dead_letter *letter)
{
    struct task_record record = {0};
    struct picture picture;
    if (!picture_parse(&picture, letter->name, strlen(letter->name)) ||
        letter->uploads != (picture.kind == PICTURE_IMAGE))
        return false;
    record.first = picture; /* of no batch: that one has counted it */
    *len = letter->uploads ? task_record_write_upload(text, &record)
                           : task_record_write_tile(text, &record);
    return true;
}

static void put_back(struct requeue *requeue, struct item *item, const struct dead_letter *letter)
{
    char text[TASK_RECORD_BYTES];
    size_t len;
    if (!write_task(text, &len, letter)) {
        requeue->result.no_task++;
        return;
    }
    const struct appending_end end_of_item = {on_stored, on_item_dropped, item};
    requeue->waiting++;
    char id[PICTURE_ID_CHARS + 1];
    snprintf(id, sizeof id, "%.64s", letter->name + sizeof "/images/" - 1);
    if (appending_begin(requeue->queue, letter->uploads ? QUEUE_UPLOADS : QUEUE_TILES,
                        letter->uploads ? id : letter->name, text, len, requeue->mailbox,
                        &end_of_item) != 0) {
        requeue->waiting--;
        requeue->result.failed++;
    }
}

struct requeue *requeue_start(struct dead *dead, struct queue *queue, struct mailbox *mailbox,
                              const uint64_t *offsets, size_t n,
                              void (*done)(void *context, const struct requeue_result *result),
                              void *context)
{
    struct requeue *requeue = calloc(1, sizeof *requeue + n * sizeof *requeue->items);
    if (!requeue) {
        done(context, &(struct requeue_result){.failed = (unsigned)n});
        return NULL;
    }
    requeue->queue = queue;
    requeue->mailbox = mailbox;
    requeue->done = done;
    requeue->context = context;
    requeue->n = n;
    requeue->waiting = 1; /* this loop */
    for (size_t i = 0; i < n; i++) {
        struct dead_letter letter;
        requeue->items[i] = (struct item){.requeue = requeue, .offset = offsets[i]};
        if (dead_find(dead, offsets[i], &letter))
            put_back(requeue, &requeue->items[i], &letter);
        else
            requeue->result.unknown++;
    }
    if (--requeue->waiting > 0)
        return requeue;
    end(requeue); /* nothing was put back: outcomes come later than this */
    return NULL;
}

void requeue_forget(struct requeue *requeue)
{
    requeue->done = NULL;
}
