/* SPDX-License-Identifier: ISC */
/* Sightings: which authors were seen in which networks. */
#include "cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "moderation/sighting_table.h"
#include "moderation/sightings.h"

enum { DAY_MS = 24 * 3600 * 1000 };

static const int64_t noon_ms = 1700000000000;

static uint64_t person(uint64_t n)
{
    return AUTHOR_PERSON | n * UINT64_C(0x9e3779b97f4a7c15);
}

static struct visitor visitor(uint64_t author, uint64_t network)
{
    return (struct visitor){.author = author, .networks = {network}};
}

/* ---- the table against a list that does the same in the simplest way */

enum { MODEL_MAX = 64 };

struct model {
    struct sighting pairs[MODEL_MAX]; /* in the order in which they were added */
    size_t n, room;
};

static bool model_note(struct model *model, uint64_t author, uint64_t network, int64_t now_ms)
{
    for (size_t i = 0; i < model->n; i++) {
        if (model->pairs[i].author == author && model->pairs[i].network == network) {
            model->pairs[i].last_ms = now_ms;
            return false;
        }
    }
    if (model->n == model->room)
        memmove(model->pairs, model->pairs + 1, --model->n * sizeof *model->pairs);
    model->pairs[model->n++] = (struct sighting){author, network, now_ms, now_ms};
    return true;
}

static const struct sighting *model_find(const struct model *model, uint64_t author,
                                         uint64_t network)
{
    for (size_t i = 0; i < model->n; i++)
        if (model->pairs[i].author == author && model->pairs[i].network == network)
            return &model->pairs[i];
    return NULL;
}

static void check_against(const struct model *model, const struct sighting_table *table,
                          uint64_t author)
{
    struct sighting found[MODEL_MAX];
    size_t expected = 0, n = sighting_table_networks(table, author, found, MODEL_MAX);
    for (size_t i = 0; i < model->n; i++)
        expected += model->pairs[i].author == author;
    assert_int_equal(n, expected);
    for (size_t i = 0; i < n; i++) {
        const struct sighting *pair = model_find(model, author, found[i].network);
        assert_non_null(pair);
        assert_int_equal(found[i].first_ms, pair->first_ms);
        assert_int_equal(found[i].last_ms, pair->last_ms);
        assert_true(i == 0 || found[i - 1].last_ms >= found[i].last_ms); /* newest first */
    }
}

static void check_network(const struct model *model, const struct sighting_table *table,
                          uint64_t network)
{
    struct sighting found[MODEL_MAX];
    size_t expected = 0, n = sighting_table_authors(table, network, found, MODEL_MAX);
    for (size_t i = 0; i < model->n; i++)
        expected += model->pairs[i].network == network;
    assert_int_equal(n, expected);
    for (size_t i = 0; i < n; i++) {
        assert_non_null(model_find(model, found[i].author, network));
        for (size_t k = 0; k < i; k++)
            assert_int_not_equal(found[i].author, found[k].author);
    }
}

static void the_pair_added_first_makes_room(void **state)
{
    static struct model model;
    srand(7);
    for (size_t room = 1; room <= MODEL_MAX; room += 7) {
        struct sighting_table *table = sighting_table_create(room);
        model = (struct model){.room = room};
        assert_non_null(table);
        for (int i = 0; i < 5000; i++) {
            uint64_t author = person((uint64_t)rand() % 40), network = 1 + (uint64_t)rand() % 6;
            int64_t now_ms = noon_ms + i * 1000;
            assert_int_equal(sighting_table_note(table, author, network, now_ms, DAY_MS),
                             model_note(&model, author, network, now_ms));
            assert_int_equal(sighting_table_count(table), model.n);
            check_against(&model, table, author);
            check_against(&model, table, person((uint64_t)rand() % 40));
            check_network(&model, table, network);
            check_network(&model, table, 1 + (uint64_t)rand() % 7);
        }
        sighting_table_destroy(table);
    }
}

static void an_author_in_many_networks_takes_no_more_than_its_share(void **state)
{
    struct sighting_table *table = sighting_table_create(1000);
    struct sighting found[SIGHTING_NETWORKS + 1];
    assert_true(sighting_table_note(table, person(1), 5, noon_ms, DAY_MS));
    for (uint64_t network = 1; network <= 300; network++)
        assert_true(sighting_table_note(table, person(2), network,
                                        noon_ms + (int64_t)network * 1000, DAY_MS));
    assert_int_equal(sighting_table_networks(table, person(2), found, SIGHTING_NETWORKS + 1),
                     SIGHTING_NETWORKS);
    for (uint64_t i = 0; i < SIGHTING_NETWORKS; i++)
        assert_int_equal(found[i].network, 300 - i);
    assert_int_equal(sighting_table_networks(table, person(1), found, 1), 1);
    assert_int_equal(found[0].network, 5);
    sighting_table_destroy(table);
}

