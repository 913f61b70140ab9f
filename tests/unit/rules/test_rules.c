/* SPDX-License-Identifier: ISC */
/*
 * test_rules: what is let in and what is not, what a record accounts for, and what is known again
 * after a start. The log is one in memory, the time virtual.
 */
#include "cmocka_all.h"
#include "core/authors.h"
#include "core/costs.h"
#include "core/edit.h"
#include "log_memory.h"
#include "painter.h"
#include "plane/reader.h"
#include "rules/rules.h"

#include <stdlib.h>
#include <string.h>

enum {
    CAPACITY = 10000, /* sephsplace */
    NONCE = 7,
    EDITS_MAX = 256,
};

static const uint64_t anna = AUTHOR_PERSON | 0xa, ben = AUTHOR_PERSON | 0xb;

struct world {
    struct painter *painter; /* its clock is everybody's */
    struct memory_partition *partition;
    struct log *log;
    struct log_writer *writer;
    struct log_outcomes outcomes;
    struct reader *reader;
    struct rules *rules;
    uint64_t batch;
    uint8_t edits[EDITS_MAX * EDIT_BYTES];
};

static int64_t now_ms(const struct world *w)
{
    return (int64_t)(w->painter->now_us / 1000);
}

static void wait_ms(struct world *w, int64_t ms)
{
    w->painter->now_us += (uint64_t)ms * 1000;
}

static void on_outcome(struct log_outcomes *outcomes, struct origin origin,
                       enum log_outcome outcome)
{
}

static struct rules_config config_of(const char *policy)
{
    struct rules_config config;
    memset(&config, 0, sizeof config);
    assert_true(policy_parse(&config.people, policy));
    config.bots = config.people;
    return config;
}

/* A server starts: it knows what the log says. */
static void start_rules(struct world *w, const struct rules_config *config)
{
    static const volatile int stop = 0;
    char error[LOG_ERROR_BYTES];
    reader_destroy(w->reader);
    rules_destroy(w->rules);
    w->rules = rules_create(config, &w->painter->metrics);
    w->reader = reader_create(w->log, error);
    assert_true(w->rules && w->reader);
    reader_add(w->reader, rules_fold(w->rules));
    assert_int_equal(rules_prepare(w->rules, w->reader, now_ms(w), error), 0);
    assert_int_equal(reader_start(w->reader, NULL, &stop), READER_OK);
    rules_own(w->rules, NONCE);
}

static int set_up(void **state)
{
    static struct world world;
    char error[LOG_ERROR_BYTES];
    memset(&world, 0, sizeof world);
    world.painter = painter_create(2, 1, NULL);
    world.painter->now_us = UINT64_C(1700000000000000);
    world.partition = memory_partition_create(&world.painter->env, (struct memory_faults){0});
    world.log = log_memory_open(world.partition);
    world.outcomes.outcome = on_outcome;
    world.writer = log_writer_create(world.log, &world.outcomes, error);
    for (uint32_t i = 0; i < EDITS_MAX; i++)
        edit_store(world.edits + EDIT_BYTES * i, edit_pack(i, 0, 3));
    struct rules_config config = config_of("sephsplace");
    start_rules(&world, &config);
    *state = &world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    log_writer_destroy(w->writer);
    reader_destroy(w->reader);
    rules_destroy(w->rules);
    log_close(w->log);
    memory_partition_destroy(w->partition);
    painter_destroy(w->painter);
    return 0;
}

static struct visitor person(uint64_t author)
{
    return (struct visitor){.author = author, .kind = VISITOR_COOKIE, .networks = {author >> 1}};
}

static bool judge(struct world *w, struct visitor visitor, size_t n,
                  struct reservation *reservation, struct verdict *verdict)
{
    return rules_judge(w->rules, &visitor, painter_at(w->painter, 0, 0), w->edits, n, now_ms(w),
                       reservation, verdict);
}

