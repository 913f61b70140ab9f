/* SPDX-License-Identifier: ISC */
/* Rolling back over a real log: what others paint meanwhile is never lost, and undo undoes. */
#include "cmocka_all.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/canvas.h"
#include "core/edit.h"
#include "moderation_scene.h"
#include "sys/clock.h"

enum {
    SIDE = 200, /* of the square that is fought over */
    VANDAL_EDITS = 20000,
    BYSTANDERS = 50,
};

static const struct position home = {0, 0}, second = {1, 0};

static uint64_t person(uint64_t n)
{
    return UINT64_C(1) << 63 | n;
}

static uint64_t draw(uint64_t *random, uint64_t below)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random % below;
}

static uint32_t random_edit(uint64_t *random)
{
    return edit_pack((uint32_t)draw(random, SIDE), (uint32_t)draw(random, SIDE),
                     (uint32_t)draw(random, CANVAS_COLOURS));
}

/* Everybody paints, then the vandal does. */
static void paint_scene(struct scene *scene, uint64_t seed)
{
    uint32_t edits[1000];
    uint64_t random = seed;
    for (size_t i = 0; i < 60; i++) {
        bool vandal = i >= 40;
        for (size_t k = 0; k < 1000; k++)
            edits[k] = random_edit(&random);
        scene_paint(scene, i % 5 == 4 ? second : home,
                    vandal ? person(666) : person(draw(&random, BYSTANDERS)), edits, 1000);
    }
    scene_settle(scene);
}

/* ---- what has to come out, by looking at every edit ---- */

struct model {
    uint8_t shows[2][SIDE][SIDE];
};

static bool is_action(uint64_t author)
{
    return author > 0 && author < UINT64_C(1) << 32;
}

/* The canvases as the log has them; without what actions did, or also with the vandal's edits taken
 * away where they are on top. */
static struct model *fold(struct scene *scene, bool actions, bool vandal)
{
    size_t n;
    struct scene_edit *edits = scene_read(scene, &n);
    struct model *model = calloc(1, sizeof *model);
    for (size_t i = 0; i < n; i++) {
        const struct scene_edit *edit = &edits[i];
        if (edit->position.gy != 0 || edit->position.gx > 1 ||
            (!actions && is_action(edit->author)) || (!vandal && edit->author == person(666)))
            continue;
        model->shows[edit->position.gx][edit_y(edit->word)][edit_x(edit->word)] =
            (uint8_t)edit_colour(edit->word);
    }
    free(edits);
    return model;
}

static void expect_same(struct model *a, struct model *b)
{
    assert_memory_equal(a, b, sizeof *a);
    free(a);
    free(b);
}

/* ---- somebody paints all the time ---- */

struct bystander {
    struct scene *scene;
    pthread_t thread;
    atomic_bool stop;
    atomic_ulong painted;
};

static void *paint_on(void *argument)
{
    struct bystander *bystander = argument;
    uint64_t random = 4711;
    while (!atomic_load(&bystander->stop)) {
        uint32_t edits[10];
        for (size_t i = 0; i < 10; i++)
            edits[i] = random_edit(&random);
        scene_paint(bystander->scene, home, person(draw(&random, BYSTANDERS)), edits, 10);
        atomic_fetch_add(&bystander->painted, 10);
        clock_pause_ms(1); /* up to 10,000 edits a second, ten times what is promised */
    }
    return NULL;
}

static void bystander_start(struct bystander *bystander, struct scene *scene)
{
    *bystander = (struct bystander){.scene = scene};
    assert_int_equal(pthread_create(&bystander->thread, NULL, paint_on, bystander), 0);
}

static void bystander_stop(struct bystander *bystander)
{
    atomic_store(&bystander->stop, true);
    pthread_join(bystander->thread, NULL);
    scene_settle(bystander->scene);
}

/* ---- jobs ---- */

static cJSON *do_job(struct scene *scene, const char *kind, const char *request, const char *state)
{
    cJSON *json = scene_wait(scene, scene_start(scene, kind, request));
    if (strcmp(scene_text(json, "state"), state) != 0)
        fail_msg("%s %s: %s", kind, request, cJSON_PrintUnformatted(json));
    return json;
}