static void a_pair_is_shared_again_after_a_day(void **state)
{
    struct sighting_table *table = sighting_table_create(10);
    assert_true(sighting_table_note(table, person(1), 5, noon_ms, DAY_MS));
    assert_false(sighting_table_note(table, person(1), 5, noon_ms + DAY_MS - 2000, DAY_MS));
    assert_true(sighting_table_note(table, person(1), 5, noon_ms + DAY_MS + 1000, DAY_MS));
    sighting_table_shared(table, person(2), 5, noon_ms, 1); /* another server has seen them */
    assert_false(sighting_table_note(table, person(2), 5, noon_ms + 1000, DAY_MS));
    sighting_table_destroy(table);
}

/* ---- as the server uses it */

static void a_network_has_its_authors_and_an_author_its_networks(void **state)
{
    struct sightings *sightings = sightings_create();
    struct sighting found[300];
    assert_non_null(sightings);
    for (uint64_t i = 0; i < 300; i++) {
        struct visitor who = visitor(person(i), 10 + i % 3);
        sightings_note(sightings, &who, noon_ms + (int64_t)i * 1000);
        sightings_note(sightings, &who, noon_ms + (int64_t)i * 1000);
    }
    assert_int_equal(sightings_authors(sightings, 11, found, 300), 100);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(sightings_network(sightings, found[i].author), 11);
    assert_int_equal(sightings_authors(sightings, 11, found, 7), 100); /* there are more */
    assert_int_equal(sightings_authors(sightings, 9, found, 300), 0);
    struct visitor moved = visitor(person(0), 99);
    sightings_note(sightings, &moved, noon_ms + 500000);
    assert_int_equal(sightings_network(sightings, person(0)), 99);
    assert_int_equal(sightings_networks(sightings, person(0), found, 300), 2);
    assert_int_equal(found[1].network, 10);
    assert_int_equal(sightings_network(sightings, person(1000)), 0);
    sightings_destroy(sightings);
}

static void only_what_is_new_is_shared(void **state)
{
    struct sightings *sightings = sightings_create();
    struct sighting taken[10];
    struct visitor who = visitor(person(1), 10), nowhere = visitor(person(2), 0);
    sightings_shared(sightings, person(3), 10, noon_ms, 5);
    sightings_note(sightings, &who, noon_ms);
    sightings_note(sightings, &who, noon_ms + 5000);
    sightings_note(sightings, &nowhere, noon_ms);
    struct visitor known = visitor(person(3), 10);
    sightings_note(sightings, &known, noon_ms + 5000);
    assert_int_equal(sightings_take(sightings, taken, 10), 1);
    assert_int_equal(taken[0].author, person(1));
    assert_int_equal(taken[0].network, 10);
    assert_int_equal(sightings_take(sightings, taken, 10), 0);
    sightings_destroy(sightings);
}

static void who_is_forgotten_is_in_no_network(void **state)
{
    struct sightings *sightings = sightings_create();
    struct sighting found[10];
    struct visitor who = visitor(person(1), 10), other = visitor(person(2), 10);
    sightings_note(sightings, &who, noon_ms);
    sightings_note(sightings, &other, noon_ms);
    sightings_shared(sightings, person(1), 20, noon_ms, 7); /* before action 9 */
    sightings_shared(sightings, person(1), 30, noon_ms, 11);
    sightings_forget(sightings, person(1), 9);
    assert_int_equal(sightings_networks(sightings, person(1), found, 10), 1);
    assert_int_equal(found[0].network, 30); /* seen again afterwards */
    assert_int_equal(sightings_authors(sightings, 10, found, 10), 1);
    assert_int_equal(found[0].author, person(2));
    assert_int_equal(sightings_take(sightings, found, 10), 1); /* nor is it shared any more */
    assert_int_equal(found[0].author, person(2));
    sightings_destroy(sightings);
}

static void a_flood_of_new_pairs_is_bounded(void **state)
{
    struct sightings *sightings = sightings_create();
    static struct sighting taken[SIGHTINGS_WAITING];
    size_t known = 0;
    for (uint64_t i = 1; i <= SIGHTINGS_PAIRS + SIGHTINGS_PAIRS / 4; i++) {
        struct visitor who = visitor(person(i), i);
        sightings_note(sightings, &who, noon_ms);
    }
    assert_int_equal(sightings_take(sightings, taken, SIGHTINGS_WAITING), SIGHTINGS_WAITING);
    assert_int_equal(sightings_take(sightings, taken, SIGHTINGS_WAITING), 0);
    for (uint64_t i = 1; i <= SIGHTINGS_PAIRS + SIGHTINGS_PAIRS / 4; i++)
        known += sightings_network(sightings, person(i)) != 0;
    assert_in_range(known, SIGHTINGS_PAIRS * 99 / 100, SIGHTINGS_PAIRS);
    assert_int_equal(sightings_network(sightings, person(1)), 0);
    sightings_destroy(sightings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pair_added_first_makes_room),
        cmocka_unit_test(an_author_in_many_networks_takes_no_more_than_its_share),
        cmocka_unit_test(a_pair_is_shared_again_after_a_day),
        cmocka_unit_test(a_network_has_its_authors_and_an_author_its_networks),
        cmocka_unit_test(only_what_is_new_is_shared),
        cmocka_unit_test(who_is_forgotten_is_in_no_network),
        cmocka_unit_test(a_flood_of_new_pairs_is_bounded),
    };
    return cmocka_run_group_tests_name("sightings", tests, NULL, NULL);
}
