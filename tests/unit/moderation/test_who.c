/* SPDX-License-Identifier: ISC */
/* Who painted a pixel, asked of a real log and its history; and operators' own edits. */
#include "cmocka_all.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/authors.h"
#include "core/edit.h"
#include "history/history_canvases.h"
#include "moderation/paint.h"
#include "moderation/recent_authors.h"
#include "moderation/record_authors.h"
#include "moderation/who.h"
#include "moderation_scene.h"
#include "sys/clock.h"

enum { PATIENCE_MS = 60000 };

static const struct position home = {0, 0};

static uint64_t person(uint64_t n)
{
    return UINT64_C(1) << 63 | n;
}

/* ---- the history of a scene ---- */

struct past {
    struct history_canvases source;
    struct history *history;
    char directory[96];
};

static void no_news(struct history_source *source)
{
}

static void past_open(struct past *past, struct scene *scene)
{
    struct history_config config = history_config_default;
    snprintf(past->directory, sizeof past->directory, "%s/history", scene->directory);
    config.directory = past->directory;
    config.publish_ms = 50;
    history_canvases_init(&past->source, scene->canvases);
    past->source.source.ready = no_news;
    past->history = history_create(scene->log, &past->source.source, &config, &scene->metrics);
    assert_non_null(past->history);
}

static void on_answered(void *context)
{
    atomic_fetch_add((atomic_int *)context, 1);
}

static struct who_question *ask(struct who_service *who, uint32_t x, uint32_t y, size_t room)
{
    static atomic_int answered;
    const struct who_asker asker = {.answered = on_answered, .context = &answered};
    int before = atomic_load(&answered);
    struct who_question *question = who_ask(who, home, x, y, room, false, &asker);
    int64_t until_ms = clock_now_ms() + PATIENCE_MS;
    assert_non_null(question);
    while (!who_answer(question)) {
        assert_true(clock_now_ms() < until_ms);
        clock_pause_ms(1);
    }
    /* The asker is told a moment later. */
    while (atomic_load(&answered) == before) {
        assert_true(clock_now_ms() < until_ms);
        clock_pause_ms(1);
    }
    return question;
}

/* Until history has read that this author painted the pixel last: how often that was not so yet. */
static unsigned wait_for(struct who_service *who, uint32_t x, uint32_t y, uint64_t author)
{
    int64_t until_ms = clock_now_ms() + PATIENCE_MS;
    for (unsigned late = 0;; late++) {
        struct who_question *question = ask(who, x, y, 1);
        const struct who_answer *answer = who_answer(question);
        bool there = answer->n == 1 && answer->changes[0].author == author;
        who_drop(question);
        if (there)
            return late;
        assert_true(clock_now_ms() < until_ms);
    }
}

