/* SPDX-License-Identifier: ISC */
/* What is answered to names of the history: compared with what is computed here from the records.
 */
#include "cmocka_all.h"
#include "fake_store.h"

#include <cjson/cJSON.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/bytes.h"
#include "core/canvas.h"
#include "derived/picture.h"
#include "history/block.h"
#include "history/heat.h"
#include "history/history.h"

enum {
    DEADLINE_S = 60,
    RECORDS = 320,  /* of both canvases; some 4 blocks of the first one */
    LARGE = 30000,  /* edits of a record that has more than a frame */
    STEP = 3,       /* between two offsets: the others are no edits */
    TIME = 1000000, /* about when it all happened */
};

static const uint8_t genesis_id[GENESIS_BYTES] = {0xfe, 0xdc, 0xba, 1, 2, 3};
static const struct position home = {0, 0}, second = {1, 0}, blank = {0, 1}, nowhere = {1, 1};

struct scene {
    struct history_source source; /* first */
    struct history *history;
    sem_t ready;
    uint64_t version; /* of the plane */
    struct metrics metrics;
};

/* ---- the source ---- */

static bool genesis(struct history_source *source, uint8_t id[GENESIS_BYTES])
{
    memcpy(id, genesis_id, GENESIS_BYTES);
    return true;
}

static uint64_t version(struct history_source *source)
{
    return ((struct scene *)source)->version;
}

static bool exists(struct history_source *source, struct position position)
{
    return !position_equal(position, nowhere);
}

static void ready(struct history_source *source)
{
    sem_post(&((struct scene *)source)->ready);
}

/* ---- the scene ---- */

static uint32_t next_random(void)
{
    static uint32_t random = 12345;
    random = random * 1664525 + 1013904223;
    return random >> 8;
}

/* Record i; the times go back twice, and some are unknown. */
static void add_record(size_t i)
{
    static uint8_t edits[LARGE * EDIT_BYTES];
    uint32_t n = i == 100 ? LARGE : i % 10 == 7 ? 1 : 200 + next_random() % 1600;
    for (uint32_t e = 0; e < n; e++)
        edit_store(edits + EDIT_BYTES * e,
                   edit_pack(next_random() % 1000, next_random() % 1000, next_random() % 16));
    int64_t time = TIME + 10 * (int64_t)i - (i > 120 ? 500 : 0) - (i > 250 ? 2000 : 0);
    fake_add(i % 8 == 5 ? second : home, STEP * i + 2, i % 50 == 11 ? -1 : time, edits, n);
}

static int set_up(void **state)
{
    static const struct history_config config = {.cache_bytes = 8 << 20, .queue = 64};
    struct scene *scene = calloc(1, sizeof *scene);
    scene->source = (struct history_source){
        .genesis = genesis, .version = version, .exists = exists, .ready = ready};
    sem_init(&scene->ready, 0, 0);
    fake_begin(genesis_id);
    for (size_t i = 0; i < RECORDS; i++)
        add_record(i);
    scene->version = STEP * RECORDS + 2;
    fake_publish(scene->version);
    scene->history = history_create(NULL, &scene->source, &config, &scene->metrics);
    assert_non_null(scene->history);
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;
    history_destroy(scene->history);
    fake_end();
    sem_destroy(&scene->ready);
    free(scene);
    return 0;
}

static bool wait_ready(struct scene *scene)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += DEADLINE_S;
    return sem_timedwait(&scene->ready, &until) == 0;
}

/* ---- asking ---- */

static struct history_answer *answer; /* of the last one that was READY */
static struct history_name moved;

static enum history_state ask(struct scene *scene, enum history_kind kind, struct position position,
                              uint64_t from, uint64_t to)
{
    history_answer_release(answer);
    answer = NULL;
    const struct history_name name = {kind, position, from, to};
    enum history_state state = history_get(scene->history, name, &answer, &moved);
    if (state != HISTORY_READY)
        answer = NULL;
    else
        assert_true(history_name_equal(answer->name, name));
    return state;
}

