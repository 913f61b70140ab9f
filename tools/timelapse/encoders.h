/* SPDX-License-Identifier: ISC */
/*
 * encoders: several threads that encode images, which come out in the order in which they went in.
 * How many are between in and out is bounded. All calls from one thread.
 */
#ifndef PLACED_TIMELAPSE_ENCODERS_H
#define PLACED_TIMELAPSE_ENCODERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image.h"
#include "rect.h"
#include "sys/worker.h"

enum { ENCODERS_MAX = 64 };

struct encoders;

/* One frame on its way. The caller fills all but the last four. */
struct encoding {
    uint8_t *colours; /* for free(); the encoders free them once they are encoded */
    uint32_t zoom;
    struct rect rect;     /* where they belong, in pixels before zooming */
    bool blend;           /* there is PATCH_KEEP among them */
    uint64_t frame;       /* the frame that they are */
    uint64_t until;       /* the frame at which the next one follows; set before it is taken out */
    bool checkpoint;      /* worth being remembered as a place to go on from */
    uint32_t picture_crc; /* with checkpoint: of the whole picture */

    struct encoded encoded; /* bytes is NULL when encoding failed; freed by encoders_release */
    bool done;
    struct encoders *encoders;
    struct job job;
};

typedef int encode_function(const struct image *image, struct encoded *encoded);

/* NULL with errno. */
struct encoders *encoders_create(unsigned threads, encode_function *encode);

/* Waits for what is being encoded; NULL is fine. */
void encoders_destroy(struct encoders *encoders);

/* A place to fill, all zero; NULL when all are taken: take the oldest out first. */
struct encoding *encoders_place(struct encoders *encoders);

/* The place is filled. Sometime after that it is encoded. */
void encoders_put(struct encoders *encoders, struct encoding *encoding);

/* How many were put and not released. */
size_t encoders_count(const struct encoders *encoders);

/* The oldest of them, once it is encoded; waits for that. */
struct encoding *encoders_oldest(struct encoders *encoders);

/* The one that was put last; NULL when there is none. */
struct encoding *encoders_newest(struct encoders *encoders);

/* The oldest is no longer needed. */
void encoders_release(struct encoders *encoders);

#endif
