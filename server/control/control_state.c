/* SPDX-License-Identifier: ISC */
/* control_state: a hash table by type and name, and a list of each type by age. */
#include "control/control_state.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "core/crc32c.h"

enum { BUCKETS_MIN = 64 };

/* The entries of one type. */
struct list {
    struct control_entry *newest, *oldest;
    size_t n, bytes;
};

struct stranger {
    char type[CONTROL_TYPE_NAME];
    char name[CONTROL_NAME];
};

struct control_state {
    struct control_entry **buckets;
    size_t n_buckets, n;
    size_t rule_bytes; /* of the types that are kept all */
    size_t n_cidrs;    /* bans of addresses */
    struct list lists[CONTROL_TYPES_N];
    struct stranger strangers[CONTROL_STRANGERS_MAX];
    size_t n_strangers;
    bool too_many_strangers; /* one more came than there is room for: for ever */
};

struct control_state *control_state_create(void)
{
    struct control_state *state = calloc(1, sizeof *state);
    if (!state)
        return NULL;
    state->buckets = calloc(BUCKETS_MIN, sizeof(struct control_entry *));
    state->n_buckets = BUCKETS_MIN;
    if (!state->buckets) {
        free(state);
        return NULL;
    }
    return state;
}

void control_state_destroy(struct control_state *state)
{
    if (!state)
        return;
    for (size_t type = 0; type < CONTROL_TYPES_N; type++) {
        for (struct control_entry *entry = state->lists[type].newest; entry;) {
            struct control_entry *older = entry->older;
            free(entry);
            entry = older;
        }
    }
    free(state->buckets);
    free(state);
}

/* ---- the table ---- */

static size_t bucket_of(size_t n_buckets, enum control_type type, const char *name)
{
    return (crc32c((uint32_t)type, (const uint8_t *)name, strlen(name))) % n_buckets;
}

static struct control_entry **find(const struct control_state *state, enum control_type type,
                                   const char *name)
{
    struct control_entry **at = &state->buckets[bucket_of(state->n_buckets, type, name)];
    while (*at && ((*at)->type != type || strcmp((*at)->name, name) != 0))
        at = &(*at)->next_in_bucket;
    return at;
}

/* Twice as many buckets; without memory for them, longer chains. */
static void grow(struct control_state *state)
{
    size_t n_buckets = 2 * state->n_buckets;
    struct control_entry **buckets = calloc(n_buckets, sizeof(struct control_entry *));
    if (!buckets)
        return;
    for (size_t i = 0; i < state->n_buckets; i++) {
        for (struct control_entry *entry = state->buckets[i]; entry;) {
            struct control_entry *next = entry->next_in_bucket;
            struct control_entry **into = &buckets[bucket_of(n_buckets, entry->type, entry->name)];
            entry->next_in_bucket = *into;
            *into = entry;
            entry = next;
        }
    }
    free(state->buckets);
    state->buckets = buckets;
    state->n_buckets = n_buckets;
}

static bool is_cidr(enum control_type type, const union control_meaning *meaning)
{
    return type == CONTROL_BAN && meaning->ban.of == BAN_CIDR;
}

static void take_out(struct control_state *state, struct control_entry **at)
{
    struct control_entry *entry = *at;
    struct list *list = &state->lists[entry->type];
    *at = entry->next_in_bucket;
    *(entry->newer ? &entry->newer->older : &list->newest) = entry->older;
    *(entry->older ? &entry->older->newer : &list->oldest) = entry->newer;
    list->n--;
    state->n--;
    list->bytes -= entry->len;
    if (control_types[entry->type].keep == KEEP_ALL)
        state->rule_bytes -= entry->len;
    state->n_cidrs -= is_cidr(entry->type, &entry->meaning);
    free(entry);
}

static void put_in(struct control_state *state, struct control_entry *entry)
{
    if (state->n >= 2 * state->n_buckets)
        grow(state);
    struct list *list = &state->lists[entry->type];
    struct control_entry **bucket =
        &state->buckets[bucket_of(state->n_buckets, entry->type, entry->name)];
    entry->next_in_bucket = *bucket;
    *bucket = entry;
    entry->older = list->newest;
    *(list->newest ? &list->newest->newer : &list->oldest) = entry;
    list->newest = entry;
    list->n++;
    state->n++;
    list->bytes += entry->len;
    if (control_types[entry->type].keep == KEEP_ALL)
        state->rule_bytes += entry->len;
    state->n_cidrs += is_cidr(entry->type, &entry->meaning);
}

/* ---- the bounds ---- */

/* Is there room for a record of so many bytes beside those that stand, its predecessor apart? */
static bool has_room(const struct control_state *state, const struct control_record *record,
                     const struct control_entry *old, size_t len)
{
    const struct control_type_row *row = &control_types[record->type];
    size_t n = state->lists[record->type].n - (old != NULL);
    size_t n_cidrs = state->n_cidrs - (old && is_cidr(old->type, &old->meaning));
    if (row->keep == KEEP_ALL && n >= row->most)
        return false;
    if (is_cidr(record->type, &record->meaning) && n_cidrs >= RULESET_CIDRS)
        return false;
    return row->keep != KEEP_ALL ||
           state->rule_bytes - (old ? old->len : 0) + len <= CONTROL_RULE_BYTES;
}