static cJSON *make_plan(struct scene *scene)
{
    return do_job(scene, "plan", "{\"predicate\":\"u:800000000000029a t:1h\"}", "done");
}

/* The request that applies a plan. */
static void write_apply(const cJSON *plan, unsigned rate, char *request, size_t size)
{
    int n = snprintf(request, size,
                     "{\"plan\":{\"predicate\":\"%s\",\"version\":%.0f,\"digest\":\"%s\"}",
                     scene_text(plan, "result.predicate"), scene_number(plan, "result.version"),
                     scene_text(plan, "result.digest"));
    snprintf(request + n, size - (size_t)n, rate ? ",\"rate\":%u}" : "}", rate);
}

/* ---- the tests ---- */

static void a_quiet_canvas_is_rolled_back_and_restored(void **state)
{
    struct scene *scene = scene_open();
    char request[512];
    paint_scene(scene, 1);
    struct model *before = fold(scene, true, true);
    cJSON *plan = make_plan(scene);
    assert_int_equal(scene_number(plan, "result.edits"), VANDAL_EDITS);
    assert_true(scene_number(plan, "result.pixels") > 5000);
    size_t len = 0;
    uint8_t *png = moderation_preview(scene->moderation, 0, &len);
    assert_non_null(png);
    free(png);
    write_apply(plan, 0, request, sizeof request);
    cJSON *applied = do_job(scene, "apply", request, "done");
    assert_int_equal(scene_number(applied, "action"), 1);
    assert_int_equal(scene_number(applied, "result.repaired"), scene_number(plan, "result.pixels"));
    assert_int_equal(scene_number(applied, "result.healed"), 0);
    assert_int_equal(metric_get(&scene->metrics, repairs_total),
                     scene_number(plan, "result.pixels"));
    scene_settle(scene);
    expect_same(fold(scene, true, true), fold(scene, false, false));
    /* Nothing is left to do. */
    cJSON *again = make_plan(scene);
    assert_int_equal(scene_number(again, "result.pixels"), 0);
    cJSON *undone = do_job(scene, "undo", "{\"action\":1}", "done");
    assert_int_equal(scene_number(undone, "action"), 2);
    scene_settle(scene);
    expect_same(before, fold(scene, true, true));
    /* And what was undone can be taken back in its turn. */
    cJSON *redone = do_job(scene, "undo", "{\"action\":2}", "done");
    scene_settle(scene);
    expect_same(fold(scene, true, true), fold(scene, false, false));
    cJSON_Delete(plan);
    cJSON_Delete(applied);
    cJSON_Delete(again);
    cJSON_Delete(undone);
    cJSON_Delete(redone);
    scene_close(scene);
}

/* The plan is made while others paint, too. */
static void bystanders_lose_nothing(void **state)
{
    struct scene *scene = scene_open();
    struct bystander bystander;
    char request[512];
    paint_scene(scene, 2);
    bystander_start(&bystander, scene);
    cJSON *plan = make_plan(scene);
    clock_pause_ms(200); /* so that many have painted since */
    write_apply(plan, 0, request, sizeof request);
    cJSON *applied = do_job(scene, "apply", request, "done");
    bystander_stop(&bystander);
    assert_true(atomic_load(&bystander.painted) > 100);
    assert_true(scene_number(applied, "result.repaired") > 1000);
    expect_same(fold(scene, true, true), fold(scene, false, false));
    bystander_start(&bystander, scene);
    cJSON *undone = do_job(scene, "undo", "{\"action\":1}", "done");
    bystander_stop(&bystander);
    expect_same(fold(scene, true, true), fold(scene, false, true));
    cJSON_Delete(plan);
    cJSON_Delete(applied);
    cJSON_Delete(undone);
    scene_close(scene);
}

