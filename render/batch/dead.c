/* SPDX-License-Identifier: ISC */
/* dead: see dead.h. */
#include "render/batch/dead.h"

#include <cjson/cJSON.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "sys/clock.h"
#include "sys/diag.h"

enum {
    READ_MS = 1000,
    PAUSE_MS = 1000,
    SAY_MS = 60 * 1000,
};

struct dead {
    struct queue *queue;
    pthread_t thread;
    atomic_bool stop;
    pthread_mutex_t lock; /* of what follows */
    struct queue_reader *reader;
    struct dead_letter letters[DEAD_LETTERS]; /* by offset, the oldest first */
    size_t n;
};

/* ---- records ---- */

void dead_show(char name[DEAD_NAME_BYTES], const uint8_t *value, size_t len)
{
    size_t n = len < DEAD_NAME_BYTES - 1 ? len : DEAD_NAME_BYTES - 1;
    for (size_t i = 0; i < n; i++)
        name[i] = value[i] >= 0x20 && value[i] < 0x7f ? (char)value[i] : '?';
    name[n] = '\0';
}

static size_t write_letter(char text[TASK_RECORD_BYTES], const struct dead_letter *letter,
                           const char *type)
{
    struct json json;
    json_begin(&json, text, TASK_RECORD_BYTES);
    if (type)
        json_text(&json, "t", type);
    json_text(&json, "topic", letter->uploads ? "uploads" : "tiles");
    json_words(&json, "group", letter->group);
    json_words(&json, "name", letter->name);
    if (*letter->batch)
        json_words(&json, "batch", letter->batch);
    json_words(&json, "why", letter->why);
    json_u64(&json, "attempts", letter->attempts);
    return json_end(&json);
}

size_t dead_write(char text[TASK_RECORD_BYTES], const struct dead_letter *letter)
{
    return write_letter(text, letter, NULL);
}

size_t dead_write_event(char text[TASK_RECORD_BYTES], const struct dead_letter *letter)
{
    return write_letter(text, letter, "dead");
}

size_t dead_write_mark(char text[TASK_RECORD_BYTES], const uint64_t *offsets, size_t n)
{
    struct json json;
    json_begin(&json, text, TASK_RECORD_BYTES);
    json_open(&json, "requeued", '[');
    for (size_t i = 0; i < n; i++)
        json_u64(&json, NULL, offsets[i]);
    json_close(&json, ']');
    return json_end(&json);
}

/* A text of a record, which is not trusted, as one that can be shown. */
static void take_text(char *text, size_t room, const cJSON *json, const char *member)
{
    char shown[DEAD_NAME_BYTES] = "";
    const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, member));
    if (value)
        dead_show(shown, (const uint8_t *)value, strlen(value));
    snprintf(text, room, "%.*s", (int)room - 1, shown);
}

static double number_of(const cJSON *number)
{
    double value = cJSON_IsNumber(number) ? number->valuedouble : -1;
    return value >= 0 && value < 9e15 ? value : -1;
}

/* ---- what is in memory; lock held ---- */