static void who_painted_is_found(void **state)
{
    struct scene *scene = scene_open();
    struct past past;
    past_open(&past, scene);
    const struct who_config config = {scene->log, scene->canvases, past.history, NULL};
    struct who_service *who = who_create(&config, &scene->metrics);
    /* Records of several edits, some of them on the same pixel, many others in between. */
    for (uint64_t i = 0; i < 10; i++) {
        const uint32_t edits[] = {edit_pack(1, 1, (uint32_t)i), edit_pack(7, 7, 1),
                                  edit_pack(1, 1, (uint32_t)i + 1)};
        scene_paint(scene, home, person(i), edits, 3);
        for (uint32_t k = 0; k < 500; k++)
            scene_paint(scene, home, person(100), &edits[1], 1);
    }
    const uint32_t by_action = edit_pack(1, 1, 15);
    scene_paint(scene, home, 42, &by_action, 1);
    scene_settle(scene);
    wait_for(who, 1, 1, 42);
    for (int again = 0; again < 2; again++) { /* from the log, and remembered */
        struct who_question *question = ask(who, 1, 1, 5);
        const struct who_answer *answer = who_answer(question);
        assert_true(answer->history);
        assert_int_equal(answer->colour, 15);
        assert_int_equal(answer->n, 5);
        assert_true(answer->changes[0].known && answer->changes[0].author == 42);
        assert_int_equal(answer->changes[0].colour, 15);
        const struct {
            uint64_t author;
            uint8_t colour;
            uint32_t index;
        } wanted[] = {{person(9), 10, 2}, {person(9), 9, 0}, {person(8), 9, 2}, {person(8), 8, 0}};
        for (size_t i = 0; i < 4; i++) {
            const struct who_change *change = &answer->changes[1 + i];
            assert_true(change->known);
            assert_true(change->author == wanted[i].author);
            assert_int_equal(change->colour, wanted[i].colour);
            assert_int_equal(change->index, wanted[i].index);
            assert_true(change->time_ms > 0);
        }
        assert_false(answer->whole);
        who_drop(question);
    }
    struct who_question *all = ask(who, 1, 1, WHO_CHANGES_MAX);
    assert_int_equal(who_answer(all)->n, 21);
    assert_true(who_answer(all)->whole);
    for (size_t i = 0; i < 21; i++)
        assert_true(who_answer(all)->changes[i].known);
    who_drop(all);
    struct who_question *blank = ask(who, 2, 2, 5);
    assert_true(who_answer(blank)->history && who_answer(blank)->whole);
    assert_int_equal(who_answer(blank)->n, 0);
    who_drop(blank);
    who_destroy(who);
    history_destroy(past.history);
    scene_close(scene);
}

/* What was just painted is told, though history reads a little later. */
static void the_newest_change_is_waited_for(void **state)
{
    struct scene *scene = scene_open();
    struct past past;
    past_open(&past, scene);
    const struct who_config config = {scene->log, scene->canvases, past.history, NULL};
    struct who_service *who = who_create(&config, &scene->metrics);
    unsigned late = 0;
    for (uint32_t i = 0; i < 20; i++) {
        const uint32_t edit = edit_pack(3, 3, i % 16);
        scene_paint(scene, home, person(i), &edit, 1);
        scene_settle(scene);
        late += wait_for(who, 3, 3, person(i)) > 0;
    }
    assert_true(late < 10); /* it is waited for only so long, and this machine may be busy */
    who_destroy(who);
    history_destroy(past.history);
    scene_close(scene);
}

static void without_history_the_colour_is_told(void **state)
{
    struct scene *scene = scene_open();
    const struct who_config config = {scene->log, scene->canvases, NULL, NULL};
    struct who_service *who = who_create(&config, &scene->metrics);
    const uint32_t edit = edit_pack(3, 3, 9);
    scene_paint(scene, home, person(1), &edit, 1);
    scene_settle(scene);
    struct who_question *question = ask(who, 3, 3, 5);
    assert_false(who_answer(question)->history);
    assert_int_equal(who_answer(question)->colour, 9);
    assert_int_equal(who_answer(question)->n, 0);
    who_drop(question);
    who_destroy(who);
    scene_close(scene);
}

/* Holds up who's thread until it may go on. */
struct hold {
    pthread_mutex_t lock;
    atomic_bool there;
};

static void on_held(void *context)
{
    struct hold *hold = context;
    atomic_store(&hold->there, true);
    pthread_mutex_lock(&hold->lock);
    pthread_mutex_unlock(&hold->lock);
}

static void never_answered(void *context)
{
    abort();
}

/* A flood is refused; moderators still get through; who has left is not told; the end does not wait
 * for what nobody will answer. */
