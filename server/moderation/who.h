/* SPDX-License-Identifier: ISC */
/*
 * who: who painted a pixel. What was painted comes from the history, who did it from the headers of
 * the log's records, both read by a thread of its own; a bounded number of questions waits for it.
 */
#ifndef PLACED_MODERATION_WHO_H
#define PLACED_MODERATION_WHO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/position.h"

struct canvases;
struct history;
struct log;
struct metrics;
struct recent_authors;
struct who_service;
struct who_question;

enum {
    WHO_WAITING_MAX = 64, /* questions of everybody */
    WHO_STAFF_MAX = 64,   /* and those of moderators, which come first */
    WHO_CHANGES_MAX = 1000,
    WHO_BLOCKS = 256,         /* of history that are looked at for everybody: 16.8 million edits, */
    WHO_STAFF_BLOCKS = 16384, /* and for moderators */
};

struct who_change {
    uint64_t version; /* of the canvas after it */
    int64_t time_ms;  /* -1: unknown */
    uint32_t index;   /* of the edit in its record */
    uint8_t colour;
    bool known; /* the author is */
    uint64_t author;
};

struct who_answer {
    uint8_t colour;   /* that the pixel shows, */
    uint64_t version; /* and the version of its canvas then */
    bool history;     /* false: none is kept, or it cannot be read: there are no changes then */
    bool whole;       /* there are no others */
    size_t n;
    struct who_change changes[]; /* the newest first */
};

struct who_config {
    struct log *log;
    struct canvases *canvases;
    struct history *history;       /* NULL: none is kept */
    struct recent_authors *recent; /* NULL: the log is always looked into */
};

/* Start the thread. NULL with errno. */
struct who_service *who_create(const struct who_config *config, struct metrics *metrics);

/* End it: questions that wait are never answered, but can still be dropped. NULL is fine. */
void who_destroy(struct who_service *who);

/* ---- any thread ---- */

/* Who is told that a question has its answer. */
struct who_asker {
    /* From who's thread, at most once, and never after who_drop; must be quick and must not call
     * who. */
    void (*answered)(void *context);
    void *context;
};

/* Ask for at most `room` changes of a pixel (x, y in its canvas, which is there). NULL: too many
 * questions wait. */
struct who_question *who_ask(struct who_service *who, struct position position, uint32_t x,
                             uint32_t y, size_t room, bool staff, const struct who_asker *asker);

/* The answer, which lives as long as the question; NULL: there is none yet. */
const struct who_answer *who_answer(struct who_question *question);

void who_drop(struct who_question *question); /* answered or not. NULL is fine */

#endif
