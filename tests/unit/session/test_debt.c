/* SPDX-License-Identifier: ISC */
/*
 * test_debt: two servers, and one author who fires at both in the same millisecond, for ever. What
 * gets into the log is counted here from its records alone.
 */
#include "cmocka_all.h"
#include "core/authors.h"
#include "core/bytes.h"
#include "core/costs.h"
#include "core/edit.h"
#include "log_memory.h"
#include "plane/reader.h"
#include "session/session.h"
#include "session/shard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SERVERS = 2,
    ROUNDS = 1000,
    CAPACITY = 10000,
    MINUTE_MS = 60 * 1000,
};

struct server {
    struct session session; /* the author's */
    struct metrics metrics;
    struct canvases *canvases;
    struct owners *owners;
    struct rules *rules;
    struct log *log;
    struct log_writer *writer;
    struct reader *reader;
    struct shard_host host;
    struct shard *shard;
    uint32_t id, refused;
};

struct world {
    struct env env;
    uint64_t now_us, state;
    struct memory_partition *partition;
    struct server servers[SERVERS];
    struct fold fold; /* of the first server's reader: the ledger */
    int64_t began_ms, tat_ms, worst_ms;
    uint64_t spent, spent_later; /* in all; from the second minute on */
    int64_t first_ms, last_ms;   /* records of that stretch */
};

static uint64_t now_us(struct env *env)
{
    return ((struct world *)env)->now_us;
}

static int64_t time_ms(struct env *env)
{
    return (int64_t)(((struct world *)env)->now_us / 1000);
}

static uint64_t draw(struct world *w, uint64_t n)
{
    w->state = w->state * 6364136223846793005 + 1442695040888963407;
    return (w->state >> 33) % n;
}

static void fill_random(struct env *env, void *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        ((uint8_t *)bytes)[i] = (uint8_t)draw((struct world *)env, 256);
}

static void wake(struct shard_host *host)
{
}

static enum sent take_frame(struct session *session, const struct frame *frame)
{
    return SENT_OK;
}

static void take_message(struct session *session, const struct message *message)
{
    ((struct server *)session)->refused += message->type == MESSAGE_REFUSED;
}

static enum sent take_messages(struct session *session, const struct message *messages, size_t n)
{
    for (size_t i = 0; i < n; i++)
        take_message(session, &messages[i]);
    return SENT_OK;
}

static void be_closed(struct session *session, unsigned code, const char *reason)
{
    fail_msg("closed with %u: %s", code, reason);
}

/* A bucket of any size would have to hold what is spent faster than it comes back: worst_ms says
 * how much that was. */
static int on_record(struct fold *fold, const struct fold_record *full,
                     char error[FOLD_ERROR_BYTES])
{
    struct world *w = (struct world *)((char *)fold - offsetof(struct world, fold));
    const struct record *record = full->record;
    assert_int_equal(authors_count(record->authors), full->edits.n);
    assert_true(costs_good(record->energy, 1)); /* one author, so one run */
    uint32_t cost = costs_of(record->energy, 0);
    w->tat_ms = (w->tat_ms > record->time_ms ? w->tat_ms : record->time_ms) + cost;
    if (w->tat_ms - record->time_ms > w->worst_ms)
        w->worst_ms = w->tat_ms - record->time_ms;
    w->spent += cost;
    if (record->time_ms < w->began_ms + MINUTE_MS)
        return 0;
    if (w->first_ms == 0)
        w->first_ms = record->time_ms;
    else
        w->spent_later += cost;
    w->last_ms = record->time_ms;
    return 0;
}

static void open_server(struct world *w, struct server *server)
{
    static const struct session_ops ops = {
        .frame = take_frame, .messages = take_messages, .close = be_closed};
    static const struct fold_ops ledger = {.record = on_record};
    static const volatile int stop = 0;
    char error[LOG_ERROR_BYTES];
    struct rules_config config;
    memset(&config, 0, sizeof config);
    policy_parse(&config.people, "sephsplace");
    config.bots = config.people;
    server->log = log_memory_open(w->partition);
    server->canvases = canvases_create(1, 1, &server->metrics, &w->env, NULL);
    server->owners = owners_create();
    server->rules = rules_create(&config, &server->metrics);
    server->reader = reader_create(server->log, error);
    server->writer = log_writer_create(server->log, owners_outcomes(server->owners), error);
    reader_add(server->reader, canvases_fold(server->canvases));
    reader_add(server->reader, rules_fold(server->rules));
    reader_add(server->reader, owners_fold(server->owners));
    if (server == w->servers) {
        w->fold = (struct fold){.ops = &ledger};
        reader_add(server->reader, &w->fold);
    }
    assert_int_equal(reader_start(server->reader, NULL, &stop), READER_OK);
    server->host.wake = wake;
    server->shard = shard_create(&w->env, server->writer, server->canvases, server->owners,
                                 server->rules, &server->metrics, &shard_defaults, &server->host);
    struct visitor author = {.author = AUTHOR_PERSON | 1, .kind = VISITOR_COOKIE};
    assert_int_equal(session_init(&server->session, server->shard,
                                  canvases_find(server->canvases, (struct position){0, 0}), &ops,
                                  &author, false, FROM_PRESENT, 0),
                     0);
}

