/* SPDX-License-Identifier: ISC */
/* The canvases of a plane: which are there, their versions, what a checkpoint takes and gives back,
 * and that their rings share one budget without pushing anybody off. */
#include "cmocka_all.h"
#include "core/bytes.h"
#include "core/checksum.h"
#include "painter.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { SECOND_US = 1000 * 1000 };

struct watcher {
    struct place_watcher watcher;
    unsigned told;
};

static void changed(struct place_watcher *watcher)
{
    ((struct watcher *)watcher)->told++;
}

/* ---- which canvases there are ---- */

static void the_open_ones_are_there_from_the_start_and_others_once_painted(void **state)
{
    struct painter *painter = painter_create(3, 2, NULL);
    struct canvas_place *list[16];
    assert_int_equal(canvases_list(painter->canvases, list, 16), 6);
    assert_non_null(painter_at(painter, 2, 1));
    assert_true(place_open(painter_at(painter, 2, 1)));
    assert_null(painter_at(painter, 3, 0));
    assert_null(painter_at(painter, -1, 0));
    assert_int_equal(painter_paint(painter, (struct position){-1, 0}, 2, 5), 0);
    assert_int_equal(painter_paint(painter, (struct position){1, -7}, 1, 5), 0);
    assert_false(place_open(painter_at(painter, -1, 0)));
    assert_int_equal(canvases_list(painter->canvases, list, 16), 8);
    static const struct position order[] = {{1, -7}, {-1, 0}, {0, 0}, {1, 0},
                                            {2, 0},  {0, 1},  {1, 1}, {2, 1}};
    bool seen[8] = {false};
    for (size_t i = 0; i < 8; i++) {
        assert_true(position_equal(place_position(list[i]), order[i]));
        assert_ptr_equal(list[i], canvases_find(painter->canvases, order[i]));
        assert_true(place_index(list[i]) < 8 && !seen[place_index(list[i])]);
        seen[place_index(list[i])] = true;
    }
    assert_int_equal(canvases_list(painter->canvases, list, 3), 8); /* no more than there is room */
    painter_destroy(painter);
}

static void the_corners_of_the_plane_are_found_and_nothing_beyond(void **state)
{
    struct painter *painter = painter_create(1, 1, NULL);
    static const struct position corners[] = {
        {-1024, -1024}, {1023, -1024}, {-1024, 1023}, {1023, 1023}};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(painter_paint(painter, corners[i], 1, 1), 0);
    for (size_t i = 0; i < 4; i++)
        assert_true(place_version(canvases_find(painter->canvases, corners[i])) == i + 1);
    assert_null(painter_at(painter, 1024, 0));
    assert_null(painter_at(painter, 0, -1025));
    painter_destroy(painter);
}

static void a_plane_of_more_painted_canvases_than_fit_fails_with_a_message(void **state)
{
    struct painter *painter = painter_create(1, 1, NULL);
    for (int i = 0; i < CANVASES_PAINTED_MAX; i++)
        assert_int_equal(
            painter_paint(painter, (struct position){(int16_t)(i % 64), (int16_t)(i / 64)}, 1, 1),
            0);
    assert_int_equal(painter_paint(painter, (struct position){5, 5}, 1, 2), 0); /* painted before */
    assert_int_equal(painter_paint(painter, (struct position){-1, 0}, 1, 1), -1);
    assert_non_null(strstr(painter->error, "4096 canvases"));
    painter_destroy(painter);
}

/* ---- opening and closing while the server runs ---- */