/* A slow one goes at its rate, can be cancelled, and what it did can be undone. */
static void a_slow_one_is_cancelled(void **state)
{
    struct scene *scene = scene_open();
    struct bystander bystander;
    static const struct control_actor actor = {.name = "other", .role = ROLE_MODERATOR};
    char request[512];
    paint_scene(scene, 3);
    cJSON *plan = make_plan(scene);
    write_apply(plan, 600, request, sizeof request);
    bystander_start(&bystander, scene);
    uint64_t job = scene_start(scene, "apply", request);
    int64_t began_ms = clock_now_ms();
    while (metric_get(&scene->metrics, repairs_total) < 400)
        clock_pause_ms(1);
    int64_t took_ms = clock_now_ms() - began_ms;
    assert_true(took_ms > 400);
    assert_true(moderation_cancel(scene->moderation, &actor));
    cJSON *cancelled = scene_wait(scene, job);
    bystander_stop(&bystander);
    assert_string_equal(scene_text(cancelled, "state"), "cancelled");
    double repaired = scene_number(cancelled, "result.repaired");
    assert_true(repaired >= 300 && repaired < scene_number(plan, "result.pixels"));
    assert_false(moderation_cancel(scene->moderation, &actor));
    cJSON *undone = do_job(scene, "undo", "{\"action\":1}", "done");
    scene_settle(scene);
    expect_same(fold(scene, true, true), fold(scene, false, true));
    cJSON_Delete(plan);
    cJSON_Delete(cancelled);
    cJSON_Delete(undone);
    scene_close(scene);
}

/* The server ends in the middle; the same plan goes on where that stopped. */
static void a_killed_one_is_brought_to_its_end(void **state)
{
    struct scene *scene = scene_open();
    struct bystander bystander;
    char request[512], fast[512];
    paint_scene(scene, 4);
    cJSON *plan = make_plan(scene);
    write_apply(plan, 1000, request, sizeof request);
    write_apply(plan, 0, fast, sizeof fast);
    bystander_start(&bystander, scene);
    scene_start(scene, "apply", request);
    while (metric_get(&scene->metrics, repairs_total) < 1000)
        clock_pause_ms(1);
    scene_restart_moderation(scene);
    cJSON *applied = do_job(scene, "apply", fast, "done");
    bystander_stop(&bystander);
    assert_int_equal(scene_number(applied, "action"), 2);
    expect_same(fold(scene, true, true), fold(scene, false, false));
    cJSON_Delete(plan);
    cJSON_Delete(applied);
    scene_close(scene);
}

/* What a server that was killed has painted over is given back: here somebody's edit lies below a
 * repair. */
static void what_a_killed_one_hid_is_healed(void **state)
{
    for (int undo = 0; undo <= 1; undo++) {
        struct scene *scene = scene_open();
        const uint32_t old = edit_pack(5, 5, 3), bad = edit_pack(5, 5, 4), new = edit_pack(5, 5, 7);
        char request[512];
        scene_paint(scene, home, person(1), &old, 1);
        scene_paint(scene, home, person(666), &bad, 1);
        scene_settle(scene);
        cJSON *plan = make_plan(scene);
        write_apply(plan, 0, request, sizeof request);
        fake_control_break(scene->control, true);
        cJSON *failed = do_job(scene, "apply", request, "failed");
        fake_control_break(scene->control, false);
        assert_int_equal(scene_number(failed, "status"), 503);
        /* The action is recorded, a bystander paints, the repair lands, the server is killed. */
        cJSON *record = cJSON_CreateObject();
        char name[CONTROL_NAME], error[CONTROL_ERROR_BYTES];
        const struct control_actor actor = {.name = "killed"};
        snprintf(name, sizeof name, "rollback %.16s %.0f", scene_text(plan, "result.digest"),
                 scene_number(plan, "result.version"));
        assert_int_equal(
            control_append(scene->control, "action", name, record, &actor, NULL, error), 0);
        scene_paint(scene, home, person(2), &new, 1);
        scene_paint(scene, home, 1, &old, 1);
        scene_settle(scene);
        cJSON *again = undo ? do_job(scene, "undo", "{\"action\":1}", "done")
                            : do_job(scene, "apply", request, "done");
        scene_settle(scene);
        struct model *model = fold(scene, true, true);
        assert_int_equal(model->shows[0][5][5], 7);
        free(model);
        /* Both tries are one: taking back either does not show what the other one has painted. */
        for (int action = 2; !undo && action >= 1; action--) {
            snprintf(request, sizeof request, "{\"action\":%d}", action);
            cJSON_Delete(do_job(scene, "undo", request, "done"));
            scene_settle(scene);
            model = fold(scene, true, true);
            assert_int_equal(model->shows[0][5][5], 7);
            free(model);
        }
        cJSON_Delete(plan);
        cJSON_Delete(failed);
        cJSON_Delete(again);
        scene_close(scene);
    }
}