/* Ask until it is there. */
static enum history_state get(struct scene *scene, enum history_kind kind, struct position position,
                              uint64_t from, uint64_t to)
{
    enum history_state state;
    while ((state = ask(scene, kind, position, from, to)) == HISTORY_COMING)
        assert_true(wait_ready(scene));
    return state;
}

static void expect_moved(struct scene *scene, enum history_kind kind, struct position position,
                         struct history_name asked, uint64_t from, uint64_t to)
{
    assert_int_equal(get(scene, asked.kind, position, asked.from, asked.to), HISTORY_MOVED);
    const struct history_name expected = {kind, position, from, to};
    assert_true(history_name_equal(moved, expected));
}

/* ---- what it should be ---- */

static bool is_of(const struct fake_record *record, struct position position)
{
    return position_equal(record->position, position);
}

static uint64_t canonical_of(struct position position, uint64_t asked)
{
    uint64_t found = 0;
    for (size_t i = 0; i < fake_count(); i++) {
        if (is_of(fake_record(i), position) && fake_record(i)->offset + 1 <= asked)
            found = fake_record(i)->offset + 1;
    }
    return found;
}

static struct picture *picture_at(struct position position, uint64_t at)
{
    struct canvas *canvas = malloc(sizeof *canvas);
    canvas_init(canvas);
    for (size_t i = 0; i < fake_count(); i++) {
        const struct fake_record *record = fake_record(i);
        if (is_of(record, position) && record->offset < at)
            canvas_apply(canvas, record->edits, record->n, record->offset + 1);
    }
    struct picture *picture =
        picture_make((struct picture_name){.x = position.gx, .y = position.gy}, canvas->version,
                     genesis_id, canvas->pixels);
    free(canvas);
    return picture;
}

static void expect_picture(struct scene *scene, struct position position, uint64_t at)
{
    assert_int_equal(get(scene, HISTORY_PICTURE, position, at, 0), HISTORY_READY);
    struct picture *picture = picture_at(position, at);
    assert_int_equal(picture->version, at);
    assert_int_equal(answer->version, at);
    assert_int_equal(answer->len, picture->len);
    assert_memory_equal(answer->bytes, picture->png, picture->len);
    picture_release(picture);
}

/* ---- pictures ---- */

static void a_picture_at_any_version_is_the_fold_up_to_it(void **state)
{
    struct scene *scene = *state;
    expect_picture(scene, home, 0);
    for (size_t i = 0; i < RECORDS; i += i % 8 == 4 ? 1 : 12)
        expect_picture(scene, fake_record(i)->position, fake_record(i)->offset + 1);
    expect_picture(scene, home, fake_record(RECORDS - 1)->offset + 1);
}

static void another_version_moves_to_the_one_below(void **state)
{
    struct scene *scene = *state;
    for (uint64_t at = 0; at <= scene->version; at += at < 40 || at > 950 ? 1 : 31) {
        uint64_t right = canonical_of(second, at);
        if (right == at)
            continue;
        struct history_name asked = {.kind = HISTORY_PICTURE, .from = at};
        expect_moved(scene, HISTORY_PICTURE, second, asked, right, 0);
        asked.kind = HISTORY_EDITS;
        expect_moved(scene, HISTORY_EDITS, second, asked, right, 0);
    }
}

static void the_future_is_not_there(void **state)
{
    struct scene *scene = *state;
    static const uint64_t future[] = {1, 2, 1 << 20, INT64_MAX};
    for (size_t i = 0; i < sizeof future / sizeof *future; i++) {
        uint64_t at = i < 3 ? scene->version + future[i] : future[i];
        assert_int_equal(ask(scene, HISTORY_PICTURE, home, at, 0), HISTORY_NONE);
        assert_int_equal(ask(scene, HISTORY_EDITS, home, at, 0), HISTORY_NONE);
        assert_int_equal(ask(scene, HISTORY_HEAT, home, 0, at), HISTORY_NONE);
    }
    assert_int_equal(ask(scene, HISTORY_PICTURE, nowhere, 0, 0), HISTORY_NONE);
    assert_int_equal(ask(scene, HISTORY_INDEX, nowhere, 0, 0), HISTORY_NONE);
    assert_int_equal(ask(scene, HISTORY_TAIL, nowhere, 0, 0), HISTORY_NONE);
}

