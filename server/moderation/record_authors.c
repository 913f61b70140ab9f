/* SPDX-License-Identifier: ISC */
/*
 * record_authors: a reader for each look-up, so that none is kept that reads on in the background;
 * it goes from the oldest record to the newest, because a question to Kafka waits behind a fetch
 * that has come to the log's end.
 */
#include "moderation/record_authors.h"

#include <stdlib.h>

#include "core/authors.h"
#include "core/record.h"
#include "moderation/recent_authors.h"
#include "sys/clock.h"

enum {
    REMEMBERED = 1 << 15, /* edits; a power of two */
    POLL_MS = 200,
    AHEAD = 1 << 15, /* records that are read over rather than looked up anew: 3 ms of the embedded
                        log, and much less than a seek takes with Kafka */
};

struct remembered {
    uint64_t version; /* offset + 1; 0: empty */
    uint64_t author;
    uint32_t index;
};

struct record_authors {
    struct log_records records;
    struct log *log;
    struct recent_authors *recent; /* NULL: there are none */
    struct remembered *remembered; /* by a hash, the newest one wins */
    /* While a look-up goes on: those that are wanted, the oldest last. */
    struct record_edit *edits;
    size_t left; /* edits[0] to [left - 1] have not been passed yet */
    uint64_t at; /* offset of the next record that the reader delivers */
};

static struct remembered *slot_of(struct record_authors *authors, const struct record_edit *edit)
{
    uint64_t hash =
        (edit->offset + edit->index * UINT64_C(0x100000001b3)) * UINT64_C(0x9e3779b97f4a7c15);
    return &authors->remembered[hash >> 49];
}

_Static_assert(REMEMBERED == 1 << (64 - 49), "the hash's upper bits are a slot");

static void remember(struct record_authors *authors, const struct record_edit *edit)
{
    *slot_of(authors, edit) = (struct remembered){
        .version = edit->offset + 1, .author = edit->author, .index = edit->index};
}

static void recall(struct record_authors *authors, struct record_edit *edit)
{
    const struct remembered *slot = slot_of(authors, edit);
    if (slot->version == edit->offset + 1 && slot->index == edit->index) {
        edit->known = true;
        edit->author = slot->author;
    } else if (authors->recent) {
        edit->known =
            recent_authors_find(authors->recent, edit->offset, edit->index, &edit->author);
    }
}

/* Where the header does not say, it was the operator. */
static void on_record(struct log_records *records, const struct record *record)
{
    struct record_authors *authors = (struct record_authors *)records;
    authors->at = record->offset + 1;
    if (authors->left == 0 || authors->edits[authors->left - 1].offset > record->offset)
        return;
    size_t n = record_edits(record).n;
    for (; authors->left > 0 && authors->edits[authors->left - 1].offset <= record->offset;
         authors->left--) {
        struct record_edit *edit = &authors->edits[authors->left - 1];
        if (edit->known || edit->offset != record->offset || edit->index >= n)
            continue;
        edit->known = true;
        edit->author =
            authors_count(record->authors) == n ? authors_of(record->authors, edit->index) : 0;
        remember(authors, edit);
    }
}

/* The oldest of those that are left and are not known. */
static bool next_wanted(struct record_authors *authors, uint64_t *offset)
{
    while (authors->left > 0 && authors->edits[authors->left - 1].known)
        authors->left--;
    if (authors->left == 0)
        return false;
    *offset = authors->edits[authors->left - 1].offset;
    return true;
}

/* Read from an offset on, as long as what is wanted next comes soon. False: it cannot go on. */
static bool read_on(struct record_authors *authors, struct log_reader *reader, uint64_t offset,
                    int64_t deadline_ms, const volatile int *stop)
{
    char error[LOG_ERROR_BYTES];
    if (log_reader_seek(reader, offset, error) != 0)
        return false;
    authors->at = offset;
    while (next_wanted(authors, &offset) && offset - authors->at < AHEAD) {
        size_t delivered;
        if (clock_now_ms() >= deadline_ms || __atomic_load_n(stop, __ATOMIC_RELAXED) ||
            log_reader_poll(reader, POLL_MS, &delivered, error) != LOG_OK)
            return false;
    }
    return true;
}

void record_authors_find(struct record_authors *authors, struct record_edit *edits, size_t n,
                         int64_t deadline_ms, const volatile int *stop)
{
    char error[LOG_ERROR_BYTES];
    uint64_t offset;
    for (size_t i = 0; i < n; i++)
        recall(authors, &edits[i]);
    authors->edits = edits;
    authors->left = n;
    if (!next_wanted(authors, &offset))
        return;
    struct log_reader *reader = log_reader_create(authors->log, &authors->records, error);
    while (reader && next_wanted(authors, &offset) &&
           read_on(authors, reader, offset, deadline_ms, stop))
        continue;
    log_reader_destroy(reader);
    authors->left = 0;
}

struct record_authors *record_authors_create(struct log *log, struct recent_authors *recent)
{
    struct record_authors *authors = calloc(1, sizeof *authors);
    if (!authors)
        return NULL;
    authors->records.record = on_record;
    authors->log = log;
    authors->recent = recent;
    authors->remembered = calloc(REMEMBERED, sizeof *authors->remembered);
    if (authors->remembered)
        return authors;
    free(authors);
    return NULL;
}

void record_authors_destroy(struct record_authors *authors)
{
    if (!authors)
        return;
    free(authors->remembered);
    free(authors);
}