static void a_canvas_opens_and_closes_and_stays_the_same_place(void **state)
{
    struct painter *painter = painter_create(2, 1, NULL);
    struct canvases *canvases = painter->canvases;
    static const struct position there = {-3, 5};
    struct canvas_place *list[8];
    assert_int_equal(canvases_set_open(canvases, there, false), CANVASES_AS_IT_WAS);
    assert_null(canvases_find(canvases, there));
    assert_int_equal(canvases_set_open(canvases, there, true), CANVASES_CHANGED);
    assert_int_equal(canvases_set_open(canvases, there, true), CANVASES_AS_IT_WAS);
    struct canvas_place *place = canvases_find(canvases, there);
    assert_true(place_open(place));
    assert_int_equal(canvases_list(canvases, list, 8), 3);
    assert_int_equal(canvases_set_open(canvases, there, false), CANVASES_CHANGED);
    assert_null(canvases_find(canvases, there)); /* never painted: it is not there any more */
    assert_int_equal(canvases_list(canvases, list, 8), 2);
    assert_false(place_open(place)); /* but whoever has it keeps it */
    assert_int_equal(canvases_set_open(canvases, there, true), CANVASES_CHANGED);
    assert_ptr_equal(canvases_find(canvases, there), place);
    assert_int_equal(painter_paint(painter, there, 2, 5), 0);
    assert_int_equal(canvases_set_open(canvases, there, false), CANVASES_CHANGED);
    assert_ptr_equal(canvases_find(canvases, there), place); /* painted: it shows */
    assert_false(place_open(place));
    assert_int_equal(canvases_list(canvases, list, 8), 3);
    assert_int_equal(canvases_set_open(canvases, (struct position){1, 0}, false), CANVASES_CHANGED);
    assert_true(canvases_opens_by_itself(canvases, (struct position){1, 0}));
    assert_false(canvases_opens_by_itself(canvases, (struct position){2, 0}));
    assert_false(canvases_opens_by_itself(canvases, (struct position){0, 1}));
    assert_false(canvases_opens_by_itself(canvases, (struct position){-1, 0}));
    painter_destroy(painter);
}

static void a_canvas_that_another_server_opened_first_shows_and_opens_later(void **state)
{
    struct painter *painter = painter_create(1, 1, NULL);
    static const struct position there = {1, 0};
    assert_int_equal(painter_paint(painter, there, 3, 5), 0); /* by that server's clients */
    struct canvas_place *place = canvases_find(painter->canvases, there);
    assert_false(place_open(place));
    uint64_t version = place_version(place);
    assert_int_equal(canvases_set_open(painter->canvases, there, true), CANVASES_CHANGED);
    assert_ptr_equal(canvases_find(painter->canvases, there), place);
    assert_true(place_open(place) && place_version(place) == version);
    assert_int_equal(painter_paint(painter, there, 3, 6), 0);
    assert_true(place_version(place) > version);
    painter_destroy(painter);
}

static struct position nth(int i)
{
    return (struct position){(int16_t)(i % 128), (int16_t)(100 + i / 128)};
}

static void no_more_are_open_at_a_time_than_there_may_be(void **state)
{
    struct painter *painter = painter_create(1, 1, NULL);
    struct canvases *canvases = painter->canvases;
    for (int i = 0; i < CANVASES_OPEN_MAX - 1; i++)
        assert_int_equal(canvases_set_open(canvases, nth(i), true), CANVASES_CHANGED);
    assert_int_equal(canvases_set_open(canvases, nth(5000), true), CANVASES_TOO_MANY);
    assert_null(canvases_find(canvases, nth(5000)));
    assert_int_equal(canvases_set_open(canvases, nth(7), false), CANVASES_CHANGED);
    assert_int_equal(canvases_set_open(canvases, nth(5000), true), CANVASES_CHANGED);
    assert_int_equal(canvases_set_open(canvases, nth(7), true), CANVASES_TOO_MANY);
    painter_destroy(painter);
}

static void opening_one_after_the_other_takes_no_memory_without_end(void **state)
{
    struct painter *painter = painter_create(1, 1, NULL);
    struct canvases *canvases = painter->canvases;
    for (int i = 0; i < CANVASES_OPENED_MAX - 1; i++) {
        assert_int_equal(canvases_set_open(canvases, nth(i), true), CANVASES_CHANGED);
        assert_int_equal(canvases_set_open(canvases, nth(i), false), CANVASES_CHANGED);
    }
    assert_int_equal(canvases_set_open(canvases, nth(CANVASES_OPENED_MAX), true),
                     CANVASES_TOO_MANY);
    assert_int_equal(canvases_set_open(canvases, nth(77), true), CANVASES_CHANGED); /* known */
    assert_int_equal(canvases_list(canvases, NULL, 0), 2);
    /* What the log paints is painted all the same. */
    assert_int_equal(painter_paint(painter, (struct position){-9, -9}, 1, 1), 0);
    painter_destroy(painter);
}

