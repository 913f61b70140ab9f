/* SPDX-License-Identifier: ISC */
/* control_writer: see control_writer.h. A job of a worker writes all that wait, in their order. */
#include "api/control_writer.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

#include "sys/worker.h"

struct control_writer {
    struct worker *worker;
    struct job job;
    pthread_mutex_t lock; /* of what follows */
    struct control_writing *first, **end;
    size_t n;
};

/* The first that waits, taken out of the list; NULL: none does. */
static struct control_writing *take(struct control_writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    struct control_writing *writing = writer->first;
    if (writing) {
        writer->first = writing->next;
        writer->n--;
        if (!writer->first)
            writer->end = &writer->first;
    }
    pthread_mutex_unlock(&writer->lock);
    return writing;
}

static void run(struct job *job)
{
    struct control_writer *writer =
        (struct control_writer *)((char *)job - offsetof(struct control_writer, job));
    struct control_writing *writing;
    while (!worker_stopping(writer->worker) && (writing = take(writer))) {
        writing->write(writing);
        writing->done(writing);
    }
}

struct control_writer *control_writer_create(void)
{
    struct control_writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        return NULL;
    writer->job.run = run;
    writer->end = &writer->first;
    pthread_mutex_init(&writer->lock, NULL);
    writer->worker = worker_create("staff answers", 1);
    if (writer->worker)
        return writer;
    pthread_mutex_destroy(&writer->lock);
    free(writer);
    return NULL;
}

void control_writer_destroy(struct control_writer *writer)
{
    struct control_writing *writing;
    if (!writer)
        return;
    worker_destroy(writer->worker);
    while ((writing = take(writer)))
        writing->done(writing);
    pthread_mutex_destroy(&writer->lock);
    free(writer);
}

bool control_writer_add(struct control_writer *writer, struct control_writing *writing)
{
    pthread_mutex_lock(&writer->lock);
    bool room = writer->n < CONTROL_WRITER_WAITING;
    if (room) {
        writing->next = NULL;
        *writer->end = writing;
        writer->end = &writing->next;
        writer->n++;
    }
    pthread_mutex_unlock(&writer->lock);
    /* A job that waits already is left as it is, and finds this one, too: there is always room. */
    if (room)
        worker_add(writer->worker, &writer->job, 0);
    return room;
}