static void questions_are_bounded(void **state)
{
    struct scene *scene = scene_open();
    const struct who_config config = {scene->log, scene->canvases, NULL, NULL};
    struct who_service *who = who_create(&config, &scene->metrics);
    struct hold hold = {.lock = PTHREAD_MUTEX_INITIALIZER};
    const struct who_asker holds = {.answered = on_held, .context = &hold};
    const struct who_asker nobody = {.answered = never_answered};
    struct who_question *questions[2 * WHO_WAITING_MAX + WHO_STAFF_MAX] = {0};
    size_t n = 0, staff = 0;
    pthread_mutex_lock(&hold.lock);
    struct who_question *first = who_ask(who, home, 0, 0, 5, false, &holds);
    while (!atomic_load(&hold.there))
        clock_pause_ms(1);
    struct who_question *question;
    while (n < 2 * WHO_WAITING_MAX && (question = who_ask(who, home, 0, 0, 5, false, &nobody)))
        questions[n++] = question;
    assert_int_equal(n, WHO_WAITING_MAX);
    assert_int_equal(metric_get(&scene->metrics, who_refused_total), 1);
    while (staff < 2 * WHO_STAFF_MAX && (question = who_ask(who, home, 0, 0, 5, true, &nobody)))
        questions[n + staff++] = question;
    assert_int_equal(staff, WHO_STAFF_MAX);
    for (size_t i = 0; i < n + staff; i++)
        who_drop(questions[i]);
    pthread_mutex_unlock(&hold.lock);
    who_drop(first);
    who_destroy(who);
    scene_close(scene);
}

/* ---- the newest records ---- */

/* Against all that was put in: what is found is right, and the newest are always found. */
static void the_newest_authors_are_remembered(void **state)
{
    struct recent_authors *recent = recent_authors_create();
    struct fold *fold = recent_authors_fold(recent);
    enum { RECORDS = 60000, EDITS_MAX = 100 };
    static uint8_t lens[RECORDS];
    uint64_t random = 99, offset = 0, found_in_all = 0;
    char error[FOLD_ERROR_BYTES];
    for (size_t i = 0; i < RECORDS; i++) {
        uint8_t header[1 + EDITS_MAX * AUTHORS_RUN_BYTES];
        uint64_t authors[EDITS_MAX];
        random = random * 6364136223846793005u + 1442695040888963407u;
        size_t n = 1 + (random >> 33) % EDITS_MAX;
        bool good = random >> 60 != 0;
        lens[i] = good ? (uint8_t)n : 0;
        for (size_t k = 0; k < n; k++)
            authors[k] = 1000 * i + k;
        const struct record record = {
            .offset = offset = 2 * i + 1,
            .authors = {header, authors_store_runs(header, authors, n) - !good}};
        const struct fold_record full = {.record = &record, .edits = {home, NULL, n}};
        assert_int_equal(fold->ops->record(fold, &full, error), 0);
        if (i % 5000 != 4999)
            continue;
        for (size_t j = i + 1; j-- > 0;) {
            uint64_t author = 1;
            uint32_t index = lens[j] ? lens[j] - 1u : 0;
            bool found = recent_authors_find(recent, 2 * j + 1, index, &author);
            if (found)
                assert_int_equal(author, lens[j] ? 1000 * j + index : 0);
            if (i - j < 5000) /* at most 1,001 bytes each */
                assert_true(found);
            found_in_all += found;
            assert_false(recent_authors_find(recent, 2 * j + 1, EDITS_MAX, &author));
            assert_false(recent_authors_find(recent, 2 * j, 0, &author));
        }
    }
    assert_true(found_in_all < 12 * 30000); /* it has let go of some */
    recent_authors_destroy(recent);
}

/* Records without a good header take no bytes, and are many. */
static void so_are_records_that_name_nobody(void **state)
{
    struct recent_authors *recent = recent_authors_create();
    struct fold *fold = recent_authors_fold(recent);
    char error[FOLD_ERROR_BYTES];
    uint64_t author = 1;
    for (uint64_t i = 0; i < 2 * RECENT_RECORDS; i++) {
        const struct record record = {.offset = i};
        const struct fold_record full = {.record = &record, .edits = {home, NULL, 1}};
        assert_int_equal(fold->ops->record(fold, &full, error), 0);
    }
    assert_true(recent_authors_find(recent, 2 * RECENT_RECORDS - 1, 0, &author) && author == 0);
    assert_true(recent_authors_find(recent, RECENT_RECORDS, 0, &author));
    assert_false(recent_authors_find(recent, RECENT_RECORDS - 1, 0, &author));
    recent_authors_destroy(recent);
}

/* ---- operators' own edits ---- */

struct painted {
    struct control_waiter waiter;
    atomic_bool done;
    uint64_t action;
};