static size_t place_of(const struct dead *dead, uint64_t offset)
{
    size_t low = 0, high = dead->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (dead->letters[middle].offset < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void forget(struct dead *dead, size_t at)
{
    dead->n--;
    memmove(&dead->letters[at], &dead->letters[at + 1], (dead->n - at) * sizeof *dead->letters);
}

static void take_marks(struct dead *dead, const cJSON *marks)
{
    const cJSON *mark;
    cJSON_ArrayForEach(mark, marks)
    {
        double value = number_of(mark);
        size_t at = value >= 0 ? place_of(dead, (uint64_t)value) : dead->n;
        if (at < dead->n && dead->letters[at].offset == (uint64_t)value)
            forget(dead, at);
    }
}

static void take_letter(struct dead *dead, const struct queue_record *record, const cJSON *json)
{
    char topic[16];
    if (dead->n > 0 && dead->letters[dead->n - 1].offset >= record->offset)
        return; /* read again, by another reader */
    if (dead->n == DEAD_LETTERS)
        forget(dead, 0);
    struct dead_letter *letter = &dead->letters[dead->n++];
    *letter = (struct dead_letter){.offset = record->offset, .time_ms = record->time_ms};
    take_text(topic, sizeof topic, json, "topic");
    letter->uploads = strcmp(topic, "uploads") == 0;
    take_text(letter->group, sizeof letter->group, json, "group");
    take_text(letter->name, sizeof letter->name, json, "name");
    take_text(letter->why, sizeof letter->why, json, "why");
    take_text(letter->batch, sizeof letter->batch, json, "batch");
    double attempts = number_of(cJSON_GetObjectItemCaseSensitive(json, "attempts"));
    letter->attempts = attempts >= 0 && attempts < 1000 ? (unsigned)attempts : 0;
}

static void take_record(struct dead *dead, const struct queue_record *record)
{
    if (record->len == 0 || record->len > TASK_RECORD_BYTES)
        return;
    cJSON *json = cJSON_ParseWithLength((const char *)record->value, record->len);
    const cJSON *marks = cJSON_GetObjectItemCaseSensitive(json, "requeued");
    pthread_mutex_lock(&dead->lock);
    if (cJSON_IsArray(marks))
        take_marks(dead, marks);
    else if (cJSON_IsObject(json))
        take_letter(dead, record, json);
    pthread_mutex_unlock(&dead->lock);
    cJSON_Delete(json);
}

/* ---- the thread ---- */

static void set_reader(struct dead *dead, struct queue_reader *reader)
{
    pthread_mutex_lock(&dead->lock);
    dead->reader = reader;
    pthread_mutex_unlock(&dead->lock);
}

static void pause_for(const struct dead *dead, int64_t ms)
{
    for (int64_t until = clock_now_ms() + ms; !dead->stop && clock_now_ms() < until;)
        clock_pause_ms(20);
}

static void *run(void *argument)
{
    struct dead *dead = argument;
    struct queue_reader *reader = NULL;
    int64_t next_say = 0;
    while (!atomic_load(&dead->stop)) {
        char error[QUEUE_ERROR_BYTES] = "";
        struct queue_record record;
        enum queue_result result = QUEUE_BROKEN;
        if (!reader) {
            reader = queue_reader_create(dead->queue, QUEUE_DEAD, error);
            set_reader(dead, reader);
        }
        if (reader)
            result = queue_read(reader, READ_MS, &record, error);
        if (result == QUEUE_GOT)
            take_record(dead, &record);
        if (result != QUEUE_BROKEN)
            continue;
        if (clock_now_ms() >= next_say && !atomic_load(&dead->stop)) {
            diag_warn("queue dead: %s", error);
            next_say = clock_now_ms() + SAY_MS;
        }
        pause_for(dead, PAUSE_MS);
    }
    set_reader(dead, NULL);
    queue_reader_destroy(reader);
    return NULL;
}

struct dead *dead_create(struct queue *queue)
{
    struct dead *dead = calloc(1, sizeof *dead);
    if (!dead)
        return NULL;
    dead->queue = queue;
    pthread_mutex_init(&dead->lock, NULL);
    if (pthread_create(&dead->thread, NULL, run, dead) == 0) {
        pthread_setname_np(dead->thread, "render-dead");
        return dead;
    }
    pthread_mutex_destroy(&dead->lock);
    free(dead);
    return NULL;
}

void dead_destroy(struct dead *dead)
{
    if (!dead)
        return;
    atomic_store(&dead->stop, true);
    pthread_mutex_lock(&dead->lock);
    if (dead->reader)
        queue_reader_wake(dead->reader);
    pthread_mutex_unlock(&dead->lock);
    pthread_join(dead->thread, NULL);
    pthread_mutex_destroy(&dead->lock);
    free(dead);
}

/* ---- looking ---- */

size_t dead_count(struct dead *dead)
{
    pthread_mutex_lock(&dead->lock);
    size_t n = dead->n;
    pthread_mutex_unlock(&dead->lock);
    return n;
}

struct dead_letter *dead_list(struct dead *dead, size_t *n)
{
    struct dead_letter *list = NULL;
    pthread_mutex_lock(&dead->lock);
    *n = *n < dead->n ? *n : dead->n;
    if (*n > 0)
        list = malloc(*n * sizeof *list);
    if (!list)
        *n = 0;
    for (size_t i = 0; i < *n; i++)
        list[i] = dead->letters[dead->n - 1 - i];
    pthread_mutex_unlock(&dead->lock);
    return list;
}

bool dead_find(struct dead *dead, uint64_t offset, struct dead_letter *letter)
{
    pthread_mutex_lock(&dead->lock);
    size_t at = place_of(dead, offset);
    bool found = at < dead->n && dead->letters[at].offset == offset;
    if (found)
        *letter = dead->letters[at];
    pthread_mutex_unlock(&dead->lock);
    return found;
}
