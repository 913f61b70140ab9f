/* SPDX-License-Identifier: ISC */
/* refusals: an array that doubles. Words are rare, and allocated for those that have some. */
#include "session/refusals.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 4 };

struct pending_refusal {
    uint32_t id;
    enum refusal reason;
    uint64_t retry_ms;
    int64_t until_ms;
    char *words; /* NULL: none */
};

void refusals_finish(struct refusals *refusals)
{
    refusals_drop(refusals, refusals->n);
    free(refusals->all);
    *refusals = (struct refusals){0};
}

int refusals_add(struct refusals *refusals, uint32_t id, const struct verdict *verdict)
{
    const struct obstacle *obstacle = &verdict->obstacle;
    if (refusals->n == refusals->room) {
        size_t room = refusals->room ? 2u * refusals->room : FIRST_ROOM;
        struct pending_refusal *all =
            room > REFUSALS_MAX ? NULL : realloc(refusals->all, room * sizeof *all);
        if (!all)
            return -1;
        refusals->all = all;
        refusals->room = (uint8_t)room;
    }
    char *words = obstacle->words[0] ? strdup(obstacle->words) : NULL;
    refusals->all[refusals->n++] = (struct pending_refusal){.id = id,
                                                            .reason = obstacle->reason,
                                                            .retry_ms = verdict->retry_ms,
                                                            .until_ms = obstacle->until_ms,
                                                            .words = words};
    return 0;
}

size_t refusals_list(const struct refusals *refusals, struct message *messages, size_t room)
{
    size_t n = 0;
    for (; n < refusals->n && n < room; n++) {
        const struct pending_refusal *refusal = &refusals->all[n];
        messages[n] = (struct message){.type = MESSAGE_REFUSED,
                                       .id = refusal->id,
                                       .reason = refusal->reason,
                                       .retry_ms = refusal->retry_ms,
                                       .until_ms = refusal->until_ms,
                                       .words = refusal->words};
    }
    return n;
}

void refusals_drop(struct refusals *refusals, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(refusals->all[i].words);
    refusals->n = (uint8_t)(refusals->n - n);
    if (n > 0)
        memmove(refusals->all, refusals->all + n, refusals->n * sizeof *refusals->all);
}
