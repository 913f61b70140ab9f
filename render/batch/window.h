/* SPDX-License-Identifier: ISC */
/*
 * window: which jobs of a batch are done, by their numbers. Those below `low` all are; of the
 * WINDOW next ones it is known one by one; the others were not handed out. Jobs end in any order
 * and perhaps twice: counting them by number makes the count right all the same, and after a crash
 * the number `low` is enough to go on from. Pure.
 */
#ifndef PLACED_RENDER_BATCH_WINDOW_H
#define PLACED_RENDER_BATCH_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

enum { WINDOW = 512 };

struct window {
    uint64_t jobs;
    uint64_t low, next;  /* all below low are done, those from next on were not handed out */
    uint64_t failed_low; /* of those below low */
    uint64_t ended[WINDOW / 64], failed[WINDOW / 64]; /* by number modulo WINDOW */
};

void window_init(struct window *window, uint64_t jobs, uint64_t low, uint64_t failed_low);

/* A number to hand out. False: none now, or no more. */
bool window_hand_out(struct window *window, uint64_t *number);

/* The one just handed out was not taken. */
void window_take_back(struct window *window);

/* This one has ended. False: that was known, or it was not handed out. */
bool window_end(struct window *window, uint64_t number, bool failed);

bool window_has_ended(const struct window *window, uint64_t number);

uint64_t window_done(const struct window *window); /* ended, and not failed */
uint64_t window_failed(const struct window *window);
bool window_complete(const struct window *window);

#endif
