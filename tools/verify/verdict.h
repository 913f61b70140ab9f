/* SPDX-License-Identifier: ISC */
/* verdict: what was compared, and what was found. */
#ifndef PLACED_VERIFY_VERDICT_H
#define PLACED_VERIFY_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/difference.h"
#include "compare.h"
#include "history/digest.h"

enum {
    VERDICT_FINDINGS_MAX = 3, /* one of each side in itself, one between them */
    VERDICT_ERROR_BYTES = 640,
};

enum verdict_result {
    VERDICT_SAME,
    VERDICT_DIFFERENT, /* see findings */
    VERDICT_FAILED,    /* not all could be read: see error. Nothing is proved */
};

struct finding {
    const char *who; /* "A", "B" (in itself, against what its own index says) or "A and B" */
    struct difference difference;
};

/* What commits to the complete blocks of a canvas. */
struct chain {
    struct position position;
    uint64_t blocks;
    uint8_t chain[DIGEST_BYTES];
};

struct verdict {
    enum verdict_result result;
    uint64_t version; /* of the plane, up to which was compared */
    size_t canvases;
    uint64_t blocks; /* complete ones; those of both sides count once */
    struct compared compared;
    struct finding findings[VERDICT_FINDINGS_MAX];
    size_t n_findings;
    char error[VERDICT_ERROR_BYTES];
    struct chain *chains; /* as computed */
    size_t n_chains, chains_room;
};

void verdict_finish(struct verdict *verdict); /* frees what it holds */

/* Each returns false, so that a check can end with it. */
bool verdict_found(struct verdict *verdict, const char *who, const struct difference *difference);
bool verdict_failed(struct verdict *verdict, const char *who, const char *error);

/* False without memory, which is then the verdict. */
bool verdict_chain(struct verdict *verdict, struct position position, uint64_t blocks,
                   const uint8_t chain[DIGEST_BYTES]);

#endif
