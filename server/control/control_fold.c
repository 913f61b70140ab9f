/* SPDX-License-Identifier: ISC */
/*
 * control_fold: a record is applied under two locks: the outer one is held until the listeners have
 * been told, so that a new listener misses none and gets none twice; the inner one is held while
 * the state changes, so that who looks at it waits for a few assignments.
 */
#include "control/control_fold.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control/control_audit.h"
#include "control/control_reading.h"
#include "sys/diag.h"

struct control_fold {
    pthread_mutex_t telling; /* the outer lock */
    struct control_listener *listeners;
    struct control_listener *fresh; /* not told of what was read before them: nor of anything yet */
    bool said;                      /* that a record was no good */
    _Atomic uint64_t next;
    pthread_mutex_t lock; /* the inner one, of what is below */
    struct control_state *state;
    struct control_audit *audit;
};

struct control_fold *control_fold_create(void)
{
    struct control_fold *fold = calloc(1, sizeof *fold);
    if (!fold)
        return NULL;
    pthread_mutex_init(&fold->telling, NULL);
    pthread_mutex_init(&fold->lock, NULL);
    fold->state = control_state_create();
    fold->audit = control_audit_create();
    if (fold->state && fold->audit)
        return fold;
    control_fold_destroy(fold);
    return NULL;
}

void control_fold_destroy(struct control_fold *fold)
{
    if (!fold)
        return;
    control_audit_destroy(fold->audit);
    control_state_destroy(fold->state);
    pthread_mutex_destroy(&fold->lock);
    pthread_mutex_destroy(&fold->telling);
    free(fold);
}

/* ---- records ---- */

static void complain(struct control_fold *fold, uint64_t offset, const char *type,
                     const char *wrong)
{
    if (!fold->said)
        diag_warn("control log: the record at offset %" PRIu64
                  "%s%s is skipped: %s. More like it "
                  "are counted, not said",
                  offset, type[0] ? " of type " : "", type, wrong);
    fold->said = true;
}

/* Under the inner lock. */
static void apply(struct control_fold *fold, const struct control_record *record, uint64_t action,
                  struct control_news *news)
{
    static const char *const wrongs[] = {[CONTROL_TOO_MANY] = "there are too many of its type",
                                         [CONTROL_NO_MEMORY] = "out of memory"};
    const struct control_type_row *row = &control_types[record->type];
    enum control_applied applied = control_state_apply(fold->state, record, action);
    bool good = applied == CONTROL_APPLIED || applied == CONTROL_IGNORED;
    if (!good) {
        complain(fold, action - 1, record->type_name, wrongs[applied]);
        news->failed = true;
        return;
    }
    if (row->audited)
        control_audit_add(fold->audit, action, record->text, record->len);
    news->rules |= row->keep == KEEP_ALL && applied == CONTROL_APPLIED;
    news->heard |= row->heard && applied == CONTROL_APPLIED;
    news->tokens |= record->type == CONTROL_TOKEN;
    if (record->type == CONTROL_ENERGY && !record->gone)
        news->refill = record->meaning.author;
}

/* A record that was not understood, and may have to be. Under the inner lock. */
static void note_stranger(struct control_fold *fold, const struct control_record *record,
                          struct control_news *news)
{
    bool before = control_state_stranger(fold->state) != NULL;
    control_state_not_understood(fold->state, record);
    bool now = control_state_stranger(fold->state) != NULL;
    news->rules |= before != now;
    news->heard |= before != now;
    if (now && !before)
        diag_error(
            "control log: a record of type %s must be understood and is not: nobody may "
            "draw here until this server is upgraded",
            record->type_name);
}

static void tell(struct control_listener *listeners, const struct control_record *record,
                 uint64_t action)
{
    for (struct control_listener *listener = listeners; listener; listener = listener->next) {
        if (strcmp(listener->type, record->type_name) == 0)
            listener->record(listener, record->json, action);
    }
}

