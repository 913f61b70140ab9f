/* SPDX-License-Identifier: ISC */
/* appending: see appending.h. */
#include "render/batch/appending.h"

#include <stdlib.h>
#include <string.h>

#include "render/batch/mailbox.h"

struct appending {
    struct queue_outcome outcome;
    struct mail mail;
    struct mailbox *mailbox;
    bool stored;
    struct appending_end end;
};

static struct appending *of_mail(struct mail *mail)
{
    return (struct appending *)((char *)mail - offsetof(struct appending, mail));
}

static void drop(struct mail *mail)
{
    struct appending *appending = of_mail(mail);
    if (appending->end.dropped)
        appending->end.dropped(appending->end.context);
    free(appending);
}

static void read_mail(struct mail *mail)
{
    struct appending *appending = of_mail(mail);
    appending->end.known(appending->end.context, appending->stored);
    free(appending);
}

static void on_known(struct queue_outcome *outcome, bool stored, const char *error)
{
    struct appending *appending = (struct appending *)outcome;
    struct mailbox *mailbox = appending->mailbox;
    appending->stored = stored;
    mailbox_post(mailbox, &appending->mail);
    mailbox_release(mailbox);
}

int appending_begin(struct queue *queue, enum queue_topic topic, const char *key, const char *value,
                    size_t len, struct mailbox *mailbox, const struct appending_end *end)
{
    struct appending *appending = calloc(1, sizeof *appending);
    if (!appending)
        return -1;
    *appending = (struct appending){
        .outcome = {.known = on_known},
        .mail = {.read = read_mail, .drop = drop},
        .mailbox = mailbox_hold(mailbox),
        .end = *end,
    };
    if (queue_append(queue, topic, key, strlen(key), value, len, &appending->outcome) == 0)
        return 0;
    mailbox_release(mailbox);
    free(appending);
    return -1;
}

int appending_start(struct queue *queue, enum queue_topic topic, const char *key, const char *value,
                    size_t len, struct mailbox *mailbox, void (*known)(void *context, bool stored),
                    void *context)
{
    return appending_begin(queue, topic, key, value, len, mailbox,
                           &(struct appending_end){.known = known, .context = context});
}