static void what_has_not_been_read_yet_is_waited_for(void **state)
{
    struct scene *scene = *state;
    uint64_t last = fake_record(RECORDS - 1)->offset + 1;
    fake_publish(last - 1);
    assert_int_equal(ask(scene, HISTORY_PICTURE, home, last, 0), HISTORY_COMING);
    assert_int_equal(ask(scene, HISTORY_HEAT, home, 0, last), HISTORY_COMING);
    assert_int_equal(get(scene, HISTORY_TIME, home, TIME, last - 1), HISTORY_MOVED);
    assert_int_equal(ask(scene, HISTORY_TIME, home, TIME, last), HISTORY_COMING);
    assert_int_equal(ask(scene, HISTORY_BLOCK, home, 1000, last), HISTORY_COMING);
    fake_publish(last);
    expect_picture(scene, home, last);
    assert_int_equal(ask(scene, HISTORY_BLOCK, home, 1000, last), HISTORY_NONE);
    fake_set_known(false); /* the builder begins */
    assert_int_equal(ask(scene, HISTORY_PICTURE, home, last, 0), HISTORY_COMING);
    assert_int_equal(ask(scene, HISTORY_PLANE_INDEX, home, 0, 0), HISTORY_COMING);
    fake_set_known(true);
    assert_int_equal(ask(scene, HISTORY_PICTURE, home, last, 0), HISTORY_READY);
    fake_set_hopeless(true); /* it cannot */
    assert_int_equal(ask(scene, HISTORY_PICTURE, home, last, 0), HISTORY_NONE);
}

/* While files are made anew nothing is answered from them, and afterwards all is as before. */
static void damage_is_waited_out(void **state)
{
    struct scene *scene = *state;
    uint64_t at = fake_record(40)->offset + 1;
    fake_set_damaged(true);
    assert_int_equal(ask(scene, HISTORY_PICTURE, home, at, 0), HISTORY_COMING);
    assert_int_equal(ask(scene, HISTORY_BLOCK, home, 1, 0), HISTORY_COMING);
    /* Made after it by the same worker, without files: the worker is through with it. */
    expect_picture(scene, blank, 0);
    assert_int_equal(ask(scene, HISTORY_PICTURE, home, at, 0), HISTORY_COMING);
    expect_picture(scene, second, 0);
    fake_set_damaged(false);
    fake_publish(scene->version);
    expect_picture(scene, home, at);
    assert_int_equal(get(scene, HISTORY_BLOCK, home, 1, 0), HISTORY_READY);
}

/* ---- heat ---- */

static void expect_heat(struct scene *scene, struct position position, uint64_t from, uint64_t to)
{
    struct heat *heat = calloc(1, sizeof *heat);
    uint8_t *levels = malloc(CANVAS_PIXELS);
    for (size_t i = 0; i < fake_count(); i++) {
        const struct fake_record *record = fake_record(i);
        if (is_of(record, position) && record->offset >= from && record->offset < to)
            heat_add(heat, record->edits, record->n);
    }
    heat_levels(heat, levels);
    assert_int_equal(get(scene, HISTORY_HEAT, position, from, to), HISTORY_READY);
    char a[24], b[24], id[] = "fedcba01020300000000000000000000";
    snprintf(a, sizeof a, "%llu", (unsigned long long)from);
    snprintf(b, sizeof b, "%llu", (unsigned long long)to);
    const struct picture_text texts[] = {
        {"version", b}, {"from", a}, {"canvas", position.gx ? "1,0" : "0,0"}, {"genesis", id}};
    struct picture_colour colours[PICTURE_LEVELS];
    heat_colours(colours);
    size_t len;
    uint8_t *png = picture_encode_levels(levels, colours, texts, 4, &len);
    assert_int_equal(answer->len, len);
    assert_memory_equal(answer->bytes, png, len);
    free(png);
    free(heat);
    free(levels);
}

