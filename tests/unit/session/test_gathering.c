/* SPDX-License-Identifier: ISC */
/* test_gathering: which messages become one record, and what its headers say. */
#include "cmocka_all.h"
#include "core/authors.h"
#include "core/costs.h"
#include "core/edit.h"
#include "log/log.h"
#include "session/gathering.h"

#include <stdlib.h>
#include <string.h>

enum { MESSAGE = 256 };

static const struct record_room large = {.bytes = LOG_RECORD_MAX, .edits = 65535, .costs = true};
static const uint8_t edits[EDIT_BYTES * MESSAGE];

static void add(struct gathering *g, uint64_t author, uint32_t n, uint32_t cost)
{
    struct ticket ticket = {.edits = n, .reservation = {.author = author, .cost = cost}};
    assert_int_equal(gathering_add(g, &ticket, edits), 0);
}

/* The headers of the first record; it is then dropped. */
struct taken {
    struct gathered gathered;
    uint8_t *authors, *costs;
    struct span a, e;
};

static struct taken take(struct gathering *g, const struct record_room *room)
{
    struct taken taken = {.gathered = gathering_first(g, room)};
    size_t runs = taken.gathered.n_runs, len = 1 + runs * AUTHORS_RUN_BYTES;
    taken.authors = malloc(len);
    taken.costs = malloc(costs_bytes(runs));
    gathering_store_headers(g, &taken.gathered, taken.authors, taken.costs);
    taken.a = (struct span){taken.authors, len};
    taken.e = (struct span){taken.costs, costs_bytes(runs)};
    assert_int_equal(authors_count(taken.a), taken.gathered.n_edits);
    assert_true(costs_good(taken.e, runs));
    gathering_drop(g, &taken.gathered);
    return taken;
}

static void drop(struct taken *taken)
{
    free(taken->authors);
    free(taken->costs);
}

static void neighbouring_messages_of_one_author_share_a_run(void **state)
{
    struct gathering g = {0};
    add(&g, 7, 2, 100);
    add(&g, 7, 3, 10);
    add(&g, 8, 1, 5);
    add(&g, 7, 4, 1);
    struct taken taken = take(&g, &large);
    static const struct {
        uint16_t n;
        uint64_t author;
        uint32_t cost;
    } runs[] = {{5, 7, 110}, {1, 8, 5}, {4, 7, 1}};
    assert_int_equal(taken.gathered.n_runs, 3);
    for (size_t i = 0; i < 3; i++) {
        struct authors_run run = authors_run(taken.a, i);
        assert_int_equal(run.count, runs[i].n);
        assert_true(run.author == runs[i].author);
        assert_int_equal(costs_of(taken.e, i), runs[i].cost);
    }
    assert_int_equal(g.n_edits, 0);
    drop(&taken);
    gathering_clear(&g);
}

static void a_run_is_ended_before_its_numbers_overflow(void **state)
{
    struct gathering g = {0};
    for (int i = 0; i < 300; i++) /* 76,800 edits */
        add(&g, 7, MESSAGE, i < 2 ? UINT32_MAX / 2 + 1 : 0);
    struct taken taken = take(&g, &large);
    assert_int_equal(taken.gathered.n_edits, 255 * MESSAGE);
    assert_int_equal(taken.gathered.n_runs, 2);
    assert_int_equal(authors_run(taken.a, 0).count, MESSAGE);
    assert_int_equal(costs_of(taken.e, 0), UINT32_MAX / 2 + 1);
    drop(&taken);
    taken = take(&g, &large);
    assert_int_equal(taken.gathered.n_edits, 45 * MESSAGE);
    assert_int_equal(taken.gathered.n_runs, 1);
    drop(&taken);
    gathering_clear(&g);
}

/* As many messages as there is room for, with their headers, and not one byte more. */
static void a_record_is_cut_where_value_and_headers_are_full(void **state)
{
    for (size_t bytes = LOG_RECORD_MIN; bytes < 4 * LOG_RECORD_MIN; bytes += 7) {
        struct record_room room = {.bytes = bytes, .edits = 65535, .costs = bytes % 2};
        struct gathering g = {.position = {1, 0}};
        for (uint64_t i = 0; i < 500; i++)
            add(&g, i / 2, 1 + i % 3, 1);
        size_t total = g.n_edits;
        assert_true(gathering_is_full(&g, &room, 1));
        while (g.n_tickets > 0) {
            uint32_t next = 0;
            struct gathered first = gathering_first(&g, &room);
            size_t run = AUTHORS_RUN_BYTES + (room.costs ? COSTS_RUN_BYTES : 0);
            size_t used = first.value.len + 1 + room.costs + first.n_runs * run;
            assert_true(used <= bytes);
            if (first.n_tickets < g.n_tickets) {
                const struct ticket *ticket = &g.tickets[first.n_tickets];
                bool joins = ticket[-1].reservation.author == ticket->reservation.author;
                next = EDIT_BYTES * ticket->edits + (joins ? 0 : (uint32_t)run);
                assert_true(used + next > bytes);
            }
            total -= first.n_edits;
            gathering_drop(&g, &first);
        }
        assert_int_equal(total, 0);
        gathering_clear(&g);
    }
}

static void the_longest_message_fits_the_smallest_log(void **state)
{
    struct record_room room = {.bytes = LOG_RECORD_MIN, .edits = 65535, .costs = true};
    struct gathering g = {.position = {1, 0}};
    assert_false(gathering_is_full(&g, &room, MESSAGE));
    add(&g, 7, MESSAGE, 1000);
    assert_true(gathering_is_full(&g, &room, MESSAGE));
    add(&g, 7, MESSAGE, 1000);
    for (int i = 0; i < 2; i++) {
        struct taken taken = take(&g, &room);
        assert_int_equal(taken.gathered.n_edits, MESSAGE);
        assert_true(taken.gathered.value.len + taken.a.len + taken.e.len <= LOG_RECORD_MIN);
        drop(&taken);
    }
    gathering_clear(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neighbouring_messages_of_one_author_share_a_run),
        cmocka_unit_test(a_run_is_ended_before_its_numbers_overflow),
        cmocka_unit_test(a_record_is_cut_where_value_and_headers_are_full),
        cmocka_unit_test(the_longest_message_fits_the_smallest_log),
    };
    return cmocka_run_group_tests_name("gathering", tests, NULL, NULL);
}
