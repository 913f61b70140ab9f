/* SPDX-License-Identifier: ISC */
/* The moderators' rules of a moment: who may draw, what, where and what it costs; and that the fast
 * way of finding out says the same as looking at every region and ban. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/ruleset.h"

#define NOW INT64_C(1800000000000)

static struct ruleset *make(const struct region *regions, size_t n_regions, const struct ban *bans,
                            size_t n_bans)
{
    struct ruleset *ruleset = ruleset_create(&(struct ruleset_parts){.serial = 7,
                                                                     .regions = regions,
                                                                     .n_regions = n_regions,
                                                                     .bans = bans,
                                                                     .n_bans = n_bans,
                                                                     .colours = 0xffff});
    assert_non_null(ruleset);
    return ruleset;
}

static struct region rectangle(int32_t x, int32_t y, int32_t w, int32_t h)
{
    return (struct region){
        .x = x, .y = y, .w = w, .h = h, .percent = 100, .colours = RULESET_ALL_COLOURS};
}

/* What a pixel of canvas (0, 0) gets: the percent; or minus the reason. */
static int judge(const struct ruleset *ruleset, uint32_t x, uint32_t y, uint32_t colour,
                 int64_t now_ms, struct obstacle *obstacle)
{
    uint32_t percent;
    struct obstacle own;
    memset(obstacle ? obstacle : &own, 0xee, sizeof own);
    bool allowed = ruleset_allows(ruleset, (struct position){0, 0}, x, y, colour, now_ms, &percent,
                                  obstacle ? obstacle : &own);
    return allowed ? (int)percent : -(int)(obstacle ? obstacle : &own)->reason;
}

/* ---- regions ---- */

static void without_rules_everything_is_allowed(void **state)
{
    struct ruleset *ruleset = make(NULL, 0, NULL, 0);
    uint32_t percent = 0;
    struct obstacle obstacle;
    struct visitor visitor = {.author = AUTHOR_PERSON | 5};
    assert_int_equal(judge(ruleset, 0, 0, 15, NOW, NULL), 100);
    assert_true(ruleset_admits(ruleset, &visitor, NOW, &percent, &obstacle));
    assert_int_equal(percent, 100);
    assert_false(ruleset_bans_author(ruleset, visitor.author, NOW));
    assert_int_equal(ruleset_serial(ruleset), 7);
    ruleset_unref(ruleset_ref(ruleset));
    ruleset_unref(ruleset);
}

static void a_closed_region_is_closed_to_its_last_pixel_and_says_until_when(void **state)
{
    struct region region = rectangle(10, 20, 5, 5);
    region.closed = true;
    region.from_ms = NOW;
    region.until_ms = NOW + 1000;
    strcpy(region.words, "the flag");
    struct ruleset *ruleset = make(&region, 1, NULL, 0);
    memset(&region, 0, sizeof region); /* everything was copied */
    struct obstacle obstacle;
    assert_int_equal(judge(ruleset, 10, 20, 3, NOW, &obstacle), -REFUSAL_AREA);
    assert_true(obstacle.until_ms == NOW + 1000);
    assert_string_equal(obstacle.words, "the flag");
    assert_int_equal(judge(ruleset, 14, 24, 3, NOW, NULL), -REFUSAL_AREA);
    assert_int_equal(judge(ruleset, 15, 24, 3, NOW, NULL), 100);
    assert_int_equal(judge(ruleset, 9, 20, 3, NOW, NULL), 100);
    assert_int_equal(judge(ruleset, 14, 25, 3, NOW, NULL), 100);
    assert_int_equal(judge(ruleset, 12, 22, 3, NOW - 1, NULL), 100);
    assert_int_equal(judge(ruleset, 12, 22, 3, NOW + 999, NULL), -REFUSAL_AREA);
    assert_int_equal(judge(ruleset, 12, 22, 3, NOW + 1000, NULL), 100);
    ruleset_unref(ruleset);
}

