/* SPDX-License-Identifier: ISC */
/*
 * Plans against a model that keeps every edit and looks back pixel by pixel: with random authors,
 * bans, times, places, and with bystanders and repairs in any order afterwards.
 */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/authors.h"
#include "moderation/plan.h"
#include "moderation/preview.h"

enum {
    SIDE = 4, /* the model's canvases have so many pixels a side */
    CANVASES = 3,
    AUTHORS = 5, /* 1 to 5, with the top bit; 4 and 5 may be banned */
    RECORDS = 60,
    ACTION = 77,
    EARLIER = 76,
    NETWORK = 9,
};

static const struct position places[CANVASES] = {{0, 0}, {-1, 0}, {0, 3}};

struct edit {
    size_t canvas;
    uint32_t word;
    uint64_t author;
    int64_t time_ms;
    uint64_t offset;
};

struct world {
    struct edit edits[8192];
    size_t n;
    uint64_t offset;
    bool banned;
    uint64_t random;
};

static uint64_t draw(struct world *world, uint64_t below)
{
    world->random ^= world->random << 13;
    world->random ^= world->random >> 7;
    world->random ^= world->random << 17;
    return world->random % below;
}

static uint64_t person(uint64_t n)
{
    return UINT64_C(1) << 63 | n;
}

static size_t banned_authors(struct plan_bans *bans, uint64_t *into, size_t room)
{
    into[0] = person(4);
    into[1] = person(5);
    return 2;
}

static size_t seen_authors(struct plan_networks *networks, uint64_t network, uint64_t *into,
                           size_t room)
{
    into[0] = person(1);
    into[1] = person(2);
    return network == NETWORK ? 2 : 0;
}

/* A record of edits of several authors, which the model remembers and the plan gets. */
static void put(struct world *world, struct plan *plan, const uint64_t *authors, size_t n,
                int64_t time_ms, bool follow)
{
    uint8_t value[64], header[256];
    size_t canvas = draw(world, CANVASES);
    for (size_t i = 0; i < n; i++) {
        uint32_t word = edit_pack((uint32_t)draw(world, SIDE), (uint32_t)draw(world, SIDE),
                                  (uint32_t)draw(world, 3));
        edit_store(value + EDIT_BYTES * i, word);
        world->edits[world->n++] = (struct edit){canvas, word, authors[i], time_ms, world->offset};
    }
    const struct record record = {.offset = world->offset++,
                                  .time_ms = time_ms,
                                  .authors = {header, authors_store_runs(header, authors, n)}};
    const struct record_edits edits = {places[canvas], value, n};
    char error[PLAN_ERROR_BYTES] = "";
    if (follow)
        plan_follow(plan, &record, &edits);
    else if (plan_take(plan, &record, &edits, error) != 0)
        fail_msg("%s", error);
}

static void put_random(struct world *world, struct plan *plan, bool follow)
{
    uint64_t authors[8];
    size_t n = 1 + draw(world, 8);
    for (size_t i = 0; i < n; i++)
        authors[i] = draw(world, 8) == 0 ? draw(world, 4) : person(1 + draw(world, AUTHORS));
    put(world, plan, authors, n, (int64_t)draw(world, 100) - 1, follow);
}

/* ---- the model ---- */

static bool fits(const struct predicate *p, const struct edit *edit)
{
    bool named = p->n_authors == 0, seen = p->n_networks == 0, excepted = false;
    for (size_t i = 0; i < p->n_authors; i++)
        named = named || p->authors[i] == edit->author;
    for (size_t i = 0; i < p->n_networks; i++)
        seen = seen || (p->networks[i] == NETWORK &&
                        (edit->author == person(1) || edit->author == person(2)));
    for (size_t i = 0; i < p->n_except; i++)
        excepted = excepted || p->except[i] == edit->author;
    int64_t x = places[edit->canvas].gx * 1000 + (int64_t)edit_x(edit->word);
    int64_t y = places[edit->canvas].gy * 1000 + (int64_t)edit_y(edit->word);
    return named && seen && !excepted && (p->action == 0 || p->action == edit->author) &&
           (!p->has_time ||
            (edit->time_ms >= 0 && edit->time_ms >= p->from_ms && edit->time_ms <= p->to_ms)) &&
           (!p->has_rectangle || (x >= p->x && x < p->x + p->w && y >= p->y && y < p->y + p->h)) &&
           (p->colours >> edit_colour(edit->word) & 1);
}

