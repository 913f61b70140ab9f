/* SPDX-License-Identifier: ISC */
/* memory: see memory.h. A hash table of entries that are also a list in the order of their use. */
#include "render/store/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "core/crc32c.h"

enum { BUCKETS_FIRST = 1024 };

struct entry {
    struct entry *next;          /* in its bucket */
    struct entry *newer, *older; /* in the list */
    uint64_t hash;
    struct memory_picture picture;
    char name[];
};

struct memory {
    uint64_t limit, bytes, seed;
    struct entry **buckets;
    size_t n_buckets, n;
    struct entry *newest, *oldest;
};

/* FNV-1a from a secret start, and mixed, so that nobody can choose names of one bucket. */
static uint64_t hash_of(const struct memory *memory, const char *name)
{
    uint64_t hash = memory->seed;
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
    hash ^= hash >> 32;
    hash *= UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

static uint64_t size_of(const struct entry *entry)
{
    return sizeof *entry + strlen(entry->name) + 1 + entry->picture.blob->len;
}

struct memory *memory_create(uint64_t bytes)
{
    struct memory *memory = calloc(1, sizeof *memory);
    if (!memory)
        return NULL;
    memory->limit = bytes;
    memory->n_buckets = BUCKETS_FIRST;
    memory->buckets = calloc(memory->n_buckets, sizeof(struct entry *));
    if (memory->buckets && getrandom(&memory->seed, sizeof memory->seed, 0) >= 0)
        return memory;
    free(memory->buckets);
    free(memory);
    return NULL;
}

/* ---- the list ---- */

static void unlink_entry(struct memory *memory, struct entry *entry)
{
    *(entry->newer ? &entry->newer->older : &memory->newest) = entry->older;
    *(entry->older ? &entry->older->newer : &memory->oldest) = entry->newer;
}

static void link_newest(struct memory *memory, struct entry *entry)
{
    entry->newer = NULL;
    entry->older = memory->newest;
    *(memory->newest ? &memory->newest->newer : &memory->oldest) = entry;
    memory->newest = entry;
}

/* ---- the table ---- */

static struct entry **find(const struct memory *memory, const char *name, uint64_t hash)
{
    struct entry **at = &memory->buckets[hash & (memory->n_buckets - 1)];
    while (*at && ((*at)->hash != hash || strcmp((*at)->name, name) != 0))
        at = &(*at)->next;
    return at;
}

static void drop(struct memory *memory, struct entry **at)
{
    struct entry *entry = *at;
    *at = entry->next;
    unlink_entry(memory, entry);
    memory->bytes -= size_of(entry);
    memory->n--;
    blob_release(entry->picture.blob);
    free(entry);
}

/* Twice as many buckets; without memory for them, what there is only gets slower. */
static void grow(struct memory *memory)
{
    size_t n = 2 * memory->n_buckets;
    struct entry **buckets = calloc(n, sizeof(struct entry *));
    if (!buckets)
        return;
    for (struct entry *entry = memory->oldest; entry; entry = entry->newer) {
        struct entry **at = &buckets[entry->hash & (n - 1)];
        entry->next = *at;
        *at = entry;
    }
    free(memory->buckets);
    memory->buckets = buckets;
    memory->n_buckets = n;
}

void memory_destroy(struct memory *memory)
{
    if (!memory)
        return;
    while (memory->oldest)
        drop(memory, find(memory, memory->oldest->name, memory->oldest->hash));
    free(memory->buckets);
    free(memory);
}

const struct memory_picture *memory_get(struct memory *memory, const char *name)
{
    struct entry *entry = *find(memory, name, hash_of(memory, name));
    if (!entry)
        return NULL;
    if (entry != memory->newest) {
        unlink_entry(memory, entry);
        link_newest(memory, entry);
    }
    return &entry->picture;
}

void memory_put(struct memory *memory, const char *name, struct blob *blob, int64_t written_ms)
{
    uint64_t hash = hash_of(memory, name);
    size_t len = strlen(name) + 1;
    struct entry **at = find(memory, name, hash);
    if (*at)
        drop(memory, at);
    struct entry *entry =
        sizeof *entry + len + blob->len > memory->limit ? NULL : malloc(sizeof *entry + len);
    if (!entry)
        return;
    if (memory->n >= memory->n_buckets)
        grow(memory);
    entry->hash = hash;
    entry->picture = (struct memory_picture){.blob = blob_hold(blob),
                                             .written_ms = written_ms,
                                             .crc = crc32c(0, blob->bytes, blob->len)};
    memcpy(entry->name, name, len);
    at = &memory->buckets[hash & (memory->n_buckets - 1)];
    entry->next = *at;
    *at = entry;
    link_newest(memory, entry);
    memory->n++;
    memory->bytes += size_of(entry);
    while (memory->bytes > memory->limit)
        drop(memory, find(memory, memory->oldest->name, memory->oldest->hash));
}

uint64_t memory_bytes(const struct memory *memory)
{
    return memory->bytes;
}

size_t memory_count(const struct memory *memory)
{
    return memory->n;
}