static void a_region_crosses_canvases_also_left_of_the_first(void **state)
{
    struct region region = rectangle(-5, -5, 10, 10);
    region.closed = true;
    struct ruleset *ruleset = make(&region, 1, NULL, 0);
    uint32_t percent;
    struct obstacle obstacle;
    static const struct {
        struct position canvas;
        uint32_t x, y;
        bool allowed;
    } pixels[] = {{{-1, -1}, 995, 995, false}, {{-1, -1}, 994, 995, true}, {{0, 0}, 4, 4, false},
                  {{0, 0}, 5, 4, true},        {{-1, 0}, 999, 4, false},   {{-1, 0}, 4, 4, true},
                  {{1, 1}, 4, 4, true}};
    for (size_t i = 0; i < sizeof pixels / sizeof *pixels; i++)
        assert_int_equal(ruleset_allows(ruleset, pixels[i].canvas, pixels[i].x, pixels[i].y, 1, NOW,
                                        &percent, &obstacle),
                         pixels[i].allowed);
    ruleset_unref(ruleset);
}

static void where_regions_meet_the_strictest_counts(void **state)
{
    struct region regions[] = {rectangle(0, 0, 100, 100), rectangle(0, 0, 50, 100),
                               rectangle(0, 0, 100, 50), rectangle(0, 0, 10, 10)};
    regions[0].percent = 50;
    regions[1].percent = 300;
    regions[1].colours = 0x000f;
    regions[2].colours = 0x00ff;
    regions[3].percent = 0; /* free, but not where it costs more besides */
    struct ruleset *ruleset = make(regions, 4, NULL, 0);
    assert_int_equal(judge(ruleset, 90, 90, 15, NOW, NULL), 50);
    assert_int_equal(judge(ruleset, 20, 90, 3, NOW, NULL), 300);
    assert_int_equal(judge(ruleset, 20, 90, 4, NOW, NULL), -REFUSAL_COLOUR);
    assert_int_equal(judge(ruleset, 90, 20, 4, NOW, NULL), 50);
    assert_int_equal(judge(ruleset, 90, 20, 8, NOW, NULL), -REFUSAL_COLOUR);
    assert_int_equal(judge(ruleset, 5, 5, 3, NOW, NULL), 300);
    assert_int_equal(judge(ruleset, 5, 5, 7, NOW, NULL), -REFUSAL_COLOUR);
    ruleset_unref(ruleset);
}

static void of_two_closed_regions_the_one_that_lasts_longer_is_named(void **state)
{
    struct region regions[] = {rectangle(0, 0, 9, 9), rectangle(0, 0, 9, 9), rectangle(0, 0, 9, 9)};
    for (int i = 0; i < 3; i++) {
        regions[i].closed = true;
        snprintf(regions[i].words, sizeof regions[i].words, "%d", i);
    }
    regions[0].until_ms = NOW + 10;
    regions[1].until_ms = NOW + 20;
    regions[2].until_ms = NOW + 20;
    struct obstacle obstacle;
    struct ruleset *ruleset = make(regions, 3, NULL, 0);
    judge(ruleset, 1, 1, 1, NOW, &obstacle);
    assert_string_equal(obstacle.words, "1");
    ruleset_unref(ruleset);
    regions[2].until_ms = 0;
    ruleset = make(regions, 3, NULL, 0);
    judge(ruleset, 1, 1, 1, NOW, &obstacle);
    assert_string_equal(obstacle.words, "2");
    assert_true(obstacle.until_ms == 0);
    ruleset_unref(ruleset);
}

static void colours_can_be_limited_everywhere(void **state)
{
    struct ruleset *ruleset = ruleset_create(&(struct ruleset_parts){.colours = 1});
    assert_int_equal(judge(ruleset, 1, 1, 0, NOW, NULL), 100);
    assert_int_equal(judge(ruleset, 1, 1, 1, NOW, NULL), -REFUSAL_COLOUR);
    ruleset_unref(ruleset);
}

/* ---- bans ---- */

static struct visitor someone(uint64_t author, uint64_t network, const uint8_t v4[4])
{
    struct visitor visitor = {.author = AUTHOR_PERSON | author, .networks = {network}};
    if (v4) {
        visitor.address[10] = visitor.address[11] = 0xff;
        memcpy(visitor.address + 12, v4, 4);
    }
    return visitor;
}