struct opener {
    struct canvases *canvases;
    atomic_bool stop;
};

static void *open_and_close(void *arg)
{
    struct opener *opener = arg;
    for (int i = 0; !atomic_load(&opener->stop); i = (i + 1) % 64) {
        canvases_set_open(opener->canvases, nth(i), true);
        canvases_set_open(opener->canvases, nth((i + 32) % 64), false);
    }
    return NULL;
}

static void *look_around(void *arg)
{
    struct opener *opener = arg;
    struct canvas_place *list[128];
    while (!atomic_load(&opener->stop)) {
        size_t n = canvases_list(opener->canvases, list, 128);
        for (size_t i = 1; i < n && i < 128; i++) {
            struct position a = place_position(list[i - 1]), b = place_position(list[i]);
            assert_true(a.gy < b.gy || (a.gy == b.gy && a.gx < b.gx));
        }
        canvases_find(opener->canvases, nth(3));
    }
    return NULL;
}

static void canvases_open_while_others_are_painted_and_looked_at(void **state)
{
    struct painter *painter = painter_create(1, 1, NULL);
    struct opener opener = {.canvases = painter->canvases};
    pthread_t threads[2];
    assert_int_equal(pthread_create(&threads[0], NULL, open_and_close, &opener), 0);
    assert_int_equal(pthread_create(&threads[1], NULL, look_around, &opener), 0);
    painter_go_live(painter);
    for (int i = 0; i < 2000; i++) {
        assert_int_equal(painter_paint(painter, nth(i * 7 % 100), 1, 1), 0);
        if (i % 10 == 0)
            painter_deliver(painter);
    }
    atomic_store(&opener.stop, true);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < 100; i++)
        assert_true(place_version(canvases_find(painter->canvases, nth(i))) > 0);
    painter_destroy(painter);
}

/* ---- versions ---- */

static void each_canvas_has_its_own_version_and_the_plane_the_newest(void **state)
{
    struct painter *painter = painter_create(2, 1, NULL);
    assert_true(canvases_version(painter->canvases) == 0);
    painter_paint(painter, (struct position){0, 0}, 1, 3);
    painter_paint(painter, (struct position){1, 0}, 1, 4);
    painter_paint(painter, (struct position){1, 0}, 1, 5);
    struct record skipped = {.offset = painter->offset++, .value = {(const uint8_t *)"ab", 2}};
    assert_int_equal(painter_fold(painter, &skipped), 0);
    assert_true(place_version(painter_at(painter, 0, 0)) == 1);
    assert_true(place_version(painter_at(painter, 1, 0)) == 3);
    assert_true(canvases_version(painter->canvases) == 4);
    assert_int_equal(metric_get(&painter->metrics, version), 4);
    assert_int_equal(metric_get(&painter->metrics, records_total), 4);
    assert_int_equal(metric_get(&painter->metrics, records_skipped_total), 1);
    assert_int_equal(metric_get(&painter->metrics, edits_folded_total), 3);
    painter_destroy(painter);
}

static void the_first_well_formed_genesis_stays(void **state)
{
    struct painter *painter = painter_create(1, 1, NULL);
    uint8_t edit[EDIT_BYTES] = {0}, one[GENESIS_BYTES + 1], two[GENESIS_BYTES];
    uint8_t genesis[GENESIS_BYTES];
    memset(one, 1, sizeof one);
    memset(two, 2, sizeof two);
    struct record record = {.value = {edit, sizeof edit}, .genesis = {one, GENESIS_BYTES + 1}};
    painter_fold(painter, &record);
    assert_false(canvases_genesis(painter->canvases, genesis));
    /* A skipped record's genesis counts like any other. */
    record = (struct record){.offset = 1, .value = {edit, 2}, .genesis = {two, GENESIS_BYTES}};
    painter_fold(painter, &record);
    record = (struct record){.offset = 2, .value = {edit, 3}, .genesis = {one, GENESIS_BYTES}};
    painter_fold(painter, &record);
    assert_true(canvases_genesis(painter->canvases, genesis));
    assert_memory_equal(genesis, two, GENESIS_BYTES);
    painter_destroy(painter);
}