static bool is_banned(const struct world *world, const struct predicate *p, uint64_t author)
{
    return world->banned && p->action == 0 && (author == person(4) || author == person(5));
}

static bool on_pixel(const struct edit *edit, size_t canvas, uint32_t x, uint32_t y)
{
    return edit->canvas == canvas && edit_x(edit->word) == x && edit_y(edit->word) == y;
}

struct expected {
    bool planned;
    uint32_t shows, target;
};

/* What is to be done to a pixel, of the edits below a version. */
static struct expected expect(const struct world *world, const struct predicate *p,
                              uint64_t version, size_t canvas, uint32_t x, uint32_t y)
{
    struct expected expected = {0};
    bool top = false, top_fits = false, has_target = false;
    for (size_t i = world->n; i-- > 0;) {
        const struct edit *edit = &world->edits[i];
        if (edit->offset >= version || !on_pixel(edit, canvas, x, y))
            continue;
        if (!top) {
            top = true;
            top_fits = fits(p, edit);
            expected.shows = edit_colour(edit->word);
        }
        if (!has_target && !fits(p, edit) && !is_banned(world, p, edit->author)) {
            has_target = true;
            expected.target = edit_colour(edit->word);
        }
    }
    expected.planned = top_fits && expected.shows != expected.target;
    return expected;
}

static struct predicate random_predicate(struct world *world)
{
    struct predicate p = {.colours = PREDICATE_ALL_COLOURS};
    p.n_authors = draw(world, 3);
    for (size_t i = 0; i < p.n_authors; i++)
        p.authors[i] = person(1 + draw(world, AUTHORS));
    p.n_networks = draw(world, 4) == 0;
    p.networks[0] = NETWORK + draw(world, 2);
    p.n_except = draw(world, 3) == 0;
    p.except[0] = person(1 + draw(world, AUTHORS));
    if (draw(world, 2)) {
        p.has_rectangle = true;
        p.x = (int32_t)draw(world, 6) - 1002;
        p.y = (int32_t)draw(world, 4);
        p.w = draw(world, 2) ? 1004 : 1;
        p.h = draw(world, 2) ? 5000 : 2;
    }
    if (draw(world, 4) == 0) {
        p.action = (uint32_t)(1 + draw(world, 3));
    } else {
        p.has_time = true;
        p.from_ms = (int64_t)draw(world, 60);
        p.to_ms = p.from_ms + (int64_t)draw(world, 60);
    }
    if (draw(world, 4) == 0)
        p.colours = (uint16_t)(1 + draw(world, 7));
    return p;
}

static const struct plan_canvas *canvas_of(const struct plan *plan, size_t canvas)
{
    for (size_t i = 0; i < plan->n_canvases; i++) {
        if (position_equal(plan->canvases[i].position, places[canvas]))
            return &plan->canvases[i];
    }
    return NULL;
}

static void compare(const struct world *world, const struct plan *plan)
{
    uint64_t pixels = 0, edits = 0;
    for (size_t i = 0; i < world->n; i++)
        edits += fits(&plan->predicate, &world->edits[i]);
    assert_int_equal(plan->edits, edits);
    for (size_t c = 0; c < CANVASES; c++) {
        const struct plan_canvas *canvas = canvas_of(plan, c);
        size_t k = 0;
        for (uint32_t y = 0; y < SIDE; y++) {
            for (uint32_t x = 0; x < SIDE; x++) {
                struct expected e = expect(world, &plan->predicate, plan->version, c, x, y);
                if (!e.planned)
                    continue;
                assert_non_null(canvas);
                assert_true(k < canvas->n);
                assert_int_equal(canvas->planned[k++], edit_pack(x, y, e.target));
                pixels++;
            }
        }
        assert_int_equal(canvas ? canvas->n : 0, k);
    }
    assert_int_equal(plan->pixels, pixels);
    assert_int_equal(plan->bounds.w > 0, pixels > 0);
}

static void make(struct world *world, struct plan *plan, const struct predicate *predicate)
{
    char error[PLAN_ERROR_BYTES] = "";
    struct plan_bans bans = {banned_authors};
    struct plan_networks networks = {seen_authors};
    assert_int_equal(
        plan_init(plan, predicate, RECORDS, &networks, world->banned ? &bans : NULL, error), 0);
    for (size_t i = 0; i < RECORDS; i++)
        put_random(world, plan, false);
    assert_int_equal(plan_seal(plan, error), 0);
}

