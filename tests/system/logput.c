/* SPDX-License-Identifier: ISC */
/*
 * logput LOG GENESIS: appends the records that stand on standard input, each an i64 time (ms since
 * 1970), a u32 length, both little-endian, and a value of that length. The first one of an empty
 * log gets the identity GENESIS (32 hexadecimal digits). For tests that need a log with a past.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/bytes.h"
#include "log/open.h"
#include "sys/descriptors.h"

enum { HEAD_BYTES = 12, FLUSH_MS = 60000 };

struct outcomes {
    struct log_outcomes base; /* first */
    atomic_uint_fast64_t n_committed;
};

static void outcome(struct log_outcomes *base, struct origin origin, enum log_outcome what)
{
    if (what == LOG_COMMITTED)
        atomic_fetch_add(&((struct outcomes *)base)->n_committed, 1);
}

static int fail(const char *what)
{
    fprintf(stderr, "logput: %s\n", what);
    return 1;
}

/* How many records were appended, or -1. */
static int64_t put_all(struct log_writer *writer, const uint8_t *genesis)
{
    static uint8_t value[LOG_RECORD_MAX];
    const struct timespec moment = {.tv_nsec = 1000000};
    uint8_t head[HEAD_BYTES];
    int64_t n = 0;
    for (; fread(head, 1, sizeof head, stdin) == sizeof head; n++) {
        uint32_t len = load_u32(head + 8);
        if (len == 0 || len > sizeof value || fread(value, 1, len, stdin) != len)
            return -1;
        const struct log_batch batch = {.value = {value, len},
                                        .origin = {.nonce = 1, .batch = (uint64_t)n + 1},
                                        .genesis = n == 0 ? genesis : NULL,
                                        .time_ms = (int64_t)load_u64(head)};
        enum log_append result;
        while ((result = log_writer_append(writer, &batch)) == LOG_FULL)
            nanosleep(&moment, NULL);
        if (result != LOG_ACCEPTED)
            return -1;
    }
    return n;
}

int main(int argc, char **argv)
{
    standard_descriptors_open();
    uint8_t genesis[GENESIS_BYTES];
    char error[LOG_ERROR_BYTES];
    struct outcomes outcomes = {.base.outcome = outcome};
    if (argc != 3 || strlen(argv[2]) != 2 * GENESIS_BYTES)
        return fail("expected LOG GENESIS");
    for (size_t i = 0; i < GENESIS_BYTES; i++) {
        if (sscanf(argv[2] + 2 * i, "%2" SCNx8, &genesis[i]) != 1)
            return fail("GENESIS: expected 32 hexadecimal digits");
    }
    struct log *log = log_open(argv[1], NULL, error);
    struct log_writer *writer = log ? log_writer_create(log, &outcomes.base, error) : NULL;
    if (!writer) {
        log_close(log);
        return fail(error);
    }
    int64_t n = put_all(writer, genesis);
    log_writer_flush(writer, FLUSH_MS);
    log_writer_destroy(writer);
    log_close(log);
    if (n < 0 || (uint64_t)n != atomic_load(&outcomes.n_committed))
        return fail("not all records could be appended");
    return 0;
}
