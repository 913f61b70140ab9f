/* SPDX-License-Identifier: ISC */
/*
 * test_accounts: several servers beside a model that is as simple as can be. The log is a list;
 * each server reads on from its own place; what an author may have drawn in all is counted from the
 * log.
 */
#include "cmocka_all.h"
#include "rules/accounts.h"

#include <stdlib.h>
#include <string.h>

enum {
    CAPACITY = 10000,
    SERVERS = 3,
    AUTHORS = 8,
    RECORDS = 40000,
    STEPS = 30000,
};

static uint64_t seed;

static uint64_t draw(uint64_t n)
{
    seed += 0x9e3779b97f4a7c15;
    uint64_t z = (seed ^ seed >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (z ^ z >> 31) % n;
}

/* A message on its way. */
struct sent {
    uint64_t author;
    uint32_t cost;
    int server;
    bool kept;
};

struct landing {
    struct sent sent;
    int64_t time_ms;
};

struct world {
    struct policy policy;
    struct accounts *servers[SERVERS];
    size_t read[SERVERS];
    struct landing log[RECORDS];
    size_t n_records;
    struct sent flying[1024];
    size_t n_flying;
    uint64_t pending[SERVERS]; /* as it ought to be */
    int64_t now_ms;
};

static struct world *world_make(void)
{
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    assert_true(policy_parse(&w->policy, "sephsplace"));
    for (int i = 0; i < SERVERS; i++)
        w->servers[i] = accounts_create(CAPACITY);
    w->now_ms = 1700000000000;
    return w;
}

static void world_drop(struct world *w)
{
    for (int i = 0; i < SERVERS; i++)
        accounts_destroy(w->servers[i]);
    free(w);
}

static uint64_t author_of(uint64_t i)
{
    return UINT64_C(1) << 63 | (i + 1) * 0x0123456789abcdef;
}

static bool send_one(struct world *w, int server, uint64_t author, uint64_t edits,
                     uint64_t *retry_ms)
{
    struct price price = {0};
    struct sent sent = {.author = author, .server = server};
    for (uint64_t i = 0; i < edits; i++)
        energy_add(&w->policy, &price, draw(2), 100);
    if (w->n_flying == 1024 || !accounts_reserve(w->servers[server], author, &w->policy, &price,
                                                 w->now_ms, &sent.cost, retry_ms))
        return false;
    w->pending[server] += sent.cost;
    w->flying[w->n_flying++] = sent;
    return true;
}

/* One that is on its way gets into the log, or does not, or nobody knows. */
static void settle_one(struct world *w)
{
    if (w->n_flying == 0)
        return;
    size_t at = draw(w->n_flying);
    struct sent *sent = &w->flying[at];
    uint64_t fate = draw(20);
    if (fate == 0 && !sent->kept) {
        accounts_give_back(w->servers[sent->server], sent->author, sent->cost);
        w->pending[sent->server] -= sent->cost;
    } else if (fate == 1 && !sent->kept) {
        accounts_keep(w->servers[sent->server], sent->author, sent->cost, w->now_ms);
        w->pending[sent->server] -= sent->cost;
        sent->kept = true;
        return; /* it may still come */
    } else if (!sent->kept || fate < 10) {
        w->log[w->n_records++] = (struct landing){*sent, w->now_ms};
    }
    *sent = w->flying[--w->n_flying];
}

static void read_some(struct world *w, int server, size_t n)
{
    for (; n > 0 && w->read[server] < w->n_records; n--) {
        const struct landing *record = &w->log[w->read[server]++];
        bool own = record->sent.server == server;
        accounts_land(w->servers[server], record->sent.author, record->sent.cost, record->time_ms,
                      !own                ? LANDED_OTHER
                      : record->sent.kept ? LANDED_KEPT
                                          : LANDED_OWN);
        if (own && !record->sent.kept)
            w->pending[server] -= record->sent.cost;
    }
}

static int64_t tat_in_log(const struct world *w, uint64_t author, size_t n)
{
    int64_t tat = 0;
    for (size_t i = 0; i < n; i++) {
        const struct landing *record = &w->log[i];
        if (record->sent.author == author)
            tat = (tat > record->time_ms ? tat : record->time_ms) + record->sent.cost;
    }
    return tat;
}

static void servers_agree_with_the_log_and_with_each_other(void **state)
{
    for (uint64_t round = 1; round <= 5; round++) {
        struct world *w = world_make();
        seed = round;
        for (int step = 0; step < STEPS && w->n_records < RECORDS; step++) {
            uint64_t retry_ms, what = draw(10);
            w->now_ms += (int64_t)draw(30);
            if (what < 5)
                send_one(w, (int)draw(SERVERS), author_of(draw(AUTHORS)), 1 + draw(4), &retry_ms);
            else if (what < 8)
                settle_one(w);
            else
                read_some(w, (int)draw(SERVERS), 1 + draw(10));
            for (int i = 0; step % 1000 == 0 && i < SERVERS; i++)
                assert_int_equal(accounts_pending(w->servers[i]), w->pending[i]);
        }
        for (int i = 0; i < SERVERS; i++) {
            read_some(w, i, RECORDS);
            assert_int_equal(accounts_sum(w->servers[i], w->now_ms),
                             accounts_sum(w->servers[0], w->now_ms));
        }
        assert_true(accounts_sum(w->servers[0], w->now_ms - 1000) != 0);
        /* With nothing pending or unknown everybody has what the log says. */
        w->now_ms += 2 * SERVERS * CAPACITY; /* what was kept is over by then */
        for (int i = 0; i < SERVERS; i++)
            for (size_t j = 0; j < w->n_flying; j++)
                if (w->flying[j].server == i && !w->flying[j].kept)
                    accounts_give_back(w->servers[i], w->flying[j].author, w->flying[j].cost);
        w->n_flying = 0;
        uint64_t retry_ms;
        assert_true(send_one(w, 1, author_of(3), 3, &retry_ms));
        w->log[w->n_records++] = (struct landing){w->flying[0], w->now_ms};
        for (int i = 0; i < SERVERS; i++) {
            read_some(w, i, 1);
            assert_int_equal(accounts_pending(w->servers[i]), 0);
            assert_int_equal(accounts_available(w->servers[i], author_of(3), &w->policy, w->now_ms),
                             CAPACITY - (tat_in_log(w, author_of(3), w->n_records) - w->now_ms));
        }
        world_drop(w);
    }
}

/* One server that knows everything at once never lets anybody exceed one capacity and the rate, in
 * any stretch of time; what it refuses is taken exactly when it said. */
static void one_server_keeps_to_one_capacity_and_retries_are_exact(void **state)
{
    struct world *w = world_make();
    uint64_t author = author_of(0), exact = 0;
    seed = 77;
    for (int step = 0; step < 20000; step++) {
        uint64_t retry_ms = 0, edits = 1 + draw(9);
        w->now_ms += (int64_t)draw(600);
        uint64_t saved = seed;
        if (!send_one(w, 0, author, edits, &retry_ms) && retry_ms > 0) {
            w->now_ms += (int64_t)retry_ms - 1;
            seed = saved; /* the same edits again */
            assert_false(send_one(w, 0, author, edits, &(uint64_t){0}));
            w->now_ms++;
            seed = saved;
            assert_true(send_one(w, 0, author, edits, &(uint64_t){0}));
            exact++;
        }
        if (w->n_flying > 0) {
            w->log[w->n_records++] = (struct landing){w->flying[0], w->now_ms};
            w->n_flying = 0;
            read_some(w, 0, 1);
        }
    }
    assert_in_range(exact, 1000, 20000);
    for (size_t from = 0; from < w->n_records; from += 37) {
        uint64_t spent = 0;
        for (size_t to = from; to < w->n_records && to < from + 500; to++) {
            spent += w->log[to].sent.cost;
            assert_true(spent <= CAPACITY + (uint64_t)(w->log[to].time_ms - w->log[from].time_ms));
        }
    }
    world_drop(w);
}

static void what_nobody_knows_counts_as_made_and_once(void **state)
{
    struct world *w = world_make();
    uint64_t author = author_of(1), retry_ms;
    struct price price = {.n = 1, .ms = 4000};
    uint32_t cost;
    struct accounts *a = w->servers[0];
    assert_true(accounts_reserve(a, author, &w->policy, &price, w->now_ms, &cost, &retry_ms));
    accounts_keep(a, author, cost, w->now_ms);
    assert_int_equal(accounts_pending(a), 0);
    assert_int_equal(accounts_sum(a, w->now_ms), 0); /* the log says nothing of it */
    assert_int_equal(accounts_available(a, author, &w->policy, w->now_ms), 6000);
    assert_int_equal(accounts_available(a, author, &w->policy, w->now_ms + 1500), 7500);
    /* Others that land come on top. */
    accounts_land(a, author, 1000, w->now_ms, LANDED_OTHER);
    assert_int_equal(accounts_available(a, author, &w->policy, w->now_ms), 5000);
    /* It comes late: nothing changes here, and the table is as everybody's. */
    accounts_land(a, author, 4000, w->now_ms, LANDED_KEPT);
    assert_int_equal(accounts_available(a, author, &w->policy, w->now_ms), 5000);
    accounts_land(w->servers[1], author, 1000, w->now_ms, LANDED_OTHER);
    accounts_land(w->servers[1], author, 4000, w->now_ms, LANDED_OTHER);
    assert_int_equal(accounts_sum(a, w->now_ms), accounts_sum(w->servers[1], w->now_ms));
    world_drop(w);
}

static void a_tat_of_a_clock_that_was_wrong_locks_nobody_out(void **state)
{
    struct world *w = world_make();
    struct accounts *a = w->servers[0];
    const int64_t longest = (int64_t)ENERGY_DEBT_MAX * CAPACITY, year = 365LL * 24 * 3600 * 1000;
    uint64_t author = author_of(2);
    accounts_land(a, author, 1000, w->now_ms + year, LANDED_OTHER);
    assert_int_equal(accounts_available(a, author, &w->policy, w->now_ms), CAPACITY);
    /* And the next edit that lands is the first of the right time, on every server. */
    accounts_land(a, author, 1000, w->now_ms, LANDED_OTHER);
    assert_int_equal(accounts_available(a, author, &w->policy, w->now_ms), CAPACITY - 1000);
    /* What can come about by itself is believed. */
    author = author_of(3);
    accounts_land(a, author, 0, w->now_ms + longest, LANDED_OTHER);
    assert_int_equal(accounts_available(a, author, &w->policy, w->now_ms), CAPACITY - longest);
    world_drop(w);
}

static void a_refill_is_a_full_charge(void **state)
{
    struct world *w = world_make();
    struct accounts *a = w->servers[0];
    uint64_t author = author_of(4);
    accounts_land(a, author, 30000, w->now_ms, LANDED_OTHER);
    accounts_keep(a, author, 500, w->now_ms);
    assert_int_equal(accounts_available(a, author, &w->policy, w->now_ms), -20500);
    accounts_refill(a, author);
    assert_int_equal(accounts_available(a, author, &w->policy, w->now_ms), CAPACITY);
    accounts_refill(a, author_of(5)); /* who has never drawn */
    world_drop(w);
}

static void authors_with_a_full_charge_leave_the_table(void **state)
{
    struct world *w = world_make();
    struct accounts *a = w->servers[0];
    seed = 5;
    for (int i = 0; i < 3000000; i++)
        accounts_land(a, UINT64_C(1) << 63 | draw(UINT64_MAX), 1000, w->now_ms + i, LANDED_OTHER);
    assert_in_range(accounts_count(a), 61000, 200000); /* those of the last minute, and some */
    world_drop(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(servers_agree_with_the_log_and_with_each_other),
        cmocka_unit_test(one_server_keeps_to_one_capacity_and_retries_are_exact),
        cmocka_unit_test(what_nobody_knows_counts_as_made_and_once),
        cmocka_unit_test(a_tat_of_a_clock_that_was_wrong_locks_nobody_out),
        cmocka_unit_test(a_refill_is_a_full_charge),
        cmocka_unit_test(authors_with_a_full_charge_leave_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
