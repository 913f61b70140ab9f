/* SPDX-License-Identifier: ISC */
/* moderation_scene: see moderation_scene.h. */
#include "moderation_scene.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmocka_all.h"

#include "core/authors.h"
#include "core/edit.h"
#include "log/open.h"
#include "sys/clock.h"
#include "sys/sys_env.h"

enum { PATIENCE_MS = 120000 };

static void *read_log(void *argument)
{
    struct scene *scene = argument;
    while (!atomic_load(&scene->stop)) {
        size_t delivered;
        if (reader_step(scene->reader, 50, &delivered) != READER_OK)
            abort();
    }
    return NULL;
}

static void open_moderation(struct scene *scene)
{
    char error[MODERATION_ERROR_BYTES];
    const struct moderation_config config = {.log = scene->log,
                                             .writer = scene->writer,
                                             .canvases = scene->canvases,
                                             .owners = scene->owners,
                                             .control = scene->control,
                                             .rules = scene->rules};
    scene->moderation = moderation_create(&config, &scene->metrics, error);
    assert_non_null(scene->moderation);
}

struct scene *scene_open(void)
{
    static const volatile int go_on = 0;
    struct scene *scene = calloc(1, sizeof *scene);
    char error[LOG_ERROR_BYTES] = "";
    assert_non_null(scene);
    snprintf(scene->directory, sizeof scene->directory, "/tmp/placed-moderation-XXXXXX");
    assert_non_null(mkdtemp(scene->directory));
    scene->log = log_open(scene->directory, NULL, error);
    assert_non_null(scene->log);
    scene->canvases = canvases_create(4, 1, &scene->metrics, &sys_env, NULL);
    scene->owners = owners_create();
    struct rules_config rules = {0};
    policy_parse(&rules.people, "free");
    rules.bots = rules.people;
    scene->rules = rules_create(&rules, &scene->metrics);
    scene->control = fake_control_create();
    scene->reader = reader_create(scene->log, error);
    assert_non_null(scene->reader);
    reader_silence(scene->reader);
    reader_add(scene->reader, canvases_fold(scene->canvases));
    reader_add(scene->reader, owners_fold(scene->owners));
    scene->writer = log_writer_create(scene->log, owners_outcomes(scene->owners), error);
    assert_non_null(scene->writer);
    assert_int_equal(reader_start(scene->reader, NULL, &go_on), READER_OK);
    assert_int_equal(pthread_create(&scene->thread, NULL, read_log, scene), 0);
    open_moderation(scene);
    return scene;
}

void scene_close(struct scene *scene)
{
    char command[128];
    moderation_destroy(scene->moderation);
    log_writer_flush(scene->writer, 5000);
    atomic_store(&scene->stop, true);
    reader_wake(scene->reader);
    pthread_join(scene->thread, NULL);
    log_writer_destroy(scene->writer);
    reader_destroy(scene->reader);
    log_close(scene->log);
    owners_destroy(scene->owners);
    rules_destroy(scene->rules);
    canvases_destroy(scene->canvases);
    fake_control_destroy(scene->control);
    snprintf(command, sizeof command, "rm -rf %s", scene->directory);
    assert_int_equal(system(command), 0);
    free(scene);
}

void scene_restart_moderation(struct scene *scene)
{
    moderation_destroy(scene->moderation);
    open_moderation(scene);
}

void scene_paint(struct scene *scene, struct position position, uint64_t author,
                 const uint32_t *edits, size_t n)
{
    uint8_t *value = malloc(POSITION_BYTES + n * EDIT_BYTES), header[16];
    size_t len = 0;
    assert_non_null(value);
    if (position.gx != 0 || position.gy != 0) {
        position_store(value, position);
        len = POSITION_BYTES;
    }
    for (size_t i = 0; i < n; i++, len += EDIT_BYTES)
        edit_store(value + len, edits[i]);
    authors_store(header, author, n);
    static const uint8_t genesis[GENESIS_BYTES] = {7};
    const struct log_batch batch = {.value = {value, len},
                                    .authors = {header, authors_bytes(n)},
                                    .genesis =
                                        canvases_version(scene->canvases) > 0 ? NULL : genesis};
    while (log_writer_append(scene->writer, &batch) == LOG_FULL)
        clock_pause_ms(1);
    free(value);
}