static void a_frozen_plane_takes_nothing_from_anybody(void **state)
{
    struct ruleset *ruleset = ruleset_create(&(struct ruleset_parts){
        .colours = 0xffff, .frozen = true, .frozen_until_ms = NOW + 5, .frozen_words = "ended"});
    uint32_t percent;
    struct obstacle obstacle;
    struct visitor visitor = someone(1, 0, NULL);
    assert_false(ruleset_admits(ruleset, &visitor, NOW, &percent, &obstacle));
    assert_int_equal(obstacle.reason, REFUSAL_FROZEN);
    assert_string_equal(obstacle.words, "ended");
    assert_true(obstacle.until_ms == NOW + 5);
    ruleset_unref(ruleset);
}

static void bans_are_by_author_by_network_and_by_address(void **state)
{
    static const uint8_t inside[4] = {192, 0, 2, 77}, outside[4] = {192, 0, 3, 77};
    struct ban bans[] = {
        {.of = BAN_AUTHOR, .id = AUTHOR_PERSON | 1, .words = "author"},
        {.of = BAN_NETWORK, .id = 99, .until_ms = NOW + 100, .words = "network"},
        {.of = BAN_CIDR, .address = {[10] = 0xff, 0xff, 192, 0, 2, 0}, .bits = 120, .words = "24"},
        {.of = BAN_AUTHOR, .id = AUTHOR_PERSON | 2, .slow = 300},
        {.of = BAN_NETWORK, .id = 98, .slow = 400},
        {.of = BAN_NETWORK, .id = AUTHOR_PERSON | 3}, /* a network is no author */
    };
    const struct {
        struct visitor visitor;
        const char *words; /* NULL: admitted */
        uint32_t percent;
        int64_t now_ms;
    } cases[] = {
        {someone(1, 0, NULL), "author", 0, NOW},      {someone(4, 99, NULL), "network", 0, NOW},
        {someone(4, 99, NULL), NULL, 100, NOW + 100}, {someone(4, 0, inside), "24", 0, NOW},
        {someone(4, 0, outside), NULL, 100, NOW},     {someone(4, 0, NULL), NULL, 100, NOW},
        {someone(2, 0, NULL), NULL, 300, NOW},        {someone(2, 98, NULL), NULL, 400, NOW},
        {someone(1, 98, NULL), "author", 0, NOW},     {someone(3, 0, NULL), NULL, 100, NOW},
    };
    struct ruleset *ruleset = make(NULL, 0, bans, sizeof bans / sizeof *bans);
    memset(bans, 0, sizeof bans);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct obstacle obstacle = {.reason = REFUSAL_RANGE};
        uint32_t percent = 0;
        assert_int_equal(
            ruleset_admits(ruleset, &cases[i].visitor, cases[i].now_ms, &percent, &obstacle),
            cases[i].words == NULL);
        if (cases[i].words) {
            assert_string_equal(obstacle.words, cases[i].words);
            assert_int_equal(obstacle.reason, REFUSAL_BANNED);
        } else {
            assert_int_equal(percent, cases[i].percent);
        }
    }
    assert_true(ruleset_bans_author(ruleset, AUTHOR_PERSON | 1, NOW));
    assert_false(ruleset_bans_author(ruleset, AUTHOR_PERSON | 2, NOW)); /* slowed down only */
    ruleset_unref(ruleset);
}

static void networks_a_visitor_does_not_have_are_not_looked_for(void **state)
{
    struct ban bans[] = {{.of = BAN_NETWORK, .id = 0},
                         {.of = BAN_CIDR, .bits = 0}}; /* all addresses, also those of IPv6 */
    struct ruleset *ruleset = make(NULL, 0, bans, 2);
    struct visitor unknown = someone(1, 0, NULL), known = someone(1, 0, (uint8_t[4]){1, 2, 3, 4});
    uint32_t percent;
    struct obstacle obstacle;
    assert_true(ruleset_admits(ruleset, &unknown, NOW, &percent, &obstacle));
    assert_false(ruleset_admits(ruleset, &known, NOW, &percent, &obstacle));
    ruleset_unref(ruleset);
}

/* ---- the same as looking at everything ---- */

static uint64_t seed = 1;

