/* SPDX-License-Identifier: ISC */
/*
 * local_reader: the read transaction is reset between polls, so that it never keeps LMDB from
 * reusing pages while the reader waits.
 */
#include "log/local/local_reader.h"

#include <stdio.h>
#include <stdlib.h>

#include "log/local/local_record.h"

enum {
    RECORDS_A_POLL = 4096,
    READONLY_LOOK_MS = 50, /* how often the records of another process are looked for */
};

struct local_reader {
    struct log_reader reader; /* first: a log_reader is cast to it */
    const struct local_store *store;
    struct local_tail *tail;
    MDB_txn *txn; /* NULL before the first use; reset between uses */
    MDB_cursor *cursor;
    uint64_t next;   /* offset to deliver */
    uint64_t target; /* the end at the last seek */
    bool woken;      /* under the tail's lock */
};

static struct local_reader *of(struct log_reader *reader)
{
    return (struct local_reader *)reader;
}

/* Begin a read transaction, or take it up again: an LMDB error code. */
static int begin(struct local_reader *r)
{
    int rc;
    if (r->txn) {
        rc = mdb_txn_renew(r->txn);
        return rc != 0 ? rc : mdb_cursor_renew(r->txn, r->cursor);
    }
    rc = mdb_txn_begin(r->store->env, NULL, MDB_RDONLY, &r->txn);
    if (rc != 0)
        return rc;
    rc = mdb_cursor_open(r->txn, r->store->records, &r->cursor);
    if (rc != 0) {
        mdb_txn_abort(r->txn);
        r->txn = NULL;
    }
    return rc;
}

/* Read the record at offset, where the cursor is to be set (MDB_SET_KEY) or comes next (MDB_NEXT).
 * That it is the record of this offset is under its checksum. NULL, or what is wrong. */
static const char *read_record(struct local_reader *r, MDB_cursor_op op, uint64_t offset,
                               struct record *record)
{
    size_t wanted = (size_t)offset;
    MDB_val key = {sizeof wanted, &wanted}, data;
    int rc = mdb_cursor_get(r->cursor, &key, &data, op);
    if (rc == MDB_NOTFOUND)
        return "it is missing";
    if (rc != 0)
        return mdb_strerror(rc);
    return local_record_decode((struct span){data.mv_data, data.mv_size}, offset, record);
}

static int say_unreadable(const struct local_reader *r, uint64_t offset, const char *wrong,
                          char error[LOG_ERROR_BYTES])
{
    snprintf(error, LOG_ERROR_BYTES, "%.120s: the record at offset %llu cannot be read: %s",
             r->store->dir, (unsigned long long)offset, wrong);
    return -1;
}

static int bounds(struct log_reader *reader, struct log_bounds *result, char error[LOG_ERROR_BYTES])
{
    struct local_reader *r = of(reader);
    result->low = 0;
    int rc = local_store_high(r->store, &result->high);
    return rc == 0 ? 0 : local_store_error(r->store, rc, error);
}

static int offset_at(struct log_reader *reader, int64_t time_ms, uint64_t *offset,
                     char error[LOG_ERROR_BYTES])
{
    struct local_reader *r = of(reader);
    struct log_bounds b;
    if (bounds(reader, &b, error) != 0)
        return -1;
    int rc = begin(r);
    if (rc != 0)
        return local_store_error(r->store, rc, error);
    /* All below low that was looked at is before time_ms; high is the end, or not before it. */
    uint64_t low = b.low, high = b.high;
    const char *wrong = NULL;
    while (low < high && !wrong) {
        struct record record;
        uint64_t middle = low + (high - low) / 2;
        wrong = read_record(r, MDB_SET_KEY, middle, &record);
        if (wrong)
            say_unreadable(r, middle, wrong, error);
        else if (record.time_ms < time_ms)
            low = middle + 1;
        else
            high = middle;
    }
    mdb_txn_reset(r->txn);
    *offset = low;
    return wrong ? -1 : 0;
}

