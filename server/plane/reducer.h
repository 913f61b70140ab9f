/* SPDX-License-Identifier: ISC */
/*
 * reducer: the only writer of the canvas. It is given the log's records: each is folded, pushed to
 * the ring, and, when it is one of our own batches, reported to the intake that sent it.
 */
#ifndef PLACED_PLANE_REDUCER_H
#define PLACED_PLANE_REDUCER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/canvas.h"
#include "core/ring.h"
#include "log/log.h"
#include "sys/metrics.h"

struct reducer;
struct intake;

enum { REDUCER_INTAKES_MAX = 64 };

/* NULL when out of memory. */
struct reducer *reducer_create(struct ring *ring, struct metrics *metrics);
void reducer_destroy(struct reducer *reducer); /* NULL is fine */

/* For log_reader_create and log_writer_create. */
struct log_records *reducer_records(struct reducer *reducer);
struct log_outcomes *reducer_outcomes(struct reducer *reducer);

/* Begin from a checkpoint instead of the blank canvas. Before the first record. */
void reducer_load(struct reducer *reducer, const struct canvas *canvas);

/* The next record read must be the last one folded: it is compared, not folded. The caller seeks to
 * the anchor's offset. No effect on a blank canvas. Reader's thread. */
void reducer_expect_anchor(struct reducer *reducer);

/* Was the record that reducer_expect_anchor waits for another one? Then it is in *found, and
 * nothing is folded any more. Reader's thread. */
bool reducer_mismatch(const struct reducer *reducer, struct anchor *found);

/* Has the expected anchor not been seen yet? Reader's thread. */
bool reducer_expecting(const struct reducer *reducer);

/* The last record folded; false on a blank canvas. Reader's thread. */
bool reducer_anchor(const struct reducer *reducer, struct anchor *anchor);

/* From now on records go to the ring too, from the canvas's version on. Reader's thread. */
void reducer_go_live(struct reducer *reducer);

/* Copy the canvas. Any thread; holds up the reader for about 0.1 ms. */
void reducer_copy(struct reducer *reducer, struct canvas *into);

/* The canvas's version. Any thread, no lock. */
uint64_t reducer_version(const struct reducer *reducer);

/* Does the log have its genesis id, or any record at all? Any thread, no lock. */
bool reducer_log_begun(const struct reducer *reducer);

/* Tell this intake of its own batches. Any thread. -1 when there are too many. */
int reducer_add_intake(struct reducer *reducer, struct intake *intake);
void reducer_remove_intake(struct reducer *reducer, struct intake *intake);

#endif