/* ---- reading back ---- */

struct collector {
    struct log_records records;
    struct scene_edit *edits;
    size_t n, room;
    uint64_t next;
};

static void on_record(struct log_records *records, const struct record *record)
{
    struct collector *all = (struct collector *)records;
    struct record_edits edits = record_edits(record);
    all->next = record->offset + 1;
    for (size_t i = 0; i < edits.n; i++) {
        if (all->n == all->room) {
            all->room = all->room ? 2 * all->room : 4096;
            all->edits = realloc(all->edits, all->room * sizeof *all->edits);
            assert_non_null(all->edits);
        }
        all->edits[all->n++] = (struct scene_edit){
            edits.position, edit_load(edits.edits + EDIT_BYTES * i),
            authors_count(record->authors) == edits.n ? authors_of(record->authors, i) : 0,
            record->offset};
    }
}

struct scene_edit *scene_read(struct scene *scene, size_t *n)
{
    char error[LOG_ERROR_BYTES];
    struct collector all = {.records.record = on_record};
    struct log_bounds bounds;
    size_t delivered;
    struct log_reader *reader = log_reader_create(scene->log, &all.records, error);
    assert_non_null(reader);
    assert_int_equal(log_reader_bounds(reader, &bounds, error), 0);
    assert_int_equal(log_reader_seek(reader, 0, error), 0);
    while (all.next < bounds.high)
        assert_int_equal(log_reader_poll(reader, 100, &delivered, error), LOG_OK);
    log_reader_destroy(reader);
    *n = all.n;
    return all.edits;
}

/* A last record of a canvas that nobody looks at: when that has been read, so have all before. */
void scene_settle(struct scene *scene)
{
    const struct position far = {3, 0};
    const uint32_t edit = edit_pack(0, 0, 0);
    struct canvas_place *place = canvases_find(scene->canvases, far);
    uint64_t before = place_version(place);
    int64_t until_ms = clock_now_ms() + PATIENCE_MS;
    scene_paint(scene, far, 0, &edit, 1);
    while (place_version(place) == before) {
        assert_true(clock_now_ms() < until_ms);
        clock_pause_ms(1);
    }
}

/* ---- jobs ---- */

uint64_t scene_start(struct scene *scene, const char *kind, const char *request)
{
    static const struct control_actor actor = {.name = "tester", .role = ROLE_MODERATOR};
    char error[MODERATION_ERROR_BYTES] = "";
    unsigned status;
    cJSON *json = cJSON_Parse(request);
    assert_non_null(json);
    uint64_t job = moderation_start(scene->moderation, kind, json, &actor, &status, error);
    cJSON_Delete(json);
    if (job == 0)
        fail_msg("%s %s: %u %s", kind, request, status, error);
    return job;
}

struct cJSON *scene_wait(struct scene *scene, uint64_t job)
{
    int64_t until_ms = clock_now_ms() + PATIENCE_MS;
    for (;;) {
        cJSON *json = moderation_job(scene->moderation, job);
        assert_non_null(json);
        if (strcmp(scene_text(json, "state"), "running") != 0)
            return json;
        cJSON_Delete(json);
        assert_true(clock_now_ms() < until_ms);
        clock_pause_ms(1);
    }
}

static const cJSON *at(const struct cJSON *json, const char *path)
{
    char name[64];
    while (json && *path) {
        size_t len = strcspn(path, ".");
        snprintf(name, sizeof name, "%.*s", (int)len, path);
        json = cJSON_GetObjectItemCaseSensitive(json, name);
        path += len + (path[len] == '.');
    }
    return json;
}

double scene_number(const struct cJSON *json, const char *path)
{
    const cJSON *found = at(json, path);
    if (!cJSON_IsNumber(found))
        fail_msg("no number %s in %s", path, cJSON_PrintUnformatted(json));
    return found->valuedouble;
}

const char *scene_text(const struct cJSON *json, const char *path)
{
    const char *text = cJSON_GetStringValue(at(json, path));
    if (!text)
        fail_msg("no text %s in %s", path, cJSON_PrintUnformatted(json));
    return text;
}
