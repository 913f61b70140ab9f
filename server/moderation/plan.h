/* SPDX-License-Identifier: ISC */
/*
 * plan: what a predicate's edits have left on the canvases, and what repairs it: a fold of the
 * log's records from its beginning up to a version, and after it of what has happened since. Pure.
 *
 * The target of a pixel is the newest edit on it that neither fits the predicate nor is by a banned
 * author, else blank. A pixel is repaired only where an edit that fits is on top, and its colour is
 * another one than the target's.
 *
 * After the version, what others paint on such a pixel becomes its target: a repair that landed on
 * top of it has to be healed with it. What fits the predicate, and what banned authors paint, never
 * becomes a target.
 */
#ifndef PLACED_MODERATION_PLAN_H
#define PLACED_MODERATION_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/edit.h"
#include "core/record.h"
#include "moderation/author_table.h"
#include "moderation/predicate.h"

enum {
    PLAN_PIXELS = 1024 * 1024, /* of a canvas, by the lower 20 bits of an edit */
    PLAN_BUDGET = 256 << 20,   /* bytes of canvases */
    PLAN_CANVASES = PLAN_BUDGET / (PLAN_PIXELS * 2),
    PLAN_REPAIRS = 16 << 20, /* at most */
    PLAN_TRIES = 8,          /* actions of one plan that are known as such */
    PLAN_TOP = 20,           /* authors that are named */
    PLAN_DIGEST_BYTES = 32,
    PLAN_ERROR_BYTES = 160,
};

/* A pixel, from bit 0: the colour that shows, the target's, and flags. */
enum {
    PLAN_FITS = 1 << 8,     /* an edit that fits is on top */
    PLAN_EVER = 1 << 9,     /* one was on it some day */
    PLAN_PLANNED = 1 << 10, /* is to be repaired, from plan_seal on */
    PLAN_OURS = 1 << 11,    /* a repair is on top */
    PLAN_SENT = 1 << 12,    /* one is on its way */
};

struct plan_canvas {
    struct position position;
    uint16_t *pixels;  /* PLAN_PIXELS of them */
    uint32_t *planned; /* edits (x, y and the colour) in order of y and x, from plan_seal on */
    size_t n;          /* of them */
};

/* A rectangle of the plane. */
struct plan_bounds {
    int64_t x, y, w, h;
};

struct plan {
    struct predicate predicate;
    uint64_t version;            /* what is below it counts */
    struct author_table members; /* who is meant, when the predicate names authors or networks */
    bool anybody;                /* it names none */
    struct author_table banned;
    struct plan_canvas canvases[PLAN_CANVASES]; /* in order of (gy, gx) from plan_seal on */
    size_t n_canvases;
    size_t last; /* the canvas of the record before */
    bool sealed;
    uint64_t ours[1 + PLAN_TRIES]; /* actions whose edits from the version on are repairs */
    size_t n_ours;
    uint64_t also[2 * PLAN_TRIES]; /* actions that count as the predicate's own */
    size_t n_also;

    /* From plan_seal on: */
    uint64_t edits;             /* that fit */
    uint64_t pixels;            /* to be repaired */
    uint64_t bystanders;        /* painted by one that fits, and by somebody else since */
    struct plan_bounds bounds;  /* of the pixels to be repaired; w 0: there are none */
    struct author_table counts; /* edits that fit, by author */
    uint8_t digest[PLAN_DIGEST_BYTES];
};

/* Which authors were seen on a network. Embed it. */
struct plan_networks {
    /* At most room of them into *into; how many there are. */
    size_t (*authors)(struct plan_networks *networks, uint64_t network, uint64_t *into,
                      size_t room);
};

/* Who is banned. Embed it. */
struct plan_bans {
    /* At most room of them into *into; how many there are. */
    size_t (*authors)(struct plan_bans *bans, uint64_t *into, size_t room);
};

/* A plan at a version. Without networks nobody was seen on any. 0, or -1 with a reason in error;
 * plan_finish either way. */
int plan_init(struct plan *plan, const struct predicate *predicate, uint64_t version,
              struct plan_networks *networks, struct plan_bans *bans, char error[PLAN_ERROR_BYTES]);
void plan_finish(struct plan *plan);

/* The next record below the version. 0, or -1 with a reason in error. */
int plan_take(struct plan *plan, const struct record *record, const struct record_edits *edits,
              char error[PLAN_ERROR_BYTES]);

/* All records below the version have been taken: find what is to be repaired. 0, or -1 with a
 * reason in error. */
int plan_seal(struct plan *plan, char error[PLAN_ERROR_BYTES]);

/* ---- afterwards ---- */

/* The next record from the version on. */
void plan_follow(struct plan *plan, const struct record *record, const struct record_edits *edits);

/* Does this planned pixel have to be repaired or healed now, and nothing is on its way? */
static inline bool plan_due(uint16_t pixel)
{
    if (pixel & PLAN_SENT || (pixel & 0xf) == (pixel >> 4 & 0xf))
        return false;
    return pixel & (PLAN_FITS | PLAN_OURS);
}

/* The same, of those that have been repaired already. */
static inline bool plan_hurt(uint16_t pixel)
{
    return plan_due(pixel) && pixel & PLAN_OURS;
}

/* The edit that repairs or heals it: of x and y, the target's colour. */
static inline uint32_t plan_repair(uint32_t edit, uint16_t pixel)
{
    return (edit & (PLAN_PIXELS - 1)) | (uint32_t)(pixel >> 4 & 0xf) << 20;
}

#endif
