/* SPDX-License-Identifier: ISC */
/* samples: a record's edits one by one, as the detectors see them. Pure. */
#ifndef PLACED_MODERATION_SAMPLES_H
#define PLACED_MODERATION_SAMPLES_H

#include <stddef.h>

#include "core/record.h"
#include "moderation/sample.h"

/* Who takes them. Embed it. */
struct sample_taker {
    void (*take)(struct sample_taker *taker, const struct sample *sample);
};

/* Every step-th edit of the record, in order; its network is not known yet. Edits by the operator,
 * and by actions of moderators, are left out. */
void samples_each(const struct record *record, const struct record_edits *edits, size_t step,
                  struct sample_taker *taker);

#endif