static void heat_counts_what_lies_between_two_versions(void **state)
{
    struct scene *scene = *state;
    uint64_t last = canonical_of(home, scene->version);
    expect_heat(scene, home, 0, last);
    expect_heat(scene, home, 0, 0);
    expect_heat(scene, home, last, last);
    for (size_t i = 0; i < 20; i++) {
        struct position position = i % 4 ? home : second;
        uint64_t a = canonical_of(position, next_random() % scene->version);
        uint64_t b = canonical_of(position, next_random() % scene->version);
        expect_heat(scene, position, a < b ? a : b, a < b ? b : a);
    }
}

static void heat_of_other_versions_moves_at_once(void **state)
{
    struct scene *scene = *state;
    for (size_t i = 0; i < 40; i++) {
        uint64_t a = next_random() % (scene->version + 1), b = next_random() % (scene->version + 1);
        struct history_name asked = {
            .kind = HISTORY_HEAT, .from = a < b ? a : b, .to = a < b ? b : a};
        uint64_t from = canonical_of(home, asked.from), to = canonical_of(home, asked.to);
        if (from != asked.from || to != asked.to)
            expect_moved(scene, HISTORY_HEAT, home, asked, from, to);
        if (a != b)
            assert_int_equal(ask(scene, HISTORY_HEAT, home, asked.to, asked.from), HISTORY_NONE);
    }
    struct history_name late = {.kind = HISTORY_HEAT, .from = 0, .to = scene->version};
    expect_moved(scene, HISTORY_HEAT, home, late, 0, canonical_of(home, scene->version));
}

/* ---- blocks and edits ---- */

static void blocks_and_the_tail_are_all_records(void **state)
{
    struct scene *scene = *state;
    struct block block;
    uint64_t number = 0, to = 0, n_records = 0;
    for (; get(scene, HISTORY_BLOCK, home, number, 0) == HISTORY_READY; number++) {
        assert_null(block_parse(&block, answer->bytes, answer->len));
        assert_true(block_complete(&block));
        assert_int_equal(block.head.number, number);
        assert_int_equal(block.head.from, to);
        to = block.head.to;
        n_records += block.head.n_records;
    }
    assert_in_range(number, 3, 10);
    assert_int_equal(ask(scene, HISTORY_BLOCK, home, INT64_MAX, 0), HISTORY_NONE);
    assert_int_equal(get(scene, HISTORY_TAIL, home, 0, 0), HISTORY_READY);
    assert_null(block_parse(&block, answer->bytes, answer->len));
    assert_int_equal(block.head.number, number);
    assert_int_equal(block.head.from, to);
    assert_int_equal(n_records + block.head.n_records, RECORDS - RECORDS / 8);
    /* It grows with what is read. */
    uint64_t last = block.head.to;
    add_record(RECORDS);
    scene->version = STEP * RECORDS + 5;
    fake_publish(scene->version);
    assert_int_equal(get(scene, HISTORY_TAIL, home, 0, 0), HISTORY_READY);
    assert_true(answer->version > last);
}