/* ---- checkpoints ---- */

static void a_canvas_that_is_newer_than_the_state_leaves_out_what_it_has(void **state)
{
    struct painter *painter = painter_create(2, 1, NULL), *again = painter_create(2, 1, NULL);
    struct canvas *copy = malloc(sizeof *copy), *second = malloc(sizeof *second);
    struct plane_state taken;
    assert_true(copy && second);
    painter_paint(painter, (struct position){0, 0}, 1, 3);
    canvases_state(painter->canvases, &taken); /* first the state, ... */
    painter_paint(painter, (struct position){0, 0}, 1, 4);
    painter_paint(painter, (struct position){1, 0}, 1, 5);
    place_copy(painter_at(painter, 0, 0), copy); /* ... then a canvas, which is newer */
    assert_true(taken.version == 1 && copy->version == 2);

    assert_int_equal(canvases_load(again->canvases, (struct position){0, 0}, copy), 0);
    canvases_resume(again->canvases, &taken);
    assert_true(canvases_fold(again->canvases)->from == 1);
    assert_true(canvases_version(again->canvases) == 1);
    again->offset = 1;
    painter_paint(again, (struct position){0, 0}, 1,
                  9); /* in the copy already; this is not what it was */
    painter_paint(again, (struct position){1, 0}, 1, 5);
    for (int gx = 0; gx < 2; gx++) {
        place_copy(painter_at(painter, gx, 0), copy);
        place_copy(painter_at(again, gx, 0), second);
        assert_memory_equal(copy, second, sizeof *copy);
    }
    struct plane_state a, b;
    canvases_state(painter->canvases, &a);
    canvases_state(again->canvases, &b);
    assert_true(a.version == b.version);
    free(copy);
    free(second);
    painter_destroy(painter);
    painter_destroy(again);
}

static void a_blank_canvas_copies_as_blank(void **state)
{
    struct painter *painter = painter_create(1, 1, NULL);
    struct canvas *copy = malloc(sizeof *copy);
    assert_non_null(copy);
    memset(copy, 0xff, sizeof *copy);
    place_copy(painter_at(painter, 0, 0), copy);
    assert_true(copy->version == 0 && copy->checksum == 0);
    assert_true(canvas_checksum(copy->pixels) == 0 && copy->pixels[999999] == 0);
    free(copy);
    painter_destroy(painter);
}

/* ---- watchers ---- */

static void a_watcher_is_told_once_a_delivery_and_only_of_its_canvas(void **state)
{
    struct painter *painter = painter_create(3, 1, NULL);
    struct watcher a = {.watcher.changed = changed}, b = a, c = a;
    painter_go_live(painter);
    place_watch(painter_at(painter, 0, 0), &a.watcher);
    place_watch(painter_at(painter, 0, 0), &b.watcher);
    place_watch(painter_at(painter, 1, 0), &c.watcher);
    for (int i = 0; i < 3; i++) {
        painter_paint(painter, (struct position){0, 0}, 1, 1);
        painter_paint(painter, (struct position){2, 0}, 1, 1);
    }
    assert_int_equal(a.told, 0);
    painter_deliver(painter);
    assert_true(a.told == 1 && b.told == 1 && c.told == 0);
    painter_deliver(painter);
    assert_int_equal(a.told, 1);
    place_unwatch(painter_at(painter, 0, 0), &a.watcher);
    painter_paint(painter, (struct position){0, 0}, 1, 1);
    painter_paint(painter, (struct position){1, 0}, 1, 1);
    painter_deliver(painter);
    assert_true(a.told == 1 && b.told == 2 && c.told == 1);
    place_unwatch(painter_at(painter, 0, 0), &b.watcher);
    place_unwatch(painter_at(painter, 1, 0), &c.watcher);
    painter_destroy(painter);
}

