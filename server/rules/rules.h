/* SPDX-License-Identifier: ISC */
/*
 * rules: who may draw what, and when. An edit is judged before it is appended, by what the log says
 * of its author (the fold of all servers' edits) and what this server has pending of the author; it
 * is accounted for when it is read back. So with N servers the worst is one burst of N capacities,
 * and the long-run rate is exact. See PROTOCOL.md, "Energy".
 */
#ifndef PLACED_RULES_RULES_H
#define PLACED_RULES_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/message.h"
#include "core/policy.h"
#include "plane/fold.h"
#include "rules/rules_config.h"
#include "rules/ruleset.h"
#include "rules/verdict.h"
#include "rules/visitor.h"
#include "sys/metrics.h"

struct canvas_place;
struct reader;
struct rules;

/* NULL when out of memory. */
struct rules *rules_create(const struct rules_config *config, struct metrics *metrics);
void rules_destroy(struct rules *rules); /* NULL is fine */

/* For the reader; add it after the canvases and before the owners: who hears that its batch has
 * landed finds it accounted for. */
struct fold *rules_fold(struct rules *rules);

/* Before reader_start: find out from where the log has to be read so that everybody's energy is
 * known. now_ms: since 1970, as everywhere here. 0, or -1 with a reason in error. */
int rules_prepare(struct rules *rules, struct reader *reader, int64_t now_ms,
                  char error[FOLD_ERROR_BYTES]);

/* ---- any thread ---- */

/* The moderators' rules from now on; takes over the caller's count. */
void rules_replace(struct rules *rules, struct ruleset *ruleset);

/* Those of this moment, counted for the caller. */
struct ruleset *rules_current(struct rules *rules);

/* May the visitor make these n edits (3n bytes, in range) of one canvas, all of them? True: they
 * are reserved, and exactly one of rules_give_back and rules_keep follows, unless the fold reads a
 * record of this server that has them first. False: *verdict says why. */
bool rules_judge(struct rules *rules, const struct visitor *visitor, struct canvas_place *place,
                 const uint8_t *edits, size_t n, int64_t now_ms, struct reservation *reservation,
                 struct verdict *verdict);

/* They are not in the log and never will be. */
void rules_give_back(struct rules *rules, const struct reservation *reservation);

/* Nobody can say whether they are: they count as made. */
void rules_keep(struct rules *rules, const struct reservation *reservation, int64_t now_ms);

/* Records whose origin has this nonce are this server's own: what they cost is no longer pending
 * once they are read. At most OWN_BATCHES_WINDOW batches of it are open at once. -1 when out of
 * memory. */
int rules_own(struct rules *rules, uint64_t nonce);
void rules_disown(struct rules *rules, uint64_t nonce);

/* The outcome of the oldest open batch of that nonce will not be known: rules_keep follows for all
 * that it was made of, and its record, should it still come, is not counted again here. False: it
 * has just been read, and its owner hears of it in a moment. */
bool rules_give_up(struct rules *rules, uint64_t nonce, uint64_t batch);

/* That of people. */
const struct policy *rules_policy(const struct rules *rules);

/* Is anything counted? Under `free`, nothing is. */
bool rules_count(const struct rules *rules);

/* What an author has now. */
void rules_energy(struct rules *rules, const struct visitor *visitor, int64_t now_ms,
                  struct energy *energy);

/* Give an author a full charge. */
void rules_refill(struct rules *rules, uint64_t author);

/* ---- to look at it */

/* A number that two servers share when by the log that they have read everybody has as much at that
 * time; and what this server has pending. */
uint64_t rules_sum(struct rules *rules, int64_t time_ms);
uint64_t rules_pending(struct rules *rules);

#endif