static void edits_lead_from_the_first_version_to_the_last(void **state)
{
    struct scene *scene = *state;
    uint64_t at = 0, n_edits = 0, last = canonical_of(home, scene->version);
    size_t i = 0, in_record = 0;
    unsigned n_answers = 0;
    for (; at < last; n_answers++) {
        assert_int_equal(get(scene, HISTORY_EDITS, home, at, 0), HISTORY_READY);
        uint64_t to = load_u64(answer->bytes);
        size_t n = (answer->len - 8) / EDIT_BYTES;
        assert_int_equal(answer->len, 8 + n * EDIT_BYTES);
        assert_int_equal(answer->version, to);
        assert_true(to > at && to == canonical_of(home, to));
        assert_true(n <= HISTORY_EDITS_MAX || n == LARGE);
        for (size_t e = 0; e < n; e++, in_record++, n_edits++) {
            while (!is_of(fake_record(i), home) || in_record == fake_record(i)->n) {
                i++;
                in_record = 0;
            }
            assert_memory_equal(answer->bytes + 8 + EDIT_BYTES * e,
                                fake_record(i)->edits + EDIT_BYTES * in_record, EDIT_BYTES);
        }
        assert_int_equal(fake_record(i)->offset + 1, to);
        assert_int_equal(fake_record(i)->n, in_record);
        at = to;
    }
    /* They are as long as may be: no two of them fit into one. */
    assert_true(n_answers <= 2 * (n_edits / HISTORY_EDITS_MAX + 1));
    assert_int_equal(ask(scene, HISTORY_EDITS, home, last, 0), HISTORY_WAIT);
    assert_int_equal(ask(scene, HISTORY_EDITS, blank, 0, 0), HISTORY_WAIT);
    add_record(RECORDS);
    scene->version = STEP * RECORDS + 5;
    fake_publish(scene->version);
    assert_int_equal(get(scene, HISTORY_EDITS, home, last, 0), HISTORY_READY);
    assert_int_equal(load_u64(answer->bytes), STEP * RECORDS + 3);
}

/* ---- times and indexes ---- */

static void a_time_leads_to_what_was_painted_last_by_then(void **state)
{
    struct scene *scene = *state;
    for (int64_t time = TIME - 3000; time < TIME + 3300; time += time % 50 ? 1 : 49) {
        uint64_t expected = 0;
        for (size_t i = 0; i < RECORDS; i++) {
            const struct fake_record *record = fake_record(i);
            if (is_of(record, home) && record->time_ms != -1 && record->time_ms <= time)
                expected = record->offset + 1;
        }
        struct history_name asked = {
            .kind = HISTORY_TIME, .from = (uint64_t)time, .to = scene->version};
        expect_moved(scene, HISTORY_PICTURE, home, asked, expected, 0);
    }
    struct history_name never = {.kind = HISTORY_TIME, .from = (uint64_t)INT64_C(-5)};
    expect_moved(scene, HISTORY_PICTURE, home, never, 0, 0);
    never.from = INT64_MAX;
    expect_moved(scene, HISTORY_PICTURE, blank, never, 0, 0);
}

static double number(const cJSON *json, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);
    assert_non_null(item);
    return cJSON_IsNumber(item) ? item->valuedouble : -1;
}

static cJSON *parse(void)
{
    cJSON *json = cJSON_ParseWithLength((const char *)answer->bytes, answer->len);
    assert_non_null(json);
    assert_int_equal(answer->bytes[answer->len - 1], '\n');
    assert_string_equal(cJSON_GetObjectItem(json, "genesis")->valuestring,
                        "fedcba01020300000000000000000000");
    return json;
}

static void an_index_says_what_blocks_there_are(void **state)
{
    struct scene *scene = *state;
    assert_int_equal(get(scene, HISTORY_INDEX, home, 0, 0), HISTORY_READY);
    cJSON *json = parse();
    const cJSON *blocks = cJSON_GetObjectItem(json, "blocks"), *block;
    uint64_t from = 0, edits = 0;
    cJSON_ArrayForEach(block, blocks)
    {
        assert_int_equal(number(block, "from"), from);
        from = (uint64_t)number(block, "to");
        edits += (uint64_t)number(block, "edits");
        assert_true(number(block, "edits") >= BLOCK_EDITS);
        assert_int_equal(strlen(cJSON_GetObjectItem(block, "sha256")->valuestring), 64);
        assert_int_equal(strlen(cJSON_GetObjectItem(block, "chain")->valuestring), 64);
    }
    const cJSON *tail = cJSON_GetObjectItem(json, "tail");
    assert_int_equal(number(tail, "block"), cJSON_GetArraySize(blocks));
    assert_int_equal(number(tail, "from"), from);
    assert_int_equal(number(tail, "to"), number(json, "version"));
    assert_int_equal(number(json, "edits"), edits + (uint64_t)number(tail, "edits"));
    assert_int_equal(number(json, "read"), scene->version);
    assert_int_equal(number(json, "block_edits"), 65536);
    const cJSON *samples = cJSON_GetObjectItem(cJSON_GetObjectItem(json, "activity"), "samples");
    assert_int_equal(cJSON_GetArraySize(samples), 2);
    assert_true(cJSON_IsNull(cJSON_GetArrayItem(cJSON_GetArrayItem(samples, 1), 1)));
    cJSON_Delete(json);

    assert_int_equal(get(scene, HISTORY_INDEX, blank, 0, 0), HISTORY_READY);
    json = parse();
    assert_int_equal(number(json, "version"), 0);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "blocks")), 0);
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(cJSON_GetObjectItem(json, "tail"), "time")));
    cJSON_Delete(json);

    assert_int_equal(get(scene, HISTORY_PLANE_INDEX, home, 0, 0), HISTORY_READY);
    json = parse();
    const cJSON *canvases = cJSON_GetObjectItem(json, "canvases");
    assert_int_equal(cJSON_GetArraySize(canvases), 2); /* what was ever painted */
    assert_int_equal(number(cJSON_GetArrayItem(canvases, 1), "x"), 1);
    assert_int_equal(
        number(cJSON_GetArrayItem(canvases, 0), "edits"),
        edits + 0 * from +
            number(cJSON_GetObjectItem(cJSON_GetArrayItem(canvases, 0), "tail"), "edits"));
    cJSON_Delete(json);
}