static void close_server(struct server *server)
{
    session_finish(&server->session);
    log_writer_destroy(server->writer);
    reader_destroy(server->reader);
    shard_destroy(server->shard);
    log_close(server->log);
    rules_destroy(server->rules);
    owners_destroy(server->owners);
    canvases_destroy(server->canvases);
}

static void run(struct world *w)
{
    for (size_t i = 0; i < SERVERS; i++) {
        size_t delivered;
        assert_int_equal(reader_step(w->servers[i].reader, 0, &delivered), READER_OK);
        shard_run(w->servers[i].shard);
    }
}

/* As much as the server takes, in messages of n edits. */
static void fire(struct server *server, uint32_t n)
{
    uint8_t message[SESSION_MESSAGE_BYTES] = {0};
    uint32_t refused = server->refused;
    for (int i = 0; i < 60 && server->session.refusals.n == 0 && server->refused == refused; i++) {
        store_u32(message, ++server->id);
        for (uint32_t k = 0; k < n; k++)
            edit_store(message + 4 + EDIT_BYTES * k, edit_pack(server->id % 1000, k, server->id));
        assert_int_equal(session_message(&server->session, message, 4 + EDIT_BYTES * n), 0);
    }
}

/* So many rounds over ten minutes and one more; records come late, to each server at another time.
 */
static void fire_at_both(uint64_t seed, int rounds, uint64_t delay_us)
{
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    w->env = (struct env){.now_us = now_us, .time_ms = time_ms, .random = fill_random};
    w->now_us = UINT64_C(1700000000000000);
    w->state = seed;
    w->began_ms = time_ms(&w->env);
    w->partition = memory_partition_create(&w->env, (struct memory_faults){.delay_us = delay_us});
    for (size_t i = 0; i < SERVERS; i++)
        open_server(w, &w->servers[i]);
    for (int round = 0; round < rounds; round++) {
        uint32_t n = 1 + (uint32_t)draw(w, 3);
        for (size_t i = 0; i < SERVERS; i++)
            fire(&w->servers[i], n);
        uint64_t until_us = w->now_us + 11 * MINUTE_MS * UINT64_C(1000) / (uint64_t)rounds;
        while (w->now_us < until_us) {
            w->now_us += 1000 + draw(w, 20 * 1000);
            run(w);
        }
    }
    for (int i = 0; i < 1000; i++) {
        w->now_us += 20 * 1000;
        run(w);
    }
    double rate = (double)w->spent_later / (double)(w->last_ms - w->first_ms);
    if (getenv("DEBT_SHOW"))
        printf("seed %lu: at most %ld ms at once, rate %.4f over %ld ms, %u and %u refused\n",
               (unsigned long)seed, (long)w->worst_ms, rate, (long)(w->last_ms - w->first_ms),
               w->servers[0].refused, w->servers[1].refused);
    assert_true(w->worst_ms <= 2 * CAPACITY);
    assert_true(w->worst_ms > CAPACITY); /* the two were taken by surprise */
    assert_true(w->last_ms - w->first_ms > 9 * MINUTE_MS);
    assert_true(rate > 0.99 && rate < 1.01);
    for (size_t i = 0; i < SERVERS; i++) {
        assert_int_equal(rules_pending(w->servers[i].rules), 0);
        assert_true(rules_sum(w->servers[i].rules, 0) == rules_sum(w->servers[0].rules, 0));
        assert_true(w->servers[i].refused > (uint32_t)rounds / 2);
    }
    for (size_t i = 0; i < SERVERS; i++)
        close_server(&w->servers[i]);
    memory_partition_destroy(w->partition);
    free(w);
}

static void two_servers_give_two_capacities_at_once_and_the_rate_of_one(void **state)
{
    for (uint64_t seed = 1; seed <= 3; seed++)
        fire_at_both(seed, ROUNDS, 0);
}

static void also_when_each_reads_the_log_late_and_at_another_time(void **state)
{
    for (uint64_t seed = 1; seed <= 3; seed++)
        fire_at_both(seed, 6 * ROUNDS, 400 * 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_servers_give_two_capacities_at_once_and_the_rate_of_one),
        cmocka_unit_test(also_when_each_reads_the_log_late_and_at_another_time),
    };
    return cmocka_run_group_tests_name("debt", tests, NULL, NULL);
}