static uint32_t any(uint32_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33) % below;
}

static int64_t any_time(void)
{
    return any(3) == 0 ? 0 : NOW + (int64_t)any(20) - 10;
}

static struct region any_region(void)
{
    int32_t span = any(4) == 0 ? 3000 : 60;
    struct region region =
        rectangle((int32_t)any(2200) - 1100, (int32_t)any(2200) - 1100,
                  1 + (int32_t)any((uint32_t)span), 1 + (int32_t)any((uint32_t)span));
    region.closed = any(6) == 0;
    if (any(2) == 0)
        region.percent = any(5) * 50;
    if (any(3) == 0)
        region.colours = (uint16_t)(any(0x10000) | 1);
    region.from_ms = any_time();
    region.until_ms = any_time();
    snprintf(region.words, sizeof region.words, "%u", any(1000));
    return region;
}

static int64_t end_of(int64_t until_ms)
{
    return until_ms ? until_ms : INT64_MAX;
}

/* By looking at all of them in order. */
static int naive(const struct region *regions, size_t n, int32_t x, int32_t y, uint32_t colour,
                 int64_t now_ms, struct obstacle *obstacle)
{
    const struct region *refuses[2] = {NULL, NULL}; /* closed; by colour */
    int percent = -1;
    for (size_t i = 0; i < n; i++) {
        const struct region *r = &regions[i];
        if (x < r->x || x >= r->x + r->w || y < r->y || y >= r->y + r->h || now_ms < r->from_ms ||
            now_ms >= end_of(r->until_ms))
            continue;
        bool is[2] = {r->closed, !(r->colours & 1 << colour)};
        for (int k = 0; k < 2; k++) {
            if (is[k] && (!refuses[k] || end_of(r->until_ms) > end_of(refuses[k]->until_ms)))
                refuses[k] = r;
        }
        if (r->percent != 100 && (int)r->percent > percent)
            percent = (int)r->percent;
    }
    const struct region *by = refuses[0] ? refuses[0] : refuses[1];
    if (!by)
        return percent < 0 ? 100 : percent;
    obstacle->until_ms = by->until_ms;
    memcpy(obstacle->words, by->words, sizeof obstacle->words);
    return refuses[0] ? -REFUSAL_AREA : -REFUSAL_COLOUR;
}

static void the_tree_says_what_every_region_says(void **state)
{
    static struct region regions[RULESET_REGIONS];
    static const size_t sizes[] = {1, 2, 4, 5, 6, 9, 40, 333, RULESET_REGIONS};
    unsigned refused = 0;
    for (unsigned round = 0; round < 45; round++) {
        size_t n = sizes[round % (sizeof sizes / sizeof *sizes)];
        for (size_t i = 0; i < n; i++)
            regions[i] = any_region();
        struct ruleset *ruleset = make(regions, n, NULL, 0);
        for (unsigned i = 0; i < 2000; i++) {
            struct obstacle want, got;
            struct position canvas = {(int16_t)((int)any(4) - 2), (int16_t)((int)any(4) - 2)};
            uint32_t x = any(1000), y = any(1000), colour = any(16), percent = 0;
            if (i % 2) { /* at a corner of some region, where mistakes live */
                const struct region *r = &regions[any((uint32_t)n)];
                int32_t px = r->x + (any(2) ? r->w - (int)any(2) : -(int)any(2));
                int32_t py = r->y + (any(2) ? r->h - (int)any(2) : -(int)any(2));
                if (!position_of_pixel(px, py, 1000, &canvas, &x, &y))
                    continue;
            }
            int64_t now_ms = NOW + (int64_t)any(22) - 11;
            int expected = naive(regions, n, canvas.gx * 1000 + (int32_t)x,
                                 canvas.gy * 1000 + (int32_t)y, colour, now_ms, &want);
            bool allowed = ruleset_allows(ruleset, canvas, x, y, colour, now_ms, &percent, &got);
            assert_int_equal(allowed ? (int)percent : -(int)got.reason, expected);
            refused += !allowed;
            if (!allowed) {
                assert_true(got.until_ms == want.until_ms);
                assert_string_equal(got.words, want.words);
            }
        }
        ruleset_unref(ruleset);
    }
    assert_in_range(refused, 5000, 80000);
}