static void who_comes_to_a_painted_canvas_goes_on_from_its_version(void **state)
{
    struct painter *painter = painter_create(2, 1, NULL);
    struct watcher a = {.watcher.changed = changed};
    uint64_t position;
    painter_paint(painter, (struct position){0, 0}, 1, 1);
    painter_paint(painter, (struct position){1, 0}, 1, 1);
    painter_paint(painter, (struct position){0, 0}, 1, 1);
    painter_go_live(painter);
    assert_null(place_ring(painter_at(painter, 1, 0)));
    assert_int_equal(place_watch(painter_at(painter, 1, 0), &a.watcher), 0);
    const struct ring *ring = place_ring(painter_at(painter, 1, 0));
    assert_true(ring_head(ring).version == 2);
    assert_false(ring_find(ring, 1, &position));
    assert_true(ring_find(ring, 2, &position) && position == ring_head(ring).position);
    assert_true(ring_find(ring, 3, &position) && position == ring_head(ring).position);
    place_unwatch(painter_at(painter, 1, 0), &a.watcher);
    painter_destroy(painter);
}

/* ---- rings ---- */

static const struct ring_plan small_plan = {
    .smallest = {.edits_log2 = 6, .marks_log2 = 5},
    .largest = {.edits_log2 = 12, .marks_log2 = 10},
    .bytes = 1 << 20,
    .keep_us = SECOND_US,
};

/* Paint at so many edits a second for so many seconds; the watcher of the canvas reads up to the
 * present every 900 ms. Returns how often it had fallen off. */
static unsigned watch(struct painter *painter, struct canvas_place *place, unsigned rate,
                      unsigned seconds)
{
    static uint8_t edits[EDIT_BYTES << 16];
    uint64_t cursor = ring_head(place_ring(place)).position, read_us = painter->now_us, version;
    unsigned lost = 0;
    for (unsigned i = 0; i < rate * seconds; i++) {
        painter->now_us += SECOND_US / rate;
        assert_int_equal(painter_paint(painter, place_position(place), 1, i % 16), 0);
        if (painter->now_us - read_us < 900 * 1000)
            continue;
        read_us = painter->now_us;
        uint64_t head = ring_head(place_ring(place)).position;
        lost += ring_copy(place_ring(place), cursor, head, edits, &version) != RING_READ;
        cursor = head;
    }
    return lost;
}

static void a_ring_grows_before_it_overwrites_what_a_viewer_still_needs(void **state)
{
    for (unsigned rate = 10; rate <= 1000; rate *= 2) {
        struct painter *painter = painter_create(2, 1, &small_plan);
        struct watcher a = {.watcher.changed = changed};
        painter_go_live(painter);
        place_watch(painter_at(painter, 0, 0), &a.watcher);
        const struct ring *before = place_ring(painter_at(painter, 0, 0));
        assert_int_equal(watch(painter, painter_at(painter, 0, 0), rate, 10), 0);
        if (rate <= 20) /* slow painting needs no more than the smallest */
            assert_ptr_equal(place_ring(painter_at(painter, 0, 0)), before);
        place_unwatch(painter_at(painter, 0, 0), &a.watcher);
        painter_destroy(painter);
    }
}

static void a_large_record_makes_room_for_itself(void **state)
{
    struct painter *painter = painter_create(2, 1, &small_plan);
    struct watcher a = {.watcher.changed = changed};
    static uint8_t edits[EDIT_BYTES * 1024];
    uint64_t version;
    painter_go_live(painter);
    place_watch(painter_at(painter, 1, 0), &a.watcher);
    painter_paint(painter, (struct position){1, 0}, 3, 1);
    uint64_t cursor = ring_head(place_ring(painter_at(painter, 1, 0))).position - 3;
    painter_paint(painter, (struct position){1, 0}, 1000, 2);
    uint64_t head = ring_head(place_ring(painter_at(painter, 1, 0))).position;
    assert_int_equal(head - cursor, 1003);
    assert_int_equal(
        ring_copy(place_ring(painter_at(painter, 1, 0)), cursor, head, edits, &version), RING_READ);
    assert_int_equal(edit_colour(edit_load(edits)), 1);
    assert_int_equal(edit_colour(edit_load(edits + EDIT_BYTES * 1002)), 2);
    place_unwatch(painter_at(painter, 1, 0), &a.watcher);
    painter_destroy(painter);
}