/* The same of an undo. */
static void so_is_what_a_killed_undo_hid(void **state)
{
    struct scene *scene = scene_open();
    const uint32_t old = edit_pack(5, 5, 3), bad = edit_pack(5, 5, 4), new = edit_pack(5, 5, 7);
    const struct control_actor actor = {.name = "killed"};
    char error[CONTROL_ERROR_BYTES];
    scene_paint(scene, home, person(1), &old, 1);
    scene_paint(scene, home, person(666), &bad, 1);
    scene_settle(scene);
    cJSON *rolled =
        do_job(scene, "rollback", "{\"predicate\":\"u:800000000000029a t:1h\"}", "done");
    assert_int_equal(scene_number(rolled, "action"), 1);
    assert_int_equal(control_append(scene->control, "action", "undo 1", cJSON_CreateObject(),
                                    &actor, NULL, error),
                     0);
    scene_paint(scene, home, person(2), &new, 1);
    scene_paint(scene, home, 2, &bad, 1);
    scene_settle(scene);
    cJSON *undone = do_job(scene, "undo", "{\"action\":1}", "done");
    scene_settle(scene);
    struct model *model = fold(scene, true, true);
    assert_int_equal(model->shows[0][5][5], 7);
    free(model);
    cJSON_Delete(rolled);
    cJSON_Delete(undone);
    scene_close(scene);
}

static void plans_that_are_no_longer_good_are_refused(void **state)
{
    struct scene *scene = scene_open();
    char request[512];
    paint_scene(scene, 5);
    cJSON *plan = make_plan(scene);
    write_apply(plan, 0, request, sizeof request);
    char *digest = strstr(request, "digest") + 9;
    *digest = *digest == '0' ? '1' : '0';
    cJSON *refused = do_job(scene, "apply", request, "failed");
    assert_int_equal(scene_number(refused, "status"), 409);
    assert_int_equal(fake_control_count(scene->control), 0);
    cJSON *version = do_job(scene, "apply",
                            "{\"plan\":{\"predicate\":\"t:0-1\",\"version\":99999,\"digest\":"
                            "\"00000000000000000000000000000000000000000000000000000000000000"
                            "00\"}}",
                            "failed");
    assert_int_equal(scene_number(version, "status"), 409);
    /* What has done nothing cannot be undone. */
    cJSON *nothing = do_job(scene, "undo", "{\"action\":7}", "failed");
    assert_int_equal(scene_number(nothing, "status"), 404);
    assert_int_equal(fake_control_count(scene->control), 0);
    cJSON_Delete(nothing);
    cJSON_Delete(plan);
    cJSON_Delete(refused);
    cJSON_Delete(version);
    scene_close(scene);
}

