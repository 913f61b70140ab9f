/* SPDX-License-Identifier: ISC */
/* ledger: see ledger.h. */
#include "ledger.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

enum {
    WORDS = 1 << 24,
};

struct entry {
    _Atomic uint32_t sent_us; /* 0: never; the lowest bit is given up for that */
    int16_t outstanding;
    int16_t unanswered;
};

struct ledger {
    struct entry *entries;
};

struct ledger *ledger_create(bool shared)
{
    struct ledger *ledger = malloc(sizeof *ledger);
    if (!ledger)
        return NULL;
    void *memory = mmap(NULL, WORDS * sizeof *ledger->entries, PROT_READ | PROT_WRITE,
                        (shared ? MAP_SHARED : MAP_PRIVATE) | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        free(ledger);
        return NULL;
    }
    /* Random access: with 4-kB pages, every one would miss the TLB. A wish; it may fail. */
    (void)madvise(memory, WORDS * sizeof *ledger->entries, MADV_HUGEPAGE);
    ledger->entries = memory;
    return ledger;
}

void ledger_destroy(struct ledger *ledger)
{
    if (!ledger)
        return;
    munmap(ledger->entries, WORDS * sizeof *ledger->entries);
    free(ledger);
}

void ledger_sent(struct ledger *ledger, uint32_t key, const uint32_t *words, size_t n,
                 uint32_t now_us)
{
    for (size_t i = 0; i < n; i++) {
        struct entry *entry = &ledger->entries[words[i] ^ key];
        if (entry->outstanding <= 0) /* else: the oldest under way is the next to be seen */
            atomic_store_explicit(&entry->sent_us, now_us | 1, memory_order_relaxed);
        entry->outstanding++;
        entry->unanswered++;
    }
}

bool ledger_seen(struct ledger *ledger, uint32_t key, uint32_t word, uint32_t *sent_us)
{
    struct entry *entry = &ledger->entries[word ^ key];
    if (entry->outstanding <= 0)
        return false;
    entry->outstanding--;
    *sent_us = atomic_load_explicit(&entry->sent_us, memory_order_relaxed);
    return true;
}

size_t ledger_withdrawn(struct ledger *ledger, uint32_t key, const uint32_t *words, size_t n)
{
    size_t seen = 0;
    for (size_t i = 0; i < n; i++) {
        struct entry *entry = &ledger->entries[words[i] ^ key];
        entry->unanswered--;
        if (entry->outstanding > entry->unanswered)
            entry->outstanding--;
        else
            seen++;
    }
    return seen;
}

size_t ledger_acknowledged(struct ledger *ledger, uint32_t key, const uint32_t *words, size_t n)
{
    size_t unseen = 0;
    for (size_t i = 0; i < n; i++) {
        struct entry *entry = &ledger->entries[words[i] ^ key];
        entry->unanswered--;
        if (entry->outstanding > entry->unanswered) {
            unseen++;
            entry->outstanding = entry->unanswered; /* said once */
        }
    }
    return unseen;
}

bool ledger_when(const struct ledger *ledger, uint32_t key, uint32_t word, uint32_t *sent_us)
{
    *sent_us = atomic_load_explicit(&ledger->entries[word ^ key].sent_us, memory_order_relaxed);
    return *sent_us != 0;
}