static void an_unwatched_ring_stays_small(void **state)
{
    struct painter *painter = painter_create(2, 1, &small_plan);
    painter_go_live(painter);
    painter_paint(painter, (struct position){0, 0}, 1, 1);
    const struct ring *ring = place_ring(painter_at(painter, 0, 0));
    assert_non_null(ring);
    for (int i = 0; i < 5000; i++)
        painter_paint(painter, (struct position){0, 0}, 1, 1);
    assert_ptr_equal(place_ring(painter_at(painter, 0, 0)), ring);
    painter_destroy(painter);
}

static void a_busy_canvas_pushes_nobody_off_another_one(void **state)
{
    /* Room for one ring of the largest size and a little. */
    struct ring_plan tight = small_plan;
    tight.bytes = 3 * ring_bytes(12, 10) / 2;
    struct painter *painter = painter_create(3, 1, &tight);
    struct watcher a = {.watcher.changed = changed}, b = a;
    static uint8_t edits[EDIT_BYTES * 64];
    uint64_t version;
    painter_go_live(painter);
    place_watch(painter_at(painter, 0, 0), &a.watcher);
    place_watch(painter_at(painter, 1, 0), &b.watcher);
    painter_paint(painter, (struct position){1, 0}, 9, 7);
    uint64_t head = ring_head(place_ring(painter_at(painter, 1, 0))).position, cursor = head - 9;
    watch(painter, painter_at(painter, 0, 0), 20000, 3);
    assert_true(ring_head(place_ring(painter_at(painter, 1, 0))).position == head);
    assert_int_equal(
        ring_copy(place_ring(painter_at(painter, 1, 0)), cursor, head, edits, &version), RING_READ);
    place_unwatch(painter_at(painter, 0, 0), &a.watcher);
    place_unwatch(painter_at(painter, 1, 0), &b.watcher);
    painter_destroy(painter);
}

static void a_canvas_gets_the_room_that_another_one_no_longer_needs(void **state)
{
    struct ring_plan tight = small_plan;
    tight.bytes = 3 * ring_bytes(12, 10) / 2 + ring_bytes(8, 7); /* with those it grew through */
    struct painter *painter = painter_create(2, 1, &tight);
    struct watcher a = {.watcher.changed = changed}, b = a;
    painter_go_live(painter);
    place_watch(painter_at(painter, 0, 0), &a.watcher);
    assert_int_equal(watch(painter, painter_at(painter, 0, 0), 800, 5), 0);
    place_unwatch(painter_at(painter, 0, 0), &a.watcher);
    place_watch(painter_at(painter, 1, 0), &b.watcher);
    assert_int_equal(watch(painter, painter_at(painter, 1, 0), 800, 5), 0);
    place_unwatch(painter_at(painter, 1, 0), &b.watcher);
    painter_destroy(painter);
}

static void rings_that_were_replaced_go_with_the_last_viewer(void **state)
{
    struct painter *painter = painter_create(2, 1, &small_plan);
    struct watcher a = {.watcher.changed = changed}, b = a;
    size_t largest = ring_bytes(12, 10);
    painter_go_live(painter);
    place_watch(painter_at(painter, 0, 0), &a.watcher);
    place_watch(painter_at(painter, 0, 0), &b.watcher);
    assert_int_equal(metric_get(&painter->metrics, ring_bytes), ring_bytes(6, 5));
    watch(painter, painter_at(painter, 0, 0), 20000, 1);
    assert_true(metric_get(&painter->metrics, ring_bytes) > largest);
    place_unwatch(painter_at(painter, 0, 0), &a.watcher);
    assert_true(metric_get(&painter->metrics, ring_bytes) > largest); /* the other may use them */
    place_unwatch(painter_at(painter, 0, 0), &b.watcher);
    assert_int_equal(metric_get(&painter->metrics, ring_bytes), largest);
    painter_destroy(painter);
}