static void plans_are_what_looking_back_finds(void **state)
{
    static struct plan plan;
    uint64_t planned = 0;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        static struct world world;
        world = (struct world){.random = seed * 77777, .banned = seed % 2};
        struct predicate predicate = random_predicate(&world);
        make(&world, &plan, &predicate);
        compare(&world, &plan);
        planned += plan.pixels;
        plan_finish(&plan);
    }
    assert_true(planned > 300); /* else this shows nothing */
}

/* Send what is due, in a random order with what others paint, until nothing is: then every planned
 * pixel shows the newest edit that is no repair, does not fit and is not by somebody banned (or
 * what came on top of the repair). */
static void repairs_lose_no_bystander(void **state)
{
    static struct plan plan;
    uint64_t healed = 0;
    for (uint64_t seed = 1; seed <= 400; seed++) {
        static struct world world;
        world = (struct world){.random = seed * 99991, .banned = seed % 2};
        struct predicate predicate = random_predicate(&world);
        make(&world, &plan, &predicate);
        plan.ours[0] = ACTION;
        plan.ours[1] = EARLIER;
        plan.n_ours = 2;
        bool planned[CANVASES][SIDE][SIDE] = {0};
        for (size_t c = 0; c < plan.n_canvases; c++) {
            for (size_t k = 0; k < plan.canvases[c].n; k++) {
                size_t at = 0;
                while (!position_equal(places[at], plan.canvases[c].position))
                    at++;
                planned[at][edit_y(plan.canvases[c].planned[k])]
                       [edit_x(plan.canvases[c].planned[k])] = true;
            }
        }
        /* In flight: what was sent, and when it lands. */
        struct flight {
            size_t canvas;
            uint32_t word;
            size_t lands;
        } flights[4096];
        size_t n_flights = 0;
        for (size_t step = 0;; step++) {
            bool open = false;
            for (size_t c = 0; c < plan.n_canvases; c++) {
                struct plan_canvas *canvas = &plan.canvases[c];
                for (size_t k = 0; k < canvas->n; k++) {
                    uint16_t *pixel = &canvas->pixels[canvas->planned[k] & (PLAN_PIXELS - 1)];
                    open = open || *pixel & PLAN_SENT || plan_due(*pixel);
                    if (!plan_due(*pixel) || draw(&world, 3) == 0)
                        continue;
                    healed += plan_hurt(*pixel);
                    size_t at = 0;
                    while (!position_equal(places[at], canvas->position))
                        at++;
                    flights[n_flights++] = (struct flight){
                        at, plan_repair(canvas->planned[k], *pixel), step + draw(&world, 12)};
                    *pixel |= PLAN_SENT;
                }
            }
            if (!open)
                break;
            assert_true(step < 1000);
            if (step < 40)
                put_random(&world, &plan, true);
            for (size_t i = 0; i < n_flights; i++) {
                if (flights[i].lands != step)
                    continue;
                /* A server that was killed before has landed some of them. */
                uint64_t author = draw(&world, 8) == 0 ? EARLIER : ACTION;
                uint8_t value[EDIT_BYTES], header[16];
                edit_store(value, flights[i].word);
                authors_store(header, author, 1);
                struct record record = {
                    .offset = world.offset, .time_ms = 50, .authors = {header, authors_bytes(1)}};
                struct record_edits edits = {places[flights[i].canvas], value, 1};
                world.edits[world.n++] =
                    (struct edit){flights[i].canvas, flights[i].word, author, 50, world.offset++};
                plan_follow(&plan, &record, &edits);
            }
        }
        for (size_t c = 0; c < CANVASES; c++) {
            for (uint32_t y = 0; y < SIDE; y++) {
                for (uint32_t x = 0; x < SIDE; x++) {
                    uint32_t shows = 0, wanted = 0;
                    bool ours = false;
                    for (size_t i = 0; i < world.n; i++) {
                        const struct edit *edit = &world.edits[i];
                        if (!on_pixel(edit, c, x, y))
                            continue;
                        shows = edit_colour(edit->word);
                        ours = edit->author == ACTION || edit->author == EARLIER;
                        if (!ours && !fits(&predicate, edit) &&
                            !is_banned(&world, &predicate, edit->author))
                            wanted = shows;
                    }
                    if (ours)
                        assert_int_equal(shows, wanted);
                    if (!planned[c][y][x])
                        assert_false(ours);
                }
            }
        }
        plan_finish(&plan);
    }
    assert_true(healed > 50);
}

