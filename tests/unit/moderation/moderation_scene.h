/* SPDX-License-Identifier: ISC */
/*
 * moderation_scene: an embedded log with its reader and writer, a control log in memory, and
 * moderation over both, in one process; and the log read back by other code.
 */
#ifndef PLACED_TESTS_MODERATION_SCENE_H
#define PLACED_TESTS_MODERATION_SCENE_H

#include <pthread.h>
#include <stdatomic.h>

#include "fake_control.h"
#include "log/log.h"
#include "moderation/moderation.h"
#include "plane/canvases.h"
#include "plane/owners.h"
#include "plane/reader.h"
#include "rules/rules.h"

struct cJSON;

struct scene {
    char directory[64];
    struct log *log;
    struct log_writer *writer;
    struct canvases *canvases;
    struct owners *owners;
    struct reader *reader;
    struct rules *rules;
    struct control *control;
    struct moderation *moderation;
    struct metrics metrics;
    pthread_t thread;
    atomic_bool stop;
};

struct scene *scene_open(void);
void scene_close(struct scene *scene); /* and remove the log */

/* End moderation as a kill would, and begin another one over the same logs. */
void scene_restart_moderation(struct scene *scene);

/* One record of n edits (at most 16384) of one canvas. */
void scene_paint(struct scene *scene, struct position position, uint64_t author,
                 const uint32_t *edits, size_t n);

/* Everything that was given to the log is in it. */
void scene_settle(struct scene *scene);

/* An edit that the log has. */
struct scene_edit {
    struct position position;
    uint32_t word;
    uint64_t author, offset;
};

/* All of them, in log order; for free(). */
struct scene_edit *scene_read(struct scene *scene, size_t *n);

/* Start a job with this request, or fail with what it says. Its number. */
uint64_t scene_start(struct scene *scene, const char *kind, const char *request);

/* Wait until the job is over: what is said of it; cJSON_Delete it. */
struct cJSON *scene_wait(struct scene *scene, uint64_t job);

/* A number at a path such as "result.pixels". */
double scene_number(const struct cJSON *json, const char *path);
const char *scene_text(const struct cJSON *json, const char *path);

#endif