static void on_painted(struct control_waiter *waiter, uint64_t action)
{
    struct painted *painted = (struct painted *)waiter;
    painted->action = action;
    atomic_store(&painted->done, true);
}

static uint64_t paint(struct scene *scene, const struct paint_piece *piece, const char *by)
{
    struct painted painted = {.waiter.done = on_painted};
    struct control_actor actor = {.role = ROLE_MODERATOR};
    char error[MODERATION_ERROR_BYTES] = "";
    int64_t until_ms = clock_now_ms() + PATIENCE_MS;
    snprintf(actor.name, sizeof actor.name, "%s", by);
    if (moderation_paint(scene->moderation, piece, &actor, &painted.waiter, error) != 0)
        fail_msg("%s", error);
    while (!atomic_load(&painted.done)) {
        assert_true(clock_now_ms() < until_ms);
        clock_pause_ms(1);
    }
    return painted.action;
}

static void operators_paint_in_pieces(void **state)
{
    struct scene *scene = scene_open();
    static uint8_t edits[PAINT_EDITS_MAX * EDIT_BYTES];
    for (size_t i = 0; i < PAINT_EDITS_MAX; i++)
        edit_store(edits + EDIT_BYTES * i, edit_pack(i % 1000, i / 1000, 6));
    struct paint_piece piece = {.kind = "fill", .canvas = home, .edits = edits, .n = 1000};
    assert_int_equal(paint(scene, &piece, "op"), 1);
    piece.action = 1;
    piece.canvas = (struct position){1, 0};
    piece.n = PAINT_EDITS_MAX;
    assert_int_equal(paint(scene, &piece, "op"), 1);
    assert_int_equal(paint(scene, &piece, "other"), 0); /* not their action */
    piece.kind = "paste";
    assert_int_equal(paint(scene, &piece, "op"), 0); /* nor this one's kind */
    piece.action = 7;
    assert_int_equal(paint(scene, &piece, "op"), 0); /* there is none */
    scene_settle(scene);
    size_t n, ours = 0;
    struct scene_edit *all = scene_read(scene, &n);
    for (size_t i = 0; i < n; i++)
        ours += all[i].author == 1;
    assert_int_equal(ours, 1000 + PAINT_EDITS_MAX);
    free(all);
    /* It is undone as any action. */
    cJSON *undone = scene_wait(scene, scene_start(scene, "undo", "{\"action\":1}"));
    assert_int_equal(scene_number(undone, "result.repaired"), 1000 + PAINT_EDITS_MAX);
    cJSON_Delete(undone);
    scene_close(scene);
}

static void wrong_pieces_are_refused(void **state)
{
    struct scene *scene = scene_open();
    static const struct control_actor actor = {.name = "op"};
    const uint8_t good[EDIT_BYTES] = {0}, outside[EDIT_BYTES] = {0xff, 0xff, 0xff};
    const struct paint_piece wrong[] = {
        {.kind = "draw", .edits = good, .n = 1},
        {.kind = "fill", .edits = good, .n = 0},
        {.kind = "fill", .edits = good, .n = PAINT_EDITS_MAX + 1},
        {.kind = "fill", .edits = outside, .n = 1},
        {.kind = "fill", .edits = good, .n = 1, .action = UINT64_C(1) << 32},
        {.kind = "fill", .edits = good, .n = 1, .canvas = {500, 500}},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char error[MODERATION_ERROR_BYTES] = "";
        assert_int_equal(moderation_paint(scene->moderation, &wrong[i], &actor, NULL, error), 400);
        assert_non_null(strstr(error, "expected") || strstr(error, "canvas") ? error : NULL);
    }
    scene_close(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_painted_is_found),
        cmocka_unit_test(the_newest_change_is_waited_for),
        cmocka_unit_test(without_history_the_colour_is_told),
        cmocka_unit_test(questions_are_bounded),
        cmocka_unit_test(the_newest_authors_are_remembered),
        cmocka_unit_test(so_are_records_that_name_nobody),
        cmocka_unit_test(operators_paint_in_pieces),
        cmocka_unit_test(wrong_pieces_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