static void an_index_is_made_again_when_more_was_read(void **state)
{
    struct scene *scene = *state;
    uint64_t last = fake_record(RECORDS - 1)->offset + 1;
    fake_publish(last - 1);
    assert_int_equal(get(scene, HISTORY_INDEX, home, 0, 0), HISTORY_READY);
    cJSON *json = parse();
    assert_int_equal(number(json, "read"), last - 1);
    cJSON_Delete(json);
    fake_publish(last);
    assert_int_equal(get(scene, HISTORY_INDEX, home, 0, 0), HISTORY_READY);
    json = parse();
    assert_int_equal(number(json, "read"), last);
    assert_int_equal(number(json, "version"), last);
    cJSON_Delete(json);
}

static void a_canvas_that_was_never_painted_has_one_version(void **state)
{
    struct scene *scene = *state;
    struct block block;
    expect_picture(scene, blank, 0);
    for (uint64_t at = 1; at <= scene->version; at += 100) {
        struct history_name asked = {.kind = HISTORY_PICTURE, .from = at};
        expect_moved(scene, HISTORY_PICTURE, blank, asked, 0, 0);
    }
    assert_int_equal(get(scene, HISTORY_TAIL, blank, 0, 0), HISTORY_READY);
    assert_int_equal(answer->len, BLOCK_HEAD_BYTES);
    assert_null(block_parse(&block, answer->bytes, answer->len));
    assert_true(position_equal(block.head.position, blank));
    assert_memory_equal(block.head.genesis, genesis_id, GENESIS_BYTES);
    assert_int_equal(ask(scene, HISTORY_BLOCK, blank, 0, 0), HISTORY_NONE);
}

static int release_last(void **state)
{
    history_answer_release(answer);
    answer = NULL;
    return 0;
}

int main(void)
{
#define SCENE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        SCENE(a_picture_at_any_version_is_the_fold_up_to_it),
        SCENE(another_version_moves_to_the_one_below),
        SCENE(the_future_is_not_there),
        SCENE(what_has_not_been_read_yet_is_waited_for),
        SCENE(damage_is_waited_out),
        SCENE(heat_counts_what_lies_between_two_versions),
        SCENE(heat_of_other_versions_moves_at_once),
        SCENE(blocks_and_the_tail_are_all_records),
        SCENE(edits_lead_from_the_first_version_to_the_last),
        SCENE(a_time_leads_to_what_was_painted_last_by_then),
        SCENE(an_index_says_what_blocks_there_are),
        SCENE(an_index_is_made_again_when_more_was_read),
        SCENE(a_canvas_that_was_never_painted_has_one_version),
    };
    return cmocka_run_group_tests_name("history", tests, NULL, release_last);
}