static void expect_allowed(struct world *w, struct visitor visitor, size_t n, uint32_t cost)
{
    struct reservation reservation;
    struct verdict verdict;
    assert_true(judge(w, visitor, n, &reservation, &verdict));
    assert_true(reservation.author == visitor.author);
    assert_int_equal(reservation.cost, cost);
}

static void expect_refused(struct world *w, struct visitor visitor, size_t n, enum refusal reason,
                           uint64_t retry_ms)
{
    struct reservation reservation;
    struct verdict verdict;
    assert_false(judge(w, visitor, n, &reservation, &verdict));
    assert_int_equal(verdict.obstacle.reason, reason);
    assert_int_equal(verdict.retry_ms, retry_ms);
    assert_int_equal(reservation.cost, 0);
}

static int64_t energy(struct world *w, uint64_t author)
{
    struct energy energy;
    struct visitor visitor = person(author);
    rules_energy(w->rules, &visitor, now_ms(w), &energy);
    return energy.available;
}

/* A record of runs of n edits each. costs NULL: without header e. */
static void append(struct world *w, uint64_t nonce, const struct authors_run *runs, size_t n_runs,
                   const uint32_t *costs, size_t n_costs)
{
    uint8_t authors[1 + 8 * AUTHORS_RUN_BYTES], energy[1 + 9 * COSTS_RUN_BYTES];
    size_t n = 0;
    for (size_t i = 0; i < n_runs; i++) {
        authors_store_run(authors, i, runs[i]);
        n += runs[i].count;
    }
    for (size_t i = 0; i < n_costs; i++)
        costs_store_run(energy, i, costs[i]);
    const struct log_batch batch = {
        .value = {w->edits, n * EDIT_BYTES},
        .authors = {authors, 1 + n_runs * AUTHORS_RUN_BYTES},
        .energy = {costs ? energy : NULL, costs ? costs_bytes(n_costs) : 0},
        .origin = {.nonce = nonce, .batch = ++w->batch}};
    assert_int_equal(log_writer_append(w->writer, &batch), LOG_ACCEPTED);
    for (size_t delivered = 1; delivered > 0;) {
        w->painter->now_us += 1000; /* delays of the log are over by then */
        assert_int_equal(reader_step(w->reader, 0, &delivered), READER_OK);
    }
}

static void append_one(struct world *w, uint64_t nonce, uint64_t author, uint16_t n, uint32_t cost)
{
    append(w, nonce, &(struct authors_run){n, author}, 1, &cost, 1);
}

/* ---- */

static void blank_and_painted_pixels_cost_what_they_show_here(void **state)
{
    struct world *w = *state;
    expect_allowed(w, person(anna), 20, 8000);
    expect_refused(w, person(anna), 6, REFUSAL_ENERGY, 400);
    expect_allowed(w, person(anna), 5, 2000);
    painter_paint(w->painter, (struct position){0, 0}, 3, 5); /* the first three pixels */
    expect_allowed(w, person(ben), 5, 3800);
    painter_paint(w->painter, (struct position){0, 0}, 3, 0); /* and blank again */
    expect_allowed(w, person(ben), 5, 2000);
    expect_refused(w, person(AUTHOR_PERSON | 99), 26, REFUSAL_ENERGY, 0);
}

static void a_record_accounts_for_what_it_says_its_runs_cost(void **state)
{
    struct world *w = *state;
    const struct authors_run runs[] = {{2, anna}, {1, ben}, {1, anna}, {1, 5}};
    const uint32_t costs[] = {1000, 700, 50, 9999};
    int64_t before = now_ms(w);
    append(w, 1, runs, 4, costs, 4);
    assert_int_equal(energy(w, anna) - (now_ms(w) - before), CAPACITY - 1050);
    assert_int_equal(energy(w, ben) - (now_ms(w) - before), CAPACITY - 700);
    assert_int_equal(metric_get(&w->painter->metrics, authors), 2); /* an action has no energy */
}