static void wrong_requests_are_refused(void **state)
{
    struct scene *scene = scene_open();
    static const struct control_actor actor = {.name = "tester"};
    static const struct {
        const char *kind, *request, *says;
    } cases[] = {
        {"nothing", "{}", "no such kind"},
        {"plan", "{}", "predicate: expected a text"},
        {"plan", "{\"predicate\":\"u:1\"}", "predicate: at character 3"},
        {"apply", "{}", "plan: expected an object"},
        {"apply", "{\"plan\":{\"version\":-1}}", "version"},
        {"apply", "{\"plan\":{\"version\":1,\"digest\":\"xx\"}}", "digest"},
        {"undo", "{\"action\":0}", "action: expected"},
        {"undo", "{\"action\":1.5}", "action: expected"},
        {"undo", "{\"action\":1,\"rate\":0}", "rate: expected"},
        {"rollback", "{\"predicate\":\"t:1h\",\"rate\":\"x\"}", "rate: expected"},
        {"authors", "{\"x\":1,\"y\":1,\"w\":1}", "x, y, w, h"},
        {"authors", "{\"x\":1,\"y\":1,\"w\":1,\"h\":\"1\"}", "t: expected"},
        {"authors", "{\"x\":1,\"y\":1,\"w\":0,\"h\":1,\"t\":\"1h\"}", "expected X,Y,W,H"},
        {"authors", "{\"x\":1,\"y\":1,\"w\":1,\"h\":1,\"t\":\"1h\",\"c\":5}", "c: expected"},
        {"authors", "{\"x\":1,\"y\":1,\"w\":1,\"h\":1,\"t\":\"1h\",\"c\":\"16\"}", "16"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char error[MODERATION_ERROR_BYTES] = "";
        unsigned status = 0;
        cJSON *json = cJSON_Parse(cases[i].request);
        assert_int_equal(
            moderation_start(scene->moderation, cases[i].kind, json, &actor, &status, error), 0);
        assert_int_equal(status, 400);
        if (!strstr(error, cases[i].says))
            fail_msg("%s %s: says \"%s\"", cases[i].kind, cases[i].request, error);
        cJSON_Delete(json);
    }
    assert_null(moderation_job(scene->moderation, 0));
    assert_null(moderation_job(scene->moderation, 5));
    scene_close(scene);
}

/* One at a time; the newest ones are remembered. */
static void jobs_are_few(void **state)
{
    struct scene *scene = scene_open();
    static const struct control_actor actor = {.name = "tester"};
    char error[MODERATION_ERROR_BYTES], request[512];
    unsigned status;
    paint_scene(scene, 6);
    cJSON *plan = make_plan(scene);
    write_apply(plan, 1000, request, sizeof request);
    uint64_t job = scene_start(scene, "apply", request);
    cJSON *json = cJSON_Parse("{\"predicate\":\"t:1h\"}");
    assert_int_equal(moderation_start(scene->moderation, "plan", json, &actor, &status, error), 0);
    assert_int_equal(status, 409);
    assert_true(moderation_cancel(scene->moderation, &actor));
    cJSON_Delete(scene_wait(scene, job));
    for (int i = 0; i < 20; i++)
        cJSON_Delete(make_plan(scene));
    assert_null(moderation_job(scene->moderation, job));
    size_t len, previews = 0;
    for (uint64_t i = job; i < job + 25; i++) {
        uint8_t *png = moderation_preview(scene->moderation, i, &len);
        previews += png != NULL;
        free(png);
    }
    assert_int_equal(previews, 4);
    cJSON_Delete(json);
    cJSON_Delete(plan);
    scene_close(scene);
}

static void authors_of_a_rectangle_are_counted(void **state)
{
    struct scene *scene = scene_open();
    const uint32_t edits[] = {edit_pack(1, 1, 1), edit_pack(2, 2, 2), edit_pack(50, 50, 3)};
    scene_paint(scene, home, person(1), edits, 3);
    scene_paint(scene, home, person(2), edits, 1);
    scene_paint(scene, second, person(3), edits, 3);
    scene_settle(scene);
    cJSON *json =
        do_job(scene, "authors", "{\"x\":\"0\",\"y\":\"0\",\"w\":\"10\",\"h\":\"10\",\"t\":\"1h\"}",
               "done");
    assert_int_equal(scene_number(json, "result.edits"), 3);
    assert_int_equal(scene_number(json, "result.people"), 2);
    const cJSON *first =
        cJSON_GetArrayItem(cJSON_GetObjectItem(cJSON_GetObjectItem(json, "result"), "authors"), 0);
    assert_string_equal(scene_text(first, "author"), "8000000000000001");
    assert_int_equal(scene_number(first, "edits"), 2);
    cJSON_Delete(json);
    json = do_job(scene, "authors",
                  "{\"x\":0,\"y\":0,\"w\":10,\"h\":10,\"t\":\"1h\",\"c\":\"2,3\"}", "done");
    assert_int_equal(scene_number(json, "result.edits"), 1);
    assert_int_equal(scene_number(json, "result.people"), 1);
    cJSON_Delete(json);
    scene_close(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quiet_canvas_is_rolled_back_and_restored),
        cmocka_unit_test(bystanders_lose_nothing),
        cmocka_unit_test(a_slow_one_is_cancelled),
        cmocka_unit_test(a_killed_one_is_brought_to_its_end),
        cmocka_unit_test(what_a_killed_one_hid_is_healed),
        cmocka_unit_test(so_is_what_a_killed_undo_hid),
        cmocka_unit_test(plans_that_are_no_longer_good_are_refused),
        cmocka_unit_test(wrong_requests_are_refused),
        cmocka_unit_test(jobs_are_few),
        cmocka_unit_test(authors_of_a_rectangle_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