/* Taking back an action twice finds what the first try has left undone. */
static void another_try_counts_as_the_action(void **state)
{
    static struct plan plan;
    struct predicate predicate = {.action = 3, .colours = PREDICATE_ALL_COLOURS};
    char error[PLAN_ERROR_BYTES] = "";
    uint8_t value[EDIT_BYTES], header[16];
    assert_int_equal(plan_init(&plan, &predicate, 10, NULL, NULL, error), 0);
    plan.also[0] = EARLIER;
    plan.n_also = 1;
    const struct {
        uint64_t author;
        uint32_t colour;
    } edits[] = {{person(1), 2}, {3, 5}, {person(2), 7}, {EARLIER, 2}};
    for (size_t i = 0; i < 4; i++) {
        edit_store(value, edit_pack(1, 1, edits[i].colour));
        authors_store(header, edits[i].author, 1);
        struct record record = {.offset = i, .authors = {header, authors_bytes(1)}};
        struct record_edits one = {{0, 0}, value, 1};
        assert_int_equal(plan_take(&plan, &record, &one, error), 0);
    }
    assert_int_equal(plan_seal(&plan, error), 0);
    assert_int_equal(plan.pixels, 1);
    assert_int_equal(plan.canvases[0].planned[0], edit_pack(1, 1, 7));
    plan_finish(&plan);
}

static void memory_is_bounded(void **state)
{
    static struct plan plan;
    struct predicate predicate = {.has_time = true, .to_ms = 9, .colours = PREDICATE_ALL_COLOURS};
    char error[PLAN_ERROR_BYTES] = "";
    uint8_t value[EDIT_BYTES] = {0};
    assert_int_equal(plan_init(&plan, &predicate, 1000, NULL, NULL, error), 0);
    for (int i = 0; i <= PLAN_CANVASES; i++) {
        struct record record = {.offset = (uint64_t)i};
        struct record_edits one = {{(int16_t)i, 0}, value, 1};
        assert_int_equal(plan_take(&plan, &record, &one, error), i < PLAN_CANVASES ? 0 : -1);
    }
    assert_non_null(strstr(error, "name a region"));
    plan_finish(&plan);
}

static void authors_are_counted(void **state)
{
    struct author_table table = {0};
    struct author_count top[3];
    for (uint64_t i = 0; i < 100000; i++)
        assert_int_equal(author_table_add(&table, i % 1000, 1 + (i % 1000 == 0)), 0);
    assert_int_equal(author_table_add(&table, UINT64_MAX, 101), 0);
    assert_int_equal(table.n, 1001);
    assert_int_equal(author_table_get(&table, 0), 200);
    assert_int_equal(author_table_get(&table, 999), 100);
    assert_int_equal(author_table_get(&table, 1000), 0);
    assert_int_equal(author_table_top(&table, top, 3), 3);
    assert_true(top[0].author == 0 && top[1].author == UINT64_MAX && top[2].author == 1);
    author_table_finish(&table);
    assert_int_equal(author_table_get(&table, 0), 0);
}

/* The digest is that of the repairs, as plan.c says. */
static void plans_have_pictures(void **state)
{
    static struct plan plan;
    struct predicate predicate = {.has_time = true, .to_ms = 9, .colours = PREDICATE_ALL_COLOURS};
    char error[PLAN_ERROR_BYTES] = "";
    uint8_t value[2 * EDIT_BYTES];
    size_t len = 0;
    assert_int_equal(plan_init(&plan, &predicate, 1000, NULL, NULL, error), 0);
    edit_store(value, edit_pack(10, 20, 5));
    edit_store(value + EDIT_BYTES, edit_pack(12, 21, 5));
    struct record record = {.offset = 0};
    struct record_edits one = {{0, 0}, value, 2};
    assert_int_equal(plan_take(&plan, &record, &one, error), 0);
    assert_int_equal(plan_seal(&plan, error), 0);
    assert_true(plan.bounds.x == 10 && plan.bounds.y == 20 && plan.bounds.w == 3 &&
                plan.bounds.h == 2);
    uint8_t *png = preview_make(&plan, &len);
    assert_non_null(png);
    static const uint8_t size[] = {'I', 'H', 'D', 'R', 0, 0, 0, 3, 0, 0, 0, 2};
    assert_true(len > 24);
    assert_memory_equal(png + 12, size, sizeof size);
    free(png);
    plan_finish(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_are_what_looking_back_finds),
        cmocka_unit_test(repairs_lose_no_bystander),
        cmocka_unit_test(another_try_counts_as_the_action),
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(authors_are_counted),
        cmocka_unit_test(plans_have_pictures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