static void without_costs_every_edit_of_a_person_costs_as_on_a_painted_pixel(void **state)
{
    struct world *w = *state;
    const struct authors_run runs[] = {{2, anna}, {1, ben}};
    const uint32_t costs[] = {1, 1, 1};
    int64_t before = now_ms(w);
    append(w, 1, runs, 2, NULL, 0);
    append(w, 1, runs, 2, costs, 1); /* of another number of runs: the same */
    append(w, 1, runs, 2, costs, 3);
    assert_int_equal(energy(w, anna) - (now_ms(w) - before), CAPACITY - 6000);
    assert_int_equal(energy(w, ben) - (now_ms(w) - before), CAPACITY - 3000);
    /* A record whose authors are not known is nobody's; one that is skipped does not count. */
    append(w, 1, runs, 2, costs, 2);
    int64_t then = energy(w, anna);
    uint8_t bad[EDIT_BYTES];
    edit_store(bad, edit_pack(1000, 0, 0));
    memory_partition_put(w->partition, (struct span){bad, sizeof bad});
    memory_partition_put(w->partition, (struct span){w->edits, sizeof bad});
    size_t delivered;
    assert_int_equal(reader_step(w->reader, 0, &delivered), READER_OK);
    assert_int_equal(energy(w, anna), then);
}

static void what_is_pending_becomes_accounted_for_when_it_is_read(void **state)
{
    struct world *w = *state;
    struct reservation first, second;
    struct verdict verdict;
    assert_true(judge(w, person(anna), 5, &first, &verdict));
    assert_true(judge(w, person(anna), 10, &second, &verdict));
    assert_int_equal(rules_pending(w->rules), 6000);
    assert_int_equal(energy(w, anna), 4000);
    rules_give_back(w->rules, &second);
    assert_int_equal(rules_pending(w->rules), 2000);
    assert_int_equal(energy(w, anna), 8000);
    int64_t before = now_ms(w);
    append_one(w, NONCE, anna, 5, first.cost);
    assert_int_equal(rules_pending(w->rules), 0);
    assert_int_equal(energy(w, anna) - (now_ms(w) - before), 8000);
}

static void a_batch_that_was_given_up_counts_as_made_and_once(void **state)
{
    struct world *w = *state;
    struct reservation reservation;
    struct verdict verdict;
    assert_true(judge(w, person(anna), 5, &reservation, &verdict));
    assert_true(rules_give_up(w->rules, NONCE, 1));
    rules_keep(w->rules, &reservation, now_ms(w));
    int64_t before = now_ms(w);
    assert_int_equal(rules_pending(w->rules), 0);
    assert_int_equal(energy(w, anna), 8000);
    append_one(w, NONCE, anna, 5, reservation.cost); /* batch 1, late */
    assert_in_range(energy(w, anna) - (now_ms(w) - before), 8000 - 10, 8000);
    assert_int_equal(rules_pending(w->rules), 0);
    assert_false(rules_give_up(w->rules, NONCE, 1)); /* it has been read */
}

/* ---- who may draw at all */

static void one_who_shows_nothing_may_be_asked_for_an_identity(void **state)
{
    struct world *w = *state;
    struct rules_config config = config_of("sephsplace");
    struct visitor nobody = {.author = anna, .kind = VISITOR_NETWORK, .networks = {5}};
    expect_allowed(w, nobody, 1, 400);
    config.identity_needed = true;
    start_rules(w, &config);
    expect_refused(w, nobody, 1, REFUSAL_IDENTITY, 0);
    expect_allowed(w, person(anna), 1, 400);
    config.identity_needed = false;
    config.minimum_age_ms = 60000;
    start_rules(w, &config);
    expect_refused(w, nobody, 1, REFUSAL_IDENTITY, 0); /* there is no age without an identity */
    struct visitor young = person(anna);
    young.since_ms = now_ms(w) - 59000;
    expect_refused(w, young, 1, REFUSAL_YOUNG, 1000);
    wait_ms(w, 999);
    expect_refused(w, young, 1, REFUSAL_YOUNG, 1);
    wait_ms(w, 1);
    expect_allowed(w, young, 1, 400);
    young.since_ms = now_ms(w);
    young.kind = VISITOR_SIGNED_ON;
    expect_allowed(w, young, 1, 400);
    young.kind = VISITOR_BOT;
    expect_allowed(w, young, 1, 400);
}