void control_fold_record(struct control_fold *fold, const struct record *record,
                         struct control_news *news)
{
    struct control_record read;
    char wrong[CONTROL_WRONG_BYTES];
    uint64_t action = record->offset + 1;
    enum control_understood reading =
        control_record_read(&read, record->value.data, record->value.len, wrong);
    pthread_mutex_lock(&fold->telling);
    pthread_mutex_lock(&fold->lock);
    bool was_stranger = control_state_stranger(fold->state) != NULL;
    if (reading == CONTROL_READ)
        apply(fold, &read, action, news);
    else if (reading != CONTROL_GARBAGE)
        note_stranger(fold, &read, news);
    if (was_stranger && !control_state_stranger(fold->state))
        news->rules = news->heard = true;
    atomic_store(&fold->next, action);
    pthread_mutex_unlock(&fold->lock);
    if (reading == CONTROL_GARBAGE || reading == CONTROL_MALFORMED) {
        complain(fold, record->offset, read.type_name, wrong);
        news->failed = true;
    }
    if (reading == CONTROL_READ)
        tell(fold->listeners, &read, action);
    pthread_mutex_unlock(&fold->telling);
    control_record_finish(&read);
}

const struct control_state *control_fold_state(const struct control_fold *fold)
{
    return fold->state;
}

/* ---- looking ---- */

uint64_t control_fold_next(struct control_fold *fold)
{
    return atomic_load(&fold->next);
}

bool control_fold_stranger(struct control_fold *fold, char name[CONTROL_TYPE_NAME])
{
    pthread_mutex_lock(&fold->lock);
    const char *type = control_state_stranger(fold->state);
    if (type)
        snprintf(name, CONTROL_TYPE_NAME, "%s", type);
    pthread_mutex_unlock(&fold->lock);
    return type != NULL;
}

bool control_fold_has_room(struct control_fold *fold, const char *text)
{
    struct control_record record;
    char wrong[CONTROL_WRONG_BYTES];
    bool room =
        control_record_read(&record, (const uint8_t *)text, strlen(text), wrong) == CONTROL_READ;
    pthread_mutex_lock(&fold->lock);
    room = room && control_state_has_room(fold->state, &record);
    pthread_mutex_unlock(&fold->lock);
    control_record_finish(&record);
    return room;
}

/* Records as they were copied under the lock; to be parsed outside. */
struct copy {
    uint64_t action;
    char *text;
};

/* As everybody may see it: a token's hash is nobody's business. */
static cJSON *parse(const char *text, uint64_t action)
{
    cJSON *json = cJSON_Parse(text);
    cJSON_DeleteItemFromObjectCaseSensitive(json, "hash");
    cJSON_AddNumberToObject(json, "action", (double)action);
    return json;
}

/* An array of them; frees them. NULL when out of memory. */
static cJSON *parse_all(struct copy *copies, size_t n)
{
    cJSON *array = copies ? cJSON_CreateArray() : NULL;
    bool good = array != NULL;
    for (size_t i = 0; i < n; i++) {
        cJSON *json = good && copies[i].text ? parse(copies[i].text, copies[i].action) : NULL;
        good = good && json && cJSON_AddItemToArray(array, json);
        if (!good)
            cJSON_Delete(json);
        free(copies[i].text);
    }
    free(copies);
    if (good)
        return array;
    cJSON_Delete(array);
    return NULL;
}

cJSON *control_fold_list(struct control_fold *fold, const char *type)
{
    enum control_type found = control_type_find(type);
    if (found == CONTROL_UNKNOWN)
        return cJSON_CreateArray();
    size_t n;
    pthread_mutex_lock(&fold->lock);
    size_t wanted = control_state_count(fold->state, found);
    const struct control_entry **entries = control_state_sorted(fold->state, found, &n);
    struct copy *copies = n == wanted ? calloc(n + 1, sizeof *copies) : NULL;
    for (size_t i = 0; copies && i < n; i++)
        copies[i] = (struct copy){entries[i]->action, strdup(entries[i]->text)};
    pthread_mutex_unlock(&fold->lock);
    free(entries);
    return parse_all(copies, copies ? n : 0);
}