static int seek(struct log_reader *reader, uint64_t offset, char error[LOG_ERROR_BYTES])
{
    struct local_reader *r = of(reader);
    struct log_bounds b;
    if (bounds(reader, &b, error) != 0)
        return -1;
    if (offset > b.high) {
        snprintf(error, LOG_ERROR_BYTES, "%.120s: offset %llu is past the end of the log, %llu",
                 r->store->dir, (unsigned long long)offset, (unsigned long long)b.high);
        return -1;
    }
    r->next = offset;
    r->target = b.high;
    return 0;
}

/* Wait for a record at next, a wake or the time-out, in a log that another process writes: an LMDB
 * error code. */
static int wait_readonly(struct local_reader *r, int timeout_ms, uint64_t *high)
{
    for (;;) {
        uint64_t nothing;
        int rc = local_store_high(r->store, high);
        if (rc != 0 || *high > r->next || timeout_ms <= 0)
            return rc;
        int slice = timeout_ms < READONLY_LOOK_MS ? timeout_ms : READONLY_LOOK_MS;
        if (local_tail_wait(r->tail, UINT64_MAX, &r->woken, slice, &nothing))
            return 0;
        timeout_ms -= slice;
    }
}

/* Deliver from next up to end. NULL, or why it cannot go on. */
static const char *deliver(struct local_reader *r, uint64_t end, size_t *delivered)
{
    for (MDB_cursor_op op = MDB_SET_KEY; r->next < end; op = MDB_NEXT) {
        struct record record;
        const char *wrong = read_record(r, op, r->next, &record);
        if (wrong)
            return wrong;
        r->next++;
        ++*delivered;
        r->reader.records->record(r->reader.records, &record);
    }
    return NULL;
}

static enum log_event poll(struct log_reader *reader, int timeout_ms, size_t *delivered,
                           char error[LOG_ERROR_BYTES])
{
    struct local_reader *r = of(reader);
    uint64_t high;
    int rc = 0;
    *delivered = 0;
    if (r->store->readonly)
        rc = wait_readonly(r, timeout_ms, &high);
    else
        local_tail_wait(r->tail, r->next, &r->woken, timeout_ms, &high);
    if (rc == 0 && r->next >= high)
        return LOG_OK;
    if (rc == 0)
        rc = begin(r);
    if (rc != 0) {
        local_store_error(r->store, rc, error);
        return LOG_FAILED;
    }
    uint64_t end = high - r->next > RECORDS_A_POLL ? r->next + RECORDS_A_POLL : high;
    const char *wrong = deliver(r, end, delivered);
    mdb_txn_reset(r->txn);
    if (!wrong)
        return LOG_OK;
    say_unreadable(r, r->next, wrong, error);
    return LOG_FAILED;
}

static bool caught_up(struct log_reader *reader)
{
    return of(reader)->next >= of(reader)->target;
}

static void wake(struct log_reader *reader)
{
    local_tail_wake(of(reader)->tail, &of(reader)->woken);
}

static void destroy(struct log_reader *reader)
{
    struct local_reader *r = of(reader);
    if (r->txn) {
        mdb_cursor_close(r->cursor);
        mdb_txn_abort(r->txn);
    }
    free(r);
}

static const struct log_reader_ops ops = {
    .bounds = bounds,
    .offset_at = offset_at,
    .seek = seek,
    .poll = poll,
    .caught_up = caught_up,
    .wake = wake,
    .destroy = destroy,
};

struct log_reader *local_reader_create(const struct local_store *store, struct local_tail *tail,
                                       char error[LOG_ERROR_BYTES])
{
    struct local_reader *r = calloc(1, sizeof *r);
    if (!r) {
        snprintf(error, LOG_ERROR_BYTES, "no memory");
        return NULL;
    }
    r->reader.ops = &ops;
    r->store = store;
    r->tail = tail;
    return &r->reader;
}
