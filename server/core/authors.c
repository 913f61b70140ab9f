/* SPDX-License-Identifier: ISC */
/* authors: runs of one author, written and read. */
#include "core/authors.h"

#include "core/bytes.h"

static size_t run_count(const uint8_t *run)
{
    return load_u16(run);
}

void authors_store(uint8_t *bytes, uint64_t author, size_t n)
{
    *bytes++ = AUTHORS_VERSION;
    for (size_t count; n > 0; n -= count, bytes += AUTHORS_RUN_BYTES) {
        count = n < AUTHORS_RUN_MAX ? n : AUTHORS_RUN_MAX;
        store_u16(bytes, (uint16_t)count);
        store_u64(bytes + 2, author);
    }
}

size_t authors_store_runs(uint8_t *bytes, const uint64_t *authors, size_t n)
{
    uint8_t *at = bytes;
    *at++ = AUTHORS_VERSION;
    for (size_t count; n > 0; n -= count, authors += count, at += AUTHORS_RUN_BYTES) {
        for (count = 1; count < n && count < AUTHORS_RUN_MAX && authors[count] == authors[0];)
            count++;
        store_u16(at, (uint16_t)count);
        store_u64(at + 2, authors[0]);
    }
    return (size_t)(at - bytes);
}

void authors_store_run(uint8_t *bytes, size_t i, struct authors_run run)
{
    uint8_t *at = bytes + 1 + i * AUTHORS_RUN_BYTES;
    bytes[0] = AUTHORS_VERSION;
    store_u16(at, run.count);
    store_u64(at + 2, run.author);
}

struct authors_run authors_run(struct span header, size_t i)
{
    const uint8_t *run = header.data + 1 + i * AUTHORS_RUN_BYTES;
    return (struct authors_run){.count = load_u16(run), .author = load_u64(run + 2)};
}

size_t authors_count(struct span header)
{
    if (!header.data || header.len == 0 || header.data[0] != AUTHORS_VERSION ||
        (header.len - 1) % AUTHORS_RUN_BYTES != 0)
        return 0;
    size_t sum = 0;
    for (size_t at = 1; at < header.len; at += AUTHORS_RUN_BYTES) {
        size_t count = run_count(header.data + at);
        if (count == 0)
            return 0;
        sum += count;
    }
    return sum;
}

uint64_t authors_of(struct span header, size_t i)
{
    const uint8_t *run = header.data + 1;
    for (size_t count; i >= (count = run_count(run)); i -= count)
        run += AUTHORS_RUN_BYTES;
    return load_u64(run + 2);
}