static void bots_have_a_policy_of_their_own(void **state)
{
    struct world *w = *state;
    struct rules_config config = config_of("free");
    assert_true(policy_parse(&config.bots, "1000/500/500"));
    start_rules(w, &config);
    struct visitor bot = person(ben);
    bot.kind = VISITOR_BOT;
    expect_allowed(w, person(anna), 256, 0);
    expect_allowed(w, bot, 2, 1000);
    expect_refused(w, bot, 1, REFUSAL_ENERGY, 500);
    assert_true(rules_count(w->rules));
}

static void networks_are_counted_beside_authors(void **state)
{
    struct world *w = *state;
    struct rules_config config = config_of("sephsplace");
    config.network_factor = 2;
    start_rules(w, &config);
    struct visitor visitor = person(anna);
    visitor.networks[0] = 77;
    for (int i = 0; i < 2; i++, visitor.author++)
        expect_allowed(w, visitor, 25, 10000);
    expect_refused(w, visitor, 1, REFUSAL_NETWORK, 200);
    assert_int_equal(energy(w, visitor.author), CAPACITY); /* nothing of it was taken */
    visitor.networks[0] = 78;
    struct reservation reservation;
    struct verdict verdict;
    for (int i = 0; i < 10; i++) { /* what is not made is given back to both */
        assert_true(judge(w, visitor, 25, &reservation, &verdict));
        rules_give_back(w->rules, &reservation);
    }
}

/* ---- the moderators' rules */

static void replace(struct world *w, const struct ruleset_parts *parts)
{
    struct ruleset *ruleset = ruleset_create(parts);
    assert_non_null(ruleset);
    rules_replace(w->rules, ruleset);
}

static void regions_and_bans_forbid_and_change_costs(void **state)
{
    struct world *w = *state;
    struct region regions[] = {
        {.name = "dear", .x = 0, .y = 0, .w = 2, .h = 1, .percent = 250, .colours = 0xffff},
        {.name = "shut",
         .x = 10,
         .y = 0,
         .w = 1,
         .h = 1,
         .closed = true,
         .percent = 100,
         .colours = 0xffff,
         .words = "not here"}};
    struct ban bans[] = {{.of = BAN_AUTHOR, .id = ben, .words = "spam"},
                         {.of = BAN_AUTHOR, .id = anna, .slow = 200}};
    struct ruleset_parts parts = {.serial = 4, .colours = RULESET_ALL_COLOURS};
    struct reservation reservation;
    struct verdict verdict;
    parts.regions = regions;
    parts.n_regions = 2;
    replace(w, &parts);
    struct visitor visitor = person(AUTHOR_PERSON | 3);
    expect_allowed(w, visitor, 4, 2 * 1000 + 2 * 400);
    assert_false(judge(w, visitor, 11, &reservation, &verdict));
    assert_int_equal(verdict.obstacle.reason, REFUSAL_AREA);
    assert_string_equal(verdict.obstacle.words, "not here");
    parts.bans = bans;
    parts.n_bans = 2;
    replace(w, &parts);
    assert_false(judge(w, person(ben), 1, &reservation, &verdict));
    assert_int_equal(verdict.obstacle.reason, REFUSAL_BANNED);
    assert_string_equal(verdict.obstacle.words, "spam");
    expect_allowed(w, person(anna), 4, 2 * 2000 + 2 * 800);
    parts.n_bans = parts.n_regions = 0;
    parts.colours = 1 << 4;
    replace(w, &parts);
    assert_false(judge(w, visitor, 1, &reservation, &verdict));
    assert_int_equal(verdict.obstacle.reason, REFUSAL_COLOUR);
    parts.colours = RULESET_ALL_COLOURS;
    parts.frozen = true;
    replace(w, &parts);
    assert_false(judge(w, visitor, 1, &reservation, &verdict));
    assert_int_equal(verdict.obstacle.reason, REFUSAL_FROZEN);
    parts.frozen = false;
    replace(w, &parts);
    expect_allowed(w, visitor, 1, 400);
}