bool control_state_has_room(const struct control_state *state, const struct control_record *record)
{
    if (record->gone || control_types[record->type].keep == KEEP_NONE)
        return true;
    return has_room(state, record, *find(state, record->type, record->name), CONTROL_RECORD_MAX);
}

/* Forget the oldest of those types of which only the newest are kept. */
static void forget_oldest(struct control_state *state, enum control_type type, size_t len)
{
    struct list *list = &state->lists[type];
    while (list->oldest &&
           (list->n >= control_types[type].most || list->bytes + len > CONTROL_NEWEST_BYTES))
        take_out(state, find(state, type, list->oldest->name));
}

/* ---- applying ---- */

bool control_state_has_operator(const struct control_state *state)
{
    const struct control_entry *entry = state->lists[CONTROL_TOKEN].newest;
    while (entry && entry->meaning.token.role != ROLE_OPERATOR)
        entry = entry->older;
    return entry != NULL;
}

/* Its text is written anew, because what was read may be JSON to us and not to everybody. */
static struct control_entry *make_entry(const struct control_record *record, uint64_t action)
{
    char *text = cJSON_PrintUnformatted(record->json);
    size_t len = text ? strlen(text) : 0;
    struct control_entry *entry = text ? calloc(1, sizeof *entry + len + 1) : NULL;
    if (entry) {
        entry->action = action;
        entry->type = record->type;
        memcpy(entry->name, record->name, sizeof entry->name);
        entry->meaning = record->meaning;
        entry->len = len;
        memcpy(entry->text, text, len);
    }
    free(text);
    return entry;
}

static enum control_applied replace(struct control_state *state,
                                    const struct control_record *record, uint64_t action)
{
    struct control_entry *entry = make_entry(record, action);
    if (!entry)
        return CONTROL_NO_MEMORY;
    struct control_entry **old = find(state, record->type, record->name);
    if (!has_room(state, record, *old, entry->len)) {
        free(entry);
        return CONTROL_TOO_MANY;
    }
    if (*old)
        take_out(state, old);
    if (control_types[record->type].keep == KEEP_NEWEST)
        forget_oldest(state, record->type, entry->len);
    put_in(state, entry);
    return CONTROL_APPLIED;
}

static void forget_stranger(struct control_state *state, const struct control_record *record)
{
    for (size_t i = 0; i < state->n_strangers; i++) {
        if (strcmp(state->strangers[i].type, record->type_name) == 0 &&
            strcmp(state->strangers[i].name, record->name) == 0)
            state->strangers[i--] = state->strangers[--state->n_strangers];
    }
}

enum control_applied control_state_apply(struct control_state *state,
                                         const struct control_record *record, uint64_t action)
{
    forget_stranger(state, record);
    if (control_types[record->type].keep == KEEP_NONE)
        return CONTROL_APPLIED;
    if (!record->gone) {
        bool first = record->type == CONTROL_TOKEN && record->meaning.token.first;
        return first && control_state_has_operator(state) ? CONTROL_IGNORED
                                                          : replace(state, record, action);
    }
    struct control_entry **old = find(state, record->type, record->name);
    if (!*old)
        return CONTROL_IGNORED;
    take_out(state, old);
    return CONTROL_APPLIED;
}

void control_state_not_understood(struct control_state *state, const struct control_record *record)
{
    forget_stranger(state, record);
    if (!record->must || record->gone)
        return;
    if (state->n_strangers == CONTROL_STRANGERS_MAX) {
        state->too_many_strangers = true;
        return;
    }
    struct stranger *stranger = &state->strangers[state->n_strangers++];
    memcpy(stranger->type, record->type_name, sizeof stranger->type);
    memcpy(stranger->name, record->name, sizeof stranger->name);
}

const char *control_state_stranger(const struct control_state *state)
{
    if (state->n_strangers > 0)
        return state->strangers[0].type;
    return state->too_many_strangers ? "too many" : NULL;
}

/* ---- looking ---- */

const struct control_entry *control_state_find(const struct control_state *state,
                                               enum control_type type, const char *name)
{
    return *find(state, type, name);
}

size_t control_state_count(const struct control_state *state, enum control_type type)
{
    return state->lists[type].n;
}

const struct control_entry *control_state_newest(const struct control_state *state,
                                                 enum control_type type)
{
    return state->lists[type].newest;
}

static int by_name(const void *a, const void *b)
{
    const struct control_entry *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

const struct control_entry **control_state_sorted(const struct control_state *state,
                                                  enum control_type type, size_t *n)
{
    const struct list *list = &state->lists[type];
    const struct control_entry **sorted =
        list->n > 0 ? malloc(list->n * sizeof(const struct control_entry *)) : NULL;
    *n = 0;
    if (!sorted)
        return NULL;
    for (const struct control_entry *entry = list->newest; entry; entry = entry->older)
        sorted[(*n)++] = entry;
    qsort(sorted, *n, sizeof *sorted, by_name);
    return sorted;
}
