/* SPDX-License-Identifier: ISC */
/*
 * queue: topics of records that are shared out to consumers of a group, for tasks; or read by
 * everybody, for events. Behind one interface: in memory (tests), LMDB (one process), Kafka.
 *
 * A record that was appended is delivered to each group, at least once: a consumer says which are
 * done, in any order; what is committed is the part before the first that is not. What a consumer
 * that died had not done is delivered again to another: within 1 s embedded (at the next start),
 * 8 s on Kafka.
 *
 * Threads. A queue: any thread. A consumer or reader: one thread at a time, except queue_done,
 * queue_depth and the wake-ups, which any thread may call. Destroy consumers and readers before the
 * queue.
 */
#ifndef PLACED_RENDER_QUEUE_QUEUE_H
#define PLACED_RENDER_QUEUE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    QUEUE_ERROR_BYTES = 256,
    QUEUE_KEY_MAX = 128,
    QUEUE_VALUE_MAX = 64 * 1024,
    QUEUE_GROUP_MAX = 32,        /* characters of a group's name: a-z and 0-9 */
    QUEUE_GIVEN_MAX = 16 * 1024, /* tasks of a consumer behind its first that is not done; with so
                                    many it is given no more */
};

struct queue;

void queue_close(struct queue *queue); /* waits for appends; NULL is fine */

/* Topics, each made when it is first used. */
enum queue_topic {
    QUEUE_UPLOADS, /* shared out: the ids of uploaded images; a group an operation */
    QUEUE_TILES,   /* shared out: names of jobs that a batch wants */
    QUEUE_EVENTS,  /* read by all; the last day or the last 10,000 */
    QUEUE_DEAD,    /* read by all; kept */
    QUEUE_TOPICS,
};
const char *queue_topic_name(enum queue_topic topic); /* "uploads" */

/* Told on a thread of the queue's, or within queue_append; must not wait there. stored: it is
 * durable. error: until it returns. */
struct queue_outcome {
    void (*known)(struct queue_outcome *outcome, bool stored, const char *error);
};

/* Append; key chooses the partition. outcome stays until it is known; NULL: nobody needs to know.
 * 0, or -1: too much is under way (or the key or value is too long): nothing has happened. */
int queue_append(struct queue *queue, enum queue_topic topic, const void *key, size_t key_len,
                 const void *value, size_t len, struct queue_outcome *outcome);

/* ---- consumers of a group ---- */

struct queue_consumer;

struct queue_task {
    uint64_t number;      /* for queue_done */
    size_t len;           /* 1 to QUEUE_VALUE_MAX */
    const uint8_t *value; /* until the next poll */
    int64_t time_ms;      /* when it was appended */
};

enum queue_result {
    QUEUE_GOT,
    QUEUE_NOTHING, /* for the moment */
    QUEUE_BROKEN,  /* a reason is in error; polling on is fine, it may recover */
};

/* A consumer of topic in group ("thumbnail"; "tiles"). NULL with a reason in error. */
struct queue_consumer *queue_consume(struct queue *queue, enum queue_topic topic, const char *group,
                                     char error[QUEUE_ERROR_BYTES]);
void queue_consumer_destroy(
    struct queue_consumer *consumer); /* commits what is done; NULL is fine */

/* Wait up to timeout_ms for the next task. want: false keeps the membership alive (which polls are
 * needed for) without taking a task. */
enum queue_result queue_poll(struct queue_consumer *consumer, int timeout_ms, bool want,
                             struct queue_task *task, char error[QUEUE_ERROR_BYTES]);
void queue_wake(struct queue_consumer *consumer); /* let a poll that waits return */

/* This task needs no further delivery. One that went to another consumer meanwhile is ignored. */
void queue_done(struct queue_consumer *consumer, uint64_t number);

/* Records behind the committed place of the group, as last known. On Kafka: in the partitions that
 * this consumer has, so that the sum over all consumers is the group's. */
uint64_t queue_depth(struct queue_consumer *consumer);

/* ---- readers, who get all records ---- */

struct queue_reader;

struct queue_record {
    uint64_t offset;
    size_t len;
    const uint8_t *value; /* until the next read */
    int64_t time_ms;
};

/* From the oldest record that is kept. NULL with a reason in error. */
struct queue_reader *queue_reader_create(struct queue *queue, enum queue_topic topic,
                                         char error[QUEUE_ERROR_BYTES]);
void queue_reader_destroy(struct queue_reader *reader); /* NULL is fine */
enum queue_result queue_read(struct queue_reader *reader, int timeout_ms,
                             struct queue_record *record, char error[QUEUE_ERROR_BYTES]);
/* Has it returned all that there was when it was created? */
bool queue_reader_caught_up(const struct queue_reader *reader);
void queue_reader_wake(struct queue_reader *reader);

/* ---- for the implementations: what each kind brings; queue.c calls them ---- */

struct queue_bytes {
    const void *bytes;
    size_t len;
};

struct queue_ops {
    /* key and value are not too long. */
    int (*append)(struct queue *queue, enum queue_topic topic, struct queue_bytes key,
                  struct queue_bytes value, struct queue_outcome *outcome);
    struct queue_consumer *(*consume)(struct queue *queue, enum queue_topic topic,
                                      const char *group, char error[QUEUE_ERROR_BYTES]);
    struct queue_reader *(*reader_create)(struct queue *queue, enum queue_topic topic,
                                          char error[QUEUE_ERROR_BYTES]);
    void (*close)(struct queue *queue);
};

struct queue {
    const struct queue_ops *ops;
};

struct queue_consumer_ops {
    enum queue_result (*poll)(struct queue_consumer *consumer, int timeout_ms, bool want,
                              struct queue_task *task, char error[QUEUE_ERROR_BYTES]);
    void (*wake)(struct queue_consumer *consumer);
    void (*done)(struct queue_consumer *consumer, uint64_t number);
    uint64_t (*depth)(struct queue_consumer *consumer);
    void (*destroy)(struct queue_consumer *consumer);
};

struct queue_consumer {
    const struct queue_consumer_ops *ops;
};

struct queue_reader_ops {
    enum queue_result (*read)(struct queue_reader *reader, int timeout_ms,
                              struct queue_record *record, char error[QUEUE_ERROR_BYTES]);
    bool (*caught_up)(const struct queue_reader *reader);
    void (*wake)(struct queue_reader *reader);
    void (*destroy)(struct queue_reader *reader);
};

struct queue_reader {
    const struct queue_reader_ops *ops;
};

#endif
