/* SPDX-License-Identifier: ISC */
/*
 * collector: remembers all records and outcomes of a log, and helpers to drive a log in a test.
 */
#ifndef PLACED_TESTS_LOG_COLLECTOR_H
#define PLACED_TESTS_LOG_COLLECTOR_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/edit.h"
#include "log/log.h"

struct collected {
    struct record record; /* its spans point into bytes */
    struct anchor anchor;
    uint8_t *bytes;
};

struct reported {
    struct origin origin;
    enum log_outcome outcome;
};

struct collector {
    struct log_records as_records;
    struct log_outcomes as_outcomes;
    struct collected *records;
    size_t n, room;
    bool forget;          /* count records, keep none */
    size_t n_edits;       /* in all records */
    pthread_mutex_t lock; /* of what follows */
    struct reported *reported;
    size_t n_reported, reported_room;
};

struct collector *collector_create(void);
void collector_destroy(struct collector *c);
void collector_clear(struct collector *c); /* forget the records, keep the outcomes */

size_t collector_reported(struct collector *c);                              /* outcomes so far */
size_t collector_reported_as(struct collector *c, enum log_outcome outcome); /* of one kind */
/* How often the outcome of this batch was reported, and the last one. */
size_t collector_outcome(struct collector *c, struct origin origin, enum log_outcome *outcome);
/* How many records carry this origin. */
size_t collector_count(struct collector *c, struct origin origin);

enum { BATCH_EDITS_MAX = 65536 }; /* with authors, the largest that a server writes */

/* A batch of n edits, which depend on nonce and number only; free with batch_finish. */
struct log_batch batch_make(uint64_t nonce, uint64_t number, size_t n, bool authors);

/* Give it a header e, of so many runs. */
void batch_add_energy(struct log_batch *batch, size_t runs);
void batch_finish(struct log_batch *batch);

/* Does the record hold exactly this batch? */
bool batch_equals(const struct log_batch *batch, const struct record *record);

/* A log with a reader and a writer, or, readonly, with a reader alone. */
struct opened {
    struct log *log;
    struct log_reader *reader;
    struct log_writer *writer;
};

/* c gets records and outcomes. Takes log; what cannot be had fails the test, or the process of a
 * fork. */
struct opened *opened_from(struct log *log, struct collector *c);
struct opened *opened_readonly(struct log *log, struct collector *c);
void opened_close(struct opened *o); /* NULL is fine */

uint64_t test_now_ms(void);
void pause_ms(long ms);

/* A fresh directory in TMPDIR; free it with remove_tree. */
char *make_dir(void);
void remove_tree(char *dir);

#endif