static void under_free_the_moderators_rules_hold_and_nothing_is_counted(void **state)
{
    struct world *w = *state;
    struct rules_config config = config_of("free");
    start_rules(w, &config);
    assert_false(rules_count(w->rules));
    for (int i = 0; i < 100; i++)
        expect_allowed(w, person(anna), 256, 0);
    append_one(w, 1, anna, 200, 1000000);
    assert_int_equal(rules_sum(w->rules, 0), 0);
    struct ruleset_parts parts = {.serial = 1, .colours = RULESET_ALL_COLOURS, .frozen = true};
    replace(w, &parts);
    expect_refused(w, person(anna), 1, REFUSAL_FROZEN, 0);
}

/* ---- after a start */

static void energy_is_known_again_after_a_start(void **state)
{
    struct world *w = *state;
    struct rules_config config = config_of("sephsplace");
    const uint64_t old = AUTHOR_PERSON | 1;
    append_one(w, 1, old, 1, 9000);
    wait_ms(w, 35000);                 /* that was paid off long ago */
    append_one(w, 1, anna, 10, 10000); /* four servers at once */
    for (int i = 0; i < 3; i++)
        append_one(w, 2, anna, 10, 10000);
    wait_ms(w, 15000);
    append_one(w, 1, ben, 5, 5000);
    int64_t of_anna = energy(w, anna), of_ben = energy(w, ben);
    uint64_t sum = rules_sum(w->rules, now_ms(w));
    assert_true(of_anna > -20000 && of_anna < 0);
    for (int i = 0; i < 2; i++) {
        start_rules(w, &config);
        assert_int_equal(energy(w, anna), of_anna);
        assert_int_equal(energy(w, ben), of_ben);
        assert_int_equal(energy(w, old), CAPACITY);
        assert_int_equal(rules_sum(w->rules, now_ms(w)), sum);
    }
    assert_int_equal(metric_get(&w->painter->metrics, authors), 2); /* what is older was not read */
    /* With nothing in the log that still matters, nothing is read. */
    wait_ms(w, 60000);
    start_rules(w, &config);
    assert_int_equal(rules_sum(w->rules, 0), 0);
}

static void whoever_was_refilled_has_a_full_charge(void **state)
{
    struct world *w = *state;
    append_one(w, 1, anna, 10, 30000);
    assert_true(energy(w, anna) < 0);
    rules_refill(w->rules, anna);
    assert_int_equal(energy(w, anna), CAPACITY);
}

#define PROMISE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PROMISE(blank_and_painted_pixels_cost_what_they_show_here),
        PROMISE(a_record_accounts_for_what_it_says_its_runs_cost),
        PROMISE(without_costs_every_edit_of_a_person_costs_as_on_a_painted_pixel),
        PROMISE(what_is_pending_becomes_accounted_for_when_it_is_read),
        PROMISE(a_batch_that_was_given_up_counts_as_made_and_once),
        PROMISE(one_who_shows_nothing_may_be_asked_for_an_identity),
        PROMISE(bots_have_a_policy_of_their_own),
        PROMISE(networks_are_counted_beside_authors),
        PROMISE(regions_and_bans_forbid_and_change_costs),
        PROMISE(under_free_the_moderators_rules_hold_and_nothing_is_counted),
        PROMISE(energy_is_known_again_after_a_start),
        PROMISE(whoever_was_refilled_has_a_full_charge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
