/* SPDX-License-Identifier: ISC */
/* callers: see callers.h. A node an address that holds something, in buckets whose choice nobody
 * outside can foresee. */
#include "net/callers.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "sys/env.h"
#include "sys/sys_env.h"

enum { BUCKET_BITS = 12 };

struct caller {
    struct caller *next;
    uint64_t key;
    unsigned n;
};

struct callers {
    pthread_mutex_t lock;
    unsigned most;
    uint64_t seed; /* odd */
    struct caller *buckets[1 << BUCKET_BITS];
};

struct callers *callers_create(unsigned most)
{
    struct callers *callers = calloc(1, sizeof *callers);
    if (!callers)
        return NULL;
    pthread_mutex_init(&callers->lock, NULL);
    callers->most = most;
    callers->seed = env_random_u64(&sys_env) | 1;
    return callers;
}

void callers_destroy(struct callers *callers)
{
    if (!callers)
        return;
    for (size_t i = 0; i < 1 << BUCKET_BITS; i++) {
        for (struct caller *caller = callers->buckets[i], *next; caller; caller = next) {
            next = caller->next;
            free(caller);
        }
    }
    pthread_mutex_destroy(&callers->lock);
    free(callers);
}

/* 0: unknown. No network of IPv6 that is routed begins with the bits that stand for IPv4. */
static uint64_t key_of(const uint8_t address[16])
{
    static const uint8_t v4[12] = {[10] = 0xff, [11] = 0xff}, unknown[16];
    if (memcmp(address, unknown, sizeof unknown) == 0)
        return 0;
    if (memcmp(address, v4, sizeof v4) == 0)
        return UINT64_C(1) << 32 | load_u32(address + sizeof v4);
    uint64_t prefix = load_u64(address);
    return prefix ? prefix : 1; /* ::1 */
}

/* Where the address's node hangs, or would. */
static struct caller **find(struct callers *callers, uint64_t key)
{
    struct caller **at = &callers->buckets[(key * callers->seed) >> (64 - BUCKET_BITS)];
    while (*at && (*at)->key != key)
        at = &(*at)->next;
    return at;
}

bool callers_enter(struct callers *callers, const uint8_t address[16], uint64_t *caller)
{
    uint64_t key = key_of(address);
    bool room = true;
    *caller = key;
    if (key == 0)
        return true;
    pthread_mutex_lock(&callers->lock);
    struct caller **at = find(callers, key);
    if (!*at)
        *at = calloc(1, sizeof **at);
    if (!*at || (*at)->n >= callers->most) {
        room = false;
        *caller = 0;
    } else {
        (*at)->key = key;
        (*at)->n++;
    }
    pthread_mutex_unlock(&callers->lock);
    return room;
}

void callers_leave(struct callers *callers, uint64_t key)
{
    if (key == 0)
        return;
    pthread_mutex_lock(&callers->lock);
    struct caller **at = find(callers, key), *caller = *at;
    if (--caller->n == 0) {
        *at = caller->next;
        free(caller);
    }
    pthread_mutex_unlock(&callers->lock);
}
