/* SPDX-License-Identifier: ISC */
/*
 * fuzz_record: any bytes as a record of the embedded log whose checksum is right: its parts lie
 * within it and beside each other; and what its headers a and e say of authors and costs adds up.
 */
#include "fuzz.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/authors.h"
#include "core/costs.h"
#include "log/local/local_record.h"

enum { OFFSET = 7, HEAD = 24 };

/* The bytes of a part that lies within the record; anything else is a fault. */
static size_t within(struct span part, const uint8_t *bytes, size_t len)
{
    if (part.data == NULL)
        return 0;
    if (part.data < bytes + HEAD || part.data + part.len > bytes + len)
        abort();
    return part.len;
}

static void check_people(const struct record *record)
{
    size_t n = authors_count(record->authors), runs = n > 0 ? authors_runs(record->authors) : 0;
    size_t sum = 0;
    for (size_t i = 0; i < runs; i++)
        sum += authors_run(record->authors, i).count;
    if (sum != n)
        abort();
    if (runs > 0 &&
        authors_of(record->authors, n - 1) != authors_run(record->authors, runs - 1).author)
        abort();
    bool good = costs_good(record->energy, runs);
    if (good && record->energy.len != costs_bytes(runs))
        abort();
    for (size_t i = 0; good && i < runs;
         i++) { /* each is read, and stands where the protocol says */
        const uint8_t *at = record->energy.data + 1 + COSTS_RUN_BYTES * i;
        if (costs_of(record->energy, i) !=
            (at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24))
            abort();
    }
    if (costs_good(record->energy, runs + 1) && good)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len < HEAD)
        return local_record_decode((struct span){data, len}, OFFSET, &(struct record){0})
                   ? 0
                   : (abort(), 0);
    uint8_t *bytes = malloc(len);
    if (!bytes)
        abort();
    memcpy(bytes, data, len);
    struct record record = {0};
    local_record_seal(bytes, len, OFFSET, 1);
    if (local_record_decode((struct span){bytes, len}, OFFSET, &record) == NULL) {
        size_t sum = within(record.value, bytes, len) + within(record.authors, bytes, len) +
                     within(record.origin, bytes, len) + within(record.genesis, bytes, len) +
                     within(record.energy, bytes, len);
        if (sum > len - HEAD || record.offset != OFFSET)
            abort();
        check_people(&record);
        (void)record_edits(&record);
        (void)record_anchor(&record);
    }
    free(bytes);
    return 0;
}
