/* SPDX-License-Identifier: ISC */
/* history_answer: see history_answer.h. */
#include "history/history_answer.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/crc32c.h"

/* What a struct history_answer stands in. */
struct counted {
    struct history_answer answer; /* first: the pointers are exchanged */
    atomic_uint references;
};

bool history_name_equal(struct history_name a, struct history_name b)
{
    return a.kind == b.kind && position_equal(a.position, b.position) && a.from == b.from &&
           a.to == b.to;
}

struct history_answer *history_answer_make(struct history_name name, uint64_t version,
                                           uint8_t *bytes, size_t len)
{
    struct counted *counted = calloc(1, sizeof *counted);
    if (!counted) {
        free(bytes);
        return NULL;
    }
    struct history_answer *answer = &counted->answer;
    *answer = (struct history_answer){.name = name, .version = version, .bytes = bytes, .len = len};
    /* Of one name, the CRC tells apart what another version of placed has encoded differently. */
    snprintf(answer->etag, sizeof answer->etag, "\"%" PRIx64 ".%08" PRIx32 "\"", version,
             crc32c(0, bytes, len));
    atomic_init(&counted->references, 1);
    return answer;
}

struct history_answer *history_answer_retain(struct history_answer *answer)
{
    if (answer)
        atomic_fetch_add_explicit(&((struct counted *)answer)->references, 1, memory_order_relaxed);
    return answer;
}

void history_answer_release(struct history_answer *answer)
{
    struct counted *counted = (struct counted *)answer;
    if (!counted || atomic_fetch_sub_explicit(&counted->references, 1, memory_order_acq_rel) != 1)
        return;
    free((void *)(uintptr_t)answer->bytes);
    free(counted);
}
