/* SPDX-License-Identifier: ISC */
/* test_log_memory: the promises of every log, and the faults of this one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collector.h"
#include "conformance.h"
#include "log_memory.h"

/* Virtual time and seeded chance. */
struct virtual
{
    struct env env;
    uint64_t now_us, seed;
};

static uint64_t virtual_now(struct env *env)
{
    return ((struct virtual *)env)->now_us;
}

static void virtual_random(struct env *env, void *bytes, size_t len)
{
    struct virtual *v = (struct virtual *)env;
    for (size_t i = 0; i < len; i++) {
        v->seed = v->seed * 6364136223846793005 + 1442695040888963407;
        ((uint8_t *)bytes)[i] = (uint8_t)(v->seed >> 56);
    }
}

struct store {
    struct virtual time;
    struct memory_partition *partition;
};

static struct store *store_with(struct memory_faults faults, uint64_t seed)
{
    struct store *s = calloc(1, sizeof *s);
    s->time = (struct virtual){{.now_us = virtual_now, .random = virtual_random}, 1000000, seed};
    s->partition = memory_partition_create(&s->time.env, faults);
    return s;
}

static void *create(void)
{
    return store_with((struct memory_faults){.delay_us = 20000, .ack_delay_us = 50000}, 1);
}

static void destroy(void *store)
{
    struct store *s = store;
    memory_partition_destroy(s->partition);
    free(s);
}

static struct log *open_log(void *store)
{
    return log_memory_open(((struct store *)store)->partition);
}

static void idle(void *store)
{
    ((struct store *)store)->time.now_us += 1000;
}

static void poll_until_quiet(struct store *s, struct opened *o)
{
    char error[LOG_ERROR_BYTES];
    size_t delivered;
    for (int i = 0; i < 200; i++) {
        idle(s);
        assert_int_equal(log_reader_poll(o->reader, 0, &delivered, error), LOG_OK);
    }
}

static void faults_keep_outcomes_true(void **state)
{
    size_t refused = 0, unknown = 0, twice = 0, gaps = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct store *s =
            store_with((struct memory_faults){100, 100, 100, 100, 30000, 30000}, seed);
        struct collector *c = collector_create();
        struct opened *o = opened_from(open_log(s), c);
        for (uint64_t i = 1; i <= 200; i++) {
            struct log_batch batch = batch_make(seed, i, 3, true);
            assert_int_equal(log_writer_append(o->writer, &batch), LOG_ACCEPTED);
            batch_finish(&batch);
        }
        poll_until_quiet(s, o);
        assert_int_equal(collector_reported(c), 200);
        for (uint64_t i = 1; i <= 200; i++) {
            enum log_outcome outcome = LOG_UNKNOWN;
            assert_int_equal(collector_outcome(c, (struct origin){seed, i}, &outcome), 1);
            size_t n = collector_count(c, (struct origin){seed, i});
            refused += outcome == LOG_REFUSED;
            unknown += outcome == LOG_UNKNOWN;
            twice += n == 2;
            if (outcome == LOG_COMMITTED)
                assert_true(n >= 1);
            if (outcome == LOG_REFUSED)
                assert_int_equal(n, 0);
        }
        for (size_t i = 1; i < c->n; i++) {
            assert_true(c->records[i].record.offset > c->records[i - 1].record.offset);
            gaps += c->records[i].record.offset > c->records[i - 1].record.offset + 1;
        }
        opened_close(o);
        collector_destroy(c);
        destroy(s);
    }
    assert_true(refused > 0 && unknown > 0 && twice > 0 && gaps > 0);
}

static void one_seed_gives_one_history(void **state)
{
    uint32_t crc[2] = {0};
    for (int run = 0; run < 2; run++) {
        struct store *s = store_with((struct memory_faults){100, 100, 100, 100, 30000, 30000}, 42);
        struct collector *c = collector_create();
        struct opened *o = opened_from(open_log(s), c);
        for (uint64_t i = 1; i <= 300; i++) {
            struct log_batch batch = batch_make(1, i, 3, false);
            log_writer_append(o->writer, &batch);
            batch_finish(&batch);
        }
        poll_until_quiet(s, o);
        for (size_t i = 0; i < c->n; i++)
            crc[run] =
                crc[run] * 31 + c->records[i].anchor.crc + (uint32_t)c->records[i].record.offset;
        opened_close(o);
        collector_destroy(c);
        destroy(s);
    }
    assert_int_equal(crc[0], crc[1]);
}

static void a_stalled_partition_is_read_only_and_foreign_records_come_through(void **state)
{
    struct store *s = create();
    struct collector *c = collector_create();
    struct opened *o = opened_from(open_log(s), c);
    struct log_batch batch = batch_make(1, 1, 3, false);
    memory_partition_set_stalled(s->partition, true);
    assert_int_equal(log_writer_state(o->writer), LOG_STALLED);
    assert_int_equal(log_writer_append(o->writer, &batch), LOG_READONLY);
    memory_partition_set_stalled(s->partition, false);
    assert_int_equal(log_writer_state(o->writer), LOG_WRITABLE);
    assert_int_equal(log_writer_append(o->writer, &batch), LOG_ACCEPTED);
    memory_partition_put(s->partition, (struct span){(const uint8_t *)"garbage", 7});
    memory_partition_put(s->partition, (struct span){(const uint8_t *)"", 0});
    poll_until_quiet(s, o);
    assert_int_equal(c->n, 3);
    assert_int_equal(record_edits(&c->records[1].record).n, 0);
    assert_int_equal(c->records[1].record.value.len, 7);
    assert_null(c->records[1].record.origin.data);
    batch_finish(&batch);
    opened_close(o);
    collector_destroy(c);
    destroy(s);
}

int main(void)
{
    const struct world world = {.name = "every log: memory",
                                .create = create,
                                .destroy = destroy,
                                .open = open_log,
                                .idle = idle,
                                .shared = true};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_keep_outcomes_true),
        cmocka_unit_test(one_seed_gives_one_history),
        cmocka_unit_test(a_stalled_partition_is_read_only_and_foreign_records_come_through),
    };
    int failed = conformance_run(&world);
    return failed + cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
