/* SPDX-License-Identifier: ISC */
/*
 * ledger: what became of every edit that we sent. An edit's 24-bit word is its place in the table,
 * so an edit costs one access and nothing is ever allocated; edits of the same word that are under
 * way together are counted. Canvases share the table: each has a key, which is XORed to its words.
 * Should two canvases meet in one place at one time, their counts add up, which hides a lie at
 * worst and never makes one up.
 *
 * For one word, with `outstanding` = sent and not seen in the stream yet, and `unanswered` = sent
 * and neither acknowledged nor refused: an edit is acknowledged only after it is seen, so
 * outstanding <= unanswered always holds, and an acknowledgement that breaks it was a lie.
 *
 * One process writes; others, who share the memory, may only ask when an edit was sent.
 */
#ifndef PLACED_EDIT_FLOOD_LEDGER_H
#define PLACED_EDIT_FLOOD_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ledger;

enum {
    LEDGER_SAME_MAX = 30000, /* edits of one word that may be under way together */
    LEDGER_KEY_MAX = (1 << 24) - 1,
};

/* shared: to be seen by processes forked later. About 130 MB, resident as far as it is used. NULL
 * when out of memory. */
struct ledger *ledger_create(bool shared);
void ledger_destroy(struct ledger *ledger); /* NULL is fine */

/* n edits of the canvas with this key leave at now (microseconds, any start, may wrap). */
void ledger_sent(struct ledger *ledger, uint32_t key, const uint32_t *words, size_t n,
                 uint32_t now_us);

/* An edit came in the stream. True: it is one of ours, sent at *sent_us. */
bool ledger_seen(struct ledger *ledger, uint32_t key, uint32_t word, uint32_t *sent_us);

/* They were refused, or it will never be known: not expected any more. How many of them have been
 * seen all the same. */
size_t ledger_withdrawn(struct ledger *ledger, uint32_t key, const uint32_t *words, size_t n);

/* They were acknowledged, and the stream has been read up to the acknowledged version. How many of
 * them were not in it. */
size_t ledger_acknowledged(struct ledger *ledger, uint32_t key, const uint32_t *words, size_t n);

/* When was this word last sent? False: never. Any process. */
bool ledger_when(const struct ledger *ledger, uint32_t key, uint32_t word, uint32_t *sent_us);

#endif
