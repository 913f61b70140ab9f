/* SPDX-License-Identifier: ISC */
/* uploads: see uploads.h. The disk's outcomes come from the keeper's thread by mail. */
#include "render/http/uploads.h"

#include <stdlib.h>
#include <string.h>

#include "render/batch/appending.h"
#include "render/batch/mailbox.h"
#include "render/batch/task_record.h"
#include "render/http/originals.h"
#include "render/store/keeper.h"

enum {
    ORIGINALS_WAITING = 3, /* as many of the largest may wait for the disk */
    SMALL_BYTES = 1024 * 1024,
};

/* One picture on its way. */
struct kept {
    struct mail mail; /* first */
    struct uploads *uploads;
    struct kept *next, **link;
    struct original original;
    struct upload_waiter *waiters;
    bool about_is_next; /* the original is there, about.json is being written */
    bool kept;          /* outcome of the put */
};

struct uploads {
    struct uploads_config config;
    struct keeper *keeper;
    struct mailbox *mailbox;
    struct kept *kept;
    unsigned n;
};

/* ---- waiters ---- */

static void join(struct upload_waiter **list, struct upload_waiter *waiter)
{
    waiter->next = *list;
    waiter->link = list;
    if (waiter->next)
        waiter->next->link = &waiter->next;
    *list = waiter;
}

void uploads_forget(struct upload_waiter *waiter)
{
    if (!waiter->link)
        return;
    *waiter->link = waiter->next;
    if (waiter->next)
        waiter->next->link = waiter->link;
    waiter->link = NULL;
}

static void tell(struct upload_waiter *waiter, enum upload_outcome outcome)
{
    uploads_forget(waiter);
    waiter->known(waiter, outcome);
}

/* ---- one on its way ---- */

static void drop(struct kept *kept)
{
    *kept->link = kept->next;
    if (kept->next)
        kept->next->link = kept->link;
    free(kept);
}

/* It is over. The first who came has brought it, the others are told that it was there. */
static void end(struct kept *kept, bool complete)
{
    struct uploads *uploads = kept->uploads;
    if (complete) {
        originals_add(uploads->config.originals, kept->original.id, kept->original.time_ms);
        if (uploads->config.complete)
            uploads->config.complete(uploads->config.context, &kept->original);
    }
    while (kept->waiters) {
        const bool first = !kept->waiters->next; /* who comes joins in front */
        tell(kept->waiters, !complete ? UPLOAD_FAILED : first ? UPLOAD_NEW : UPLOAD_KNOWN);
    }
    drop(kept);
}

/* The keeper's thread. */
static void on_put(void *context, bool stored)
{
    struct kept *kept = context;
    kept->kept = stored;
    mailbox_post(kept->uploads->mailbox, &kept->mail);
}

static bool put(struct kept *kept, const char *part, struct blob *bytes)
{
    char name[ORIGINAL_NAME_BYTES];
    original_name(kept->original.id, part, name);
    return keeper_put(kept->uploads->keeper, name, bytes, true, on_put, kept);
}

static void put_about(struct kept *kept)
{
    char json[ORIGINAL_JSON_BYTES];
    const size_t len = original_write(&kept->original, json);
    struct blob *blob = blob_create(len);
    bool taken = false;
    if (blob) {
        memcpy(blob->bytes, json, len);
        kept->about_is_next = true;
        taken = put(kept, "about.json", blob);
    }
    blob_release(blob);
    if (!taken)
        end(kept, false);
}

static void on_queued(void *context, bool stored)
{
    struct kept *kept = context;
    if (stored)
        put_about(kept);
    else
        end(kept, false);
}

static void append(struct kept *kept)
{
    char json[TASK_RECORD_BYTES];
    struct task_record record = {.first = {.kind = PICTURE_IMAGE}};
    memcpy(record.first.id, kept->original.id, sizeof record.first.id);
    const size_t len = task_record_write_upload(json, &record);
    if (appending_start(kept->uploads->config.queue, QUEUE_UPLOADS, kept->original.id, json, len,
                        kept->uploads->mailbox, on_queued, kept) < 0)
        end(kept, false);
}

static void on_mail(struct mail *mail)
{
    struct kept *kept = (struct kept *)mail;
    if (!kept->kept || kept->about_is_next)
        end(kept, kept->kept);
    else if (kept->uploads->config.queue)
        append(kept);
    else
        put_about(kept);
}

static void on_drop(struct mail *mail)
{
    drop((struct kept *)mail);
}

static struct kept *find(struct uploads *uploads, const char *id)
{
    for (struct kept *kept = uploads->kept; kept; kept = kept->next)
        if (strcmp(kept->original.id, id) == 0)
            return kept;
    return NULL;
}

/* ---- all of them ---- */

struct uploads *uploads_create(const struct uploads_config *config)
{
    struct uploads *uploads = calloc(1, sizeof *uploads);
    if (!uploads)
        return NULL;
    uploads->config = *config;
    uploads->mailbox = mailbox_create(config->loop);
    uploads->keeper = keeper_create(originals_store(config->originals),
                                    ORIGINALS_WAITING * config->bytes + SMALL_BYTES);
    if (uploads->mailbox && uploads->keeper)
        return uploads;
    uploads_destroy(uploads);
    return NULL;
}

void uploads_destroy(struct uploads *uploads)
{
    if (!uploads)
        return;
    keeper_destroy(uploads->keeper); /* all its outcomes are in the mailbox then */
    mailbox_close(uploads->mailbox);
    while (uploads->kept) /* those for whose outcome the queue was asked */
        drop(uploads->kept);
    free(uploads);
}

const struct uploads_config *uploads_config(const struct uploads *uploads)
{
    return &uploads->config;
}

bool uploads_enter(struct uploads *uploads)
{
    if (uploads->n == UPLOADS_MAX)
        return false;
    uploads->n++;
    return true;
}

void uploads_leave(struct uploads *uploads)
{
    uploads->n--;
}

void uploads_keep(struct uploads *uploads, const struct original *original, struct blob *bytes,
                  struct upload_waiter *waiter)
{
    struct kept *kept = find(uploads, original->id);
    waiter->link = NULL;
    if (kept || originals_has(uploads->config.originals, original->id)) {
        blob_release(bytes);
        if (kept)
            join(&kept->waiters, waiter);
        else
            tell(waiter, UPLOAD_KNOWN);
        return;
    }
    kept = calloc(1, sizeof *kept);
    bool taken = false;
    if (kept) {
        kept->mail = (struct mail){.read = on_mail, .drop = on_drop};
        kept->uploads = uploads;
        kept->original = *original;
        kept->original.time_ms = originals_time(uploads->config.originals);
        taken = put(kept, "original", bytes);
    }
    blob_release(bytes);
    if (!taken) {
        free(kept);
        tell(waiter, UPLOAD_FAILED);
        return;
    }
    kept->next = uploads->kept;
    kept->link = &uploads->kept;
    if (kept->next)
        kept->next->link = &kept->next;
    uploads->kept = kept;
    join(&kept->waiters, waiter);
}
