/* SPDX-License-Identifier: ISC */
/*
 * fake_store: store.h and builder.h over records in memory, so that a test says what has been read
 * and what is damaged. Linked before the library, whose own ones are then left out.
 */
#ifndef PLACED_TESTS_FAKE_STORE_H
#define PLACED_TESTS_FAKE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/position.h"
#include "core/record.h"

enum { FAKE_RECORDS_MAX = 1024 };

struct fake_record {
    struct position position;
    uint64_t offset;
    int64_t time_ms;
    uint32_t n;
    uint8_t *edits;
};

/* Forget all; the log has this identity. */
void fake_begin(const uint8_t genesis[GENESIS_BYTES]);
void fake_end(void);

/* One more record, not read yet. The edits are copied. */
void fake_add(struct position position, uint64_t offset, int64_t time_ms, const uint8_t *edits,
              uint32_t n);

size_t fake_count(void);
const struct fake_record *fake_record(size_t i);

/* All below this version has been read from now on, as the builder would say. */
void fake_publish(uint64_t read);

void fake_set_known(bool known);       /* does the builder know the log yet? */
void fake_set_hopeless(bool hopeless); /* is the log's beginning gone? */
void fake_set_damaged(bool damaged);   /* are the files bad? */

#endif