static void rings_that_nobody_watches_leave_half_of_the_budget(void **state)
{
    struct ring_plan tight = small_plan;
    tight.bytes = 10 * ring_bytes(6, 5);
    struct painter *painter = painter_create(4, 4, &tight);
    struct watcher a = {.watcher.changed = changed};
    painter_go_live(painter);
    for (int16_t i = 0; i < 16; i++)
        painter_paint(painter, (struct position){i % 4, i / 4}, 1, 1);
    assert_int_equal(metric_get(&painter->metrics, ring_bytes), tight.bytes / 2);
    assert_null(place_ring(painter_at(painter, 3, 3)));
    place_watch(painter_at(painter, 3, 3), &a.watcher); /* who watches gets one */
    assert_non_null(place_ring(painter_at(painter, 3, 3)));
    place_unwatch(painter_at(painter, 3, 3), &a.watcher);
    painter_destroy(painter);
}

static void the_only_open_canvas_has_all_the_room_from_the_start(void **state)
{
    struct painter *painter = painter_create(1, 1, NULL);
    static uint8_t edits[EDIT_BYTES * 1000000];
    uint64_t version;
    painter_go_live(painter);
    uint64_t cursor = ring_head(place_ring(painter_at(painter, 0, 0))).position;
    for (int i = 0; i < 1000; i++)
        painter_paint(painter, (struct position){0, 0}, 1000, 1);
    uint64_t head = ring_head(place_ring(painter_at(painter, 0, 0))).position;
    assert_int_equal(head - cursor, 1000000);
    assert_int_equal(
        ring_copy(place_ring(painter_at(painter, 0, 0)), cursor, head, edits, &version), RING_READ);
    painter_destroy(painter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_open_ones_are_there_from_the_start_and_others_once_painted),
        cmocka_unit_test(the_corners_of_the_plane_are_found_and_nothing_beyond),
        cmocka_unit_test(a_plane_of_more_painted_canvases_than_fit_fails_with_a_message),
        cmocka_unit_test(a_canvas_opens_and_closes_and_stays_the_same_place),
        cmocka_unit_test(a_canvas_that_another_server_opened_first_shows_and_opens_later),
        cmocka_unit_test(no_more_are_open_at_a_time_than_there_may_be),
        cmocka_unit_test(opening_one_after_the_other_takes_no_memory_without_end),
        cmocka_unit_test(canvases_open_while_others_are_painted_and_looked_at),
        cmocka_unit_test(each_canvas_has_its_own_version_and_the_plane_the_newest),
        cmocka_unit_test(the_first_well_formed_genesis_stays),
        cmocka_unit_test(a_canvas_that_is_newer_than_the_state_leaves_out_what_it_has),
        cmocka_unit_test(a_blank_canvas_copies_as_blank),
        cmocka_unit_test(a_watcher_is_told_once_a_delivery_and_only_of_its_canvas),
        cmocka_unit_test(who_comes_to_a_painted_canvas_goes_on_from_its_version),
        cmocka_unit_test(a_ring_grows_before_it_overwrites_what_a_viewer_still_needs),
        cmocka_unit_test(a_large_record_makes_room_for_itself),
        cmocka_unit_test(an_unwatched_ring_stays_small),
        cmocka_unit_test(a_busy_canvas_pushes_nobody_off_another_one),
        cmocka_unit_test(a_canvas_gets_the_room_that_another_one_no_longer_needs),
        cmocka_unit_test(rings_that_were_replaced_go_with_the_last_viewer),
        cmocka_unit_test(rings_that_nobody_watches_leave_half_of_the_budget),
        cmocka_unit_test(the_only_open_canvas_has_all_the_room_from_the_start),
    };
    return cmocka_run_group_tests_name("canvases", tests, NULL, NULL);
}
