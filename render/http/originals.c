/* SPDX-License-Identifier: ISC */
/* originals: an array in the order of time. The folder is the truth; the array says where to look.
 */
#include "render/http/originals.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/store/file_store.h"
#include "sys/clock.h"

enum { ROOM_FIRST = 256, PATH_BYTES = 4096 };

struct entry {
    int64_t time_ms;
    char id[PICTURE_ID_CHARS]; /* no final zero */
};

struct originals {
    struct store *store;
    struct entry *entries; /* the oldest first */
    size_t n, room;
};

/* ---- the array ---- */

/* How many are older than time_ms. */
static size_t older(const struct originals *originals, int64_t time_ms)
{
    size_t low = 0, high = originals->n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (originals->entries[middle].time_ms < time_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool make_room(struct originals *originals)
{
    if (originals->n == ORIGINALS_LISTED) { /* a tenth at once, so that it is seldom done */
        const size_t gone = ORIGINALS_LISTED / 10;
        originals->n -= gone;
        memmove(originals->entries, originals->entries + gone, originals->n * sizeof(struct entry));
    }
    if (originals->n < originals->room)
        return true;
    const size_t room = originals->room ? 2 * originals->room : ROOM_FIRST;
    struct entry *entries = realloc(originals->entries, room * sizeof *entries);
    if (!entries)
        return false;
    originals->entries = entries;
    originals->room = room;
    return true;
}

void originals_add(struct originals *originals, const char *id, int64_t time_ms)
{
    if (!make_room(originals))
        return;
    size_t at = older(originals, time_ms);
    for (size_t i = at; i < originals->n && originals->entries[i].time_ms == time_ms; i++)
        if (memcmp(originals->entries[i].id, id, PICTURE_ID_CHARS) == 0)
            return;
    struct entry *entry = originals->entries + at;
    memmove(entry + 1, entry, (originals->n - at) * sizeof *entry);
    originals->n++;
    entry->time_ms = time_ms;
    memcpy(entry->id, id, PICTURE_ID_CHARS);
}

/* ---- the folder ---- */

static int by_time(const void *a, const void *b)
{
    const int64_t one = ((const struct entry *)a)->time_ms,
                  two = ((const struct entry *)b)->time_ms;
    return one < two ? -1 : one > two;
}

/* In the order of the folder first, because inserting each in its place would take for ever. */
static void look_around(struct originals *originals, const char *dir)
{
    char path[PATH_BYTES];
    const struct dirent *entry;
    struct original original;
    snprintf(path, sizeof path, "%s/images", dir);
    DIR *folder = opendir(path);
    while (folder && (entry = readdir(folder))) {
        if (!originals_look(originals, entry->d_name, &original))
            continue;
        if (originals->n == ORIGINALS_LISTED)
            qsort(originals->entries, originals->n, sizeof *originals->entries, by_time);
        if (!make_room(originals))
            break;
        struct entry *added = originals->entries + originals->n++;
        added->time_ms = original.time_ms;
        memcpy(added->id, original.id, PICTURE_ID_CHARS);
    }
    if (folder)
        closedir(folder);
    if (originals->n > 0)
        qsort(originals->entries, originals->n, sizeof *originals->entries, by_time);
}

struct originals *originals_open(const char *dir, char error[STORE_ERROR_BYTES])
{
    struct originals *originals = calloc(1, sizeof *originals);
    if (!originals) {
        snprintf(error, STORE_ERROR_BYTES, "out of memory");
        return NULL;
    }
    originals->store = file_store_open(dir, error);
    if (!originals->store) {
        free(originals);
        return NULL;
    }
    look_around(originals, dir);
    return originals;
}

void originals_close(struct originals *originals)
{
    if (!originals)
        return;
    store_close(originals->store);
    free(originals->entries);
    free(originals);
}

struct store *originals_store(struct originals *originals)
{
    return originals->store;
}

int64_t originals_time(const struct originals *originals)
{
    const int64_t now = clock_wall_ms();
    const int64_t last = originals->n > 0 ? originals->entries[originals->n - 1].time_ms : 0;
    return now > last ? now : last + 1;
}

bool originals_has(struct originals *originals, const char *id)
{
    char name[ORIGINAL_NAME_BYTES];
    original_name(id, "about.json", name);
    return original_id_good(id, strlen(id)) &&
           store_get(originals->store, name, NULL, NULL) == STORE_FOUND;
}

bool originals_look(struct originals *originals, const char *id, struct original *original)
{
    char name[ORIGINAL_NAME_BYTES];
    struct blob *blob = NULL;
    if (!original_id_good(id, strlen(id)))
        return false;
    original_name(id, "about.json", name);
    if (store_get(originals->store, name, &blob, NULL) != STORE_FOUND)
        return false;
    const bool good = original_read(original, id, blob->bytes, blob->len);
    blob_release(blob);
    return good;
}

int originals_file(struct originals *originals, const char *id)
{
    char name[ORIGINAL_NAME_BYTES];
    original_name(id, "original", name);
    return store_open(originals->store, name);
}

size_t originals_list(struct originals *originals, int64_t before_ms, struct original *list,
                      size_t n)
{
    size_t found = 0;
    for (size_t at = older(originals, before_ms); at > 0 && found < n; at--) {
        char id[PICTURE_ID_CHARS + 1] = "";
        memcpy(id, originals->entries[at - 1].id, PICTURE_ID_CHARS);
        found += originals_look(originals, id, &list[found]);
    }
    return found;
}