static bool in_network(const struct ban *ban, const uint8_t address[16])
{
    for (unsigned bit = 0; bit < ban->bits; bit++) {
        if ((ban->address[bit / 8] ^ address[bit / 8]) >> (7 - bit % 8) & 1)
            return false;
    }
    return true;
}

static struct ban any_ban(void)
{
    struct ban ban = {.of = any(3),
                      .id = 1 + any(1500),
                      .slow = any(2) ? 0 : 100 + any(300),
                      .until_ms = any_time()};
    if (ban.of == BAN_CIDR) {
        ban.bits = any(20) ? 122 + any(7) : any(129);
        ban.address[10] = ban.address[11] = 0xff;
        for (int i = 12; i < 16; i++)
            ban.address[i] = (uint8_t)any(8);
    }
    snprintf(ban.words, sizeof ban.words, "%u", any(100000));
    return ban;
}

static void the_table_says_what_every_ban_says(void **state)
{
    enum { N = 700 };
    static struct ban bans[N];
    unsigned barred_in_all = 0, slowed = 0;
    for (unsigned round = 0; round < 30; round++) {
        size_t n = round % 3 == 0 ? round / 3 : N;
        for (size_t i = 0; i < n; i++)
            bans[i] = any_ban();
        struct ruleset *ruleset = make(NULL, 0, bans, n);
        for (unsigned i = 0; i < 1000; i++) {
            uint8_t v4[4] = {(uint8_t)any(8), (uint8_t)any(8), (uint8_t)any(8), (uint8_t)any(8)};
            struct visitor visitor = someone(0, 1 + any(1500), v4);
            visitor.author = 1 + any(1500);
            visitor.networks[1] = any(2) ? 1 + any(1500) : 0;
            int64_t now_ms = NOW + (int64_t)any(22) - 11;
            const struct ban *barred = NULL;
            uint32_t most = 100, percent = 0;
            for (size_t k = 0; k < n; k++) {
                const struct ban *b = &bans[k];
                bool meant = b->of == BAN_AUTHOR ? b->id == visitor.author
                             : b->of == BAN_NETWORK
                                 ? b->id == visitor.networks[0] || b->id == visitor.networks[1]
                                 : in_network(b, visitor.address);
                if (!meant || now_ms >= end_of(b->until_ms))
                    continue;
                if (b->slow > most)
                    most = b->slow;
                if (b->slow == 0 && (!barred || end_of(b->until_ms) > end_of(barred->until_ms)))
                    barred = b;
            }
            struct obstacle obstacle;
            bool admitted = ruleset_admits(ruleset, &visitor, now_ms, &percent, &obstacle);
            assert_int_equal(admitted, barred == NULL);
            assert_int_equal(percent, most);
            barred_in_all += barred != NULL;
            slowed += admitted && most > 100;
            if (barred) {
                assert_true(obstacle.until_ms == barred->until_ms);
                assert_string_equal(obstacle.words, barred->words);
            }
        }
        ruleset_unref(ruleset);
    }
    assert_in_range(barred_in_all, 1000, 29000);
    assert_in_range(slowed, 1000, 29000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_rules_everything_is_allowed),
        cmocka_unit_test(a_closed_region_is_closed_to_its_last_pixel_and_says_until_when),
        cmocka_unit_test(a_region_crosses_canvases_also_left_of_the_first),
        cmocka_unit_test(where_regions_meet_the_strictest_counts),
        cmocka_unit_test(of_two_closed_regions_the_one_that_lasts_longer_is_named),
        cmocka_unit_test(colours_can_be_limited_everywhere),
        cmocka_unit_test(a_frozen_plane_takes_nothing_from_anybody),
        cmocka_unit_test(bans_are_by_author_by_network_and_by_address),
        cmocka_unit_test(networks_a_visitor_does_not_have_are_not_looked_for),
        cmocka_unit_test(the_tree_says_what_every_region_says),
        cmocka_unit_test(the_table_says_what_every_ban_says),
    };
    return cmocka_run_group_tests_name("ruleset", tests, NULL, NULL);
}