cJSON *control_fold_get(struct control_fold *fold, const char *type, const char *name)
{
    char canonical[CONTROL_NAME];
    enum control_type found = control_type_find(type);
    if (found == CONTROL_UNKNOWN || !control_name_canonical(found, name, canonical))
        return NULL;
    pthread_mutex_lock(&fold->lock);
    const struct control_entry *entry = control_state_find(fold->state, found, canonical);
    struct copy copy = {entry ? entry->action : 0, entry ? strdup(entry->text) : NULL};
    pthread_mutex_unlock(&fold->lock);
    cJSON *json = copy.text ? parse(copy.text, copy.action) : NULL;
    free(copy.text);
    return json;
}

cJSON *control_fold_audit(struct control_fold *fold, uint64_t before, size_t n)
{
    size_t room = n < CONTROL_AUDIT_MAX ? n : CONTROL_AUDIT_MAX;
    struct control_audited *found = calloc(room + 1, sizeof *found);
    struct copy *copies = calloc(room + 1, sizeof *copies);
    if (!found || !copies) {
        free(found);
        free(copies);
        return NULL;
    }
    pthread_mutex_lock(&fold->lock);
    n = control_audit_before(fold->audit, before, found, room);
    for (size_t i = 0; i < n; i++)
        copies[i] = (struct copy){found[i].action, strdup(found[i].text)};
    pthread_mutex_unlock(&fold->lock);
    free(found);
    return parse_all(copies, n);
}

/* ---- who folds for himself ---- */

/* Reads what was read already, for listeners that have come later. */
struct replay {
    struct control_records records; /* first */
    struct control_listener *listeners;
    uint64_t end; /* the offset that has not been read yet */
};

/* Most records are of no interest to anybody here, and reading one whole takes long. */
static bool is_wanted(const struct replay *replay, const struct record *record)
{
    for (struct control_listener *listener = replay->listeners; listener;
         listener = listener->next) {
        if (!control_record_is_not(record->value.data, record->value.len, listener->type))
            return true;
    }
    return false;
}

static void on_replay(struct control_records *records, const struct record *record)
{
    struct replay *replay = (struct replay *)records;
    struct control_record read;
    char wrong[CONTROL_WRONG_BYTES];
    if (record->offset >= replay->end || !is_wanted(replay, record))
        return;
    if (control_record_read(&read, record->value.data, record->value.len, wrong) == CONTROL_READ)
        tell(replay->listeners, &read, record->offset + 1);
    control_record_finish(&read);
}

void control_fold_listen(struct control_fold *fold, struct control_listener *listener)
{
    pthread_mutex_lock(&fold->telling);
    listener->next = fold->fresh;
    fold->fresh = listener;
    pthread_mutex_unlock(&fold->telling);
}

/* Under the outer lock. */
static int replay_all(struct control_fold *fold, struct log *log, char error[CONTROL_ERROR_BYTES])
{
    static const int never_stop = 0;
    struct replay replay = {{on_replay}, fold->fresh, control_fold_next(fold)};
    if (!fold->fresh || replay.end == 0)
        return 0;
    struct control_reading *reading = control_reading_create(log, &replay.records, error);
    int result = reading ? control_reading_start(reading, &never_stop, error) : -1;
    control_reading_destroy(reading);
    return result;
}

int control_fold_replay(struct control_fold *fold, struct log *log, char error[CONTROL_ERROR_BYTES])
{
    pthread_mutex_lock(&fold->telling);
    int result = replay_all(fold, log, error);
    while (fold->fresh) {
        struct control_listener *listener = fold->fresh;
        fold->fresh = listener->next;
        listener->next = fold->listeners;
        fold->listeners = listener;
    }
    pthread_mutex_unlock(&fold->telling);
    return result;
}
