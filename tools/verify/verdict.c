/* SPDX-License-Identifier: ISC */
/* verdict: see verdict.h. */
#include "verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void verdict_finish(struct verdict *verdict)
{
    free(verdict->chains);
    *verdict = (struct verdict){0};
}

bool verdict_found(struct verdict *v, const char *who, const struct difference *difference)
{
    if (v->result == VERDICT_SAME)
        v->result = VERDICT_DIFFERENT;
    if (v->n_findings < VERDICT_FINDINGS_MAX)
        v->findings[v->n_findings++] = (struct finding){who, *difference};
    return false;
}

bool verdict_failed(struct verdict *v, const char *who, const char *error)
{
    v->result = VERDICT_FAILED;
    snprintf(v->error, sizeof v->error, "%s%s%s", who, *who ? ": " : "", error);
    return false;
}

bool verdict_chain(struct verdict *v, struct position position, uint64_t blocks,
                   const uint8_t chain[DIGEST_BYTES])
{
    if (v->n_chains == v->chains_room) {
        size_t room = 2 * v->chains_room + 16;
        struct chain *grown = realloc(v->chains, room * sizeof *grown);
        if (!grown)
            return verdict_failed(v, "", "no memory");
        v->chains = grown;
        v->chains_room = room;
    }
    struct chain *entry = &v->chains[v->n_chains++];
    *entry = (struct chain){.position = position, .blocks = blocks};
    memcpy(entry->chain, chain, DIGEST_BYTES);
    return true;
}
