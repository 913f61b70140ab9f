/* SPDX-License-Identifier: ISC */
/* scene: see scene.h. */
#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { PATIENCE_MS = 120000 };

struct opened *open_at(const struct world *world, void *store, struct collector *c, uint64_t offset)
{
    char error[LOG_ERROR_BYTES] = "";
    struct opened *o = opened_from(world->open(store), c);
    if (log_reader_seek(o->reader, offset, error) != 0)
        fail_msg("%s", error);
    return o;
}

struct scene scene_make(const struct world *world)
{
    struct scene s = {.world = world, .store = world->create(), .c = collector_create()};
    s.o = open_at(world, s.store, s.c, 0);
    return s;
}

void scene_drop(struct scene *s)
{
    opened_close(s->o);
    s->world->destroy(s->store);
    collector_destroy(s->c);
}

size_t poll_once(struct scene *s, int timeout_ms)
{
    char error[LOG_ERROR_BYTES] = "";
    size_t delivered = 0;
    if (s->world->idle)
        s->world->idle(s->store);
    enum log_event event = log_reader_poll(s->o->reader, timeout_ms, &delivered, error);
    if (event != LOG_OK)
        fail_msg("log_reader_poll: event %d: %s", event, error);
    return delivered;
}

void wait_for(struct scene *s, size_t reported, size_t records)
{
    uint64_t until = test_now_ms() + PATIENCE_MS;
    while (collector_reported(s->c) < reported || s->c->n < records) {
        poll_once(s, 20);
        if (test_now_ms() > until)
            fail_msg("waited too long: %zu of %zu outcomes, %zu of %zu records",
                     collector_reported(s->c), reported, s->c->n, records);
    }
}

void append(struct scene *s, const struct log_batch *batch)
{
    uint64_t until = test_now_ms() + PATIENCE_MS;
    enum log_append result;
    while ((result = log_writer_append(s->o->writer, batch)) == LOG_FULL) {
        poll_once(s, 1);
        assert_true(test_now_ms() < until);
    }
    assert_int_equal(result, LOG_ACCEPTED);
}

void append_many(struct scene *s, uint64_t nonce, size_t n, size_t size)
{
    for (size_t i = 1; i <= n; i++) {
        struct log_batch batch = batch_make(nonce, i, 1 + (i * size) % (2 * size), i % 2 == 0);
        append(s, &batch);
        batch_finish(&batch);
    }
}

void check_order(struct scene *s, uint64_t nonce, size_t n, size_t size)
{
    assert_int_equal(s->c->n, n);
    for (size_t i = 1; i <= n; i++) {
        const struct record *r = &s->c->records[i - 1].record;
        struct log_batch batch = batch_make(nonce, i, 1 + (i * size) % (2 * size), i % 2 == 0);
        assert_true(batch_equals(&batch, r));
        if (i > 1)
            assert_true(r->offset > s->c->records[i - 2].record.offset);
        batch_finish(&batch);
    }
}
