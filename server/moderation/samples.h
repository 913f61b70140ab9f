/* SPDX-License-Identifier: ISC */
/* samples: a record's edits one by one, as the detectors see them. Pure. */
#ifndef PLACED_MODERATION_SAMPLES_H
#define PLACED_MODERATION_SAMPLES_H

#include "core/record.h"
#include "moderation/sample.h"

/* Who takes them. Embed it. */
struct sample_taker {
    void (*take)(struct sample_taker *taker, const struct sample *sample);
};

/* Every edit of the record that a person or a program made, in order; its network is not known yet.
 * Edits by the operator, and by actions of moderators, are left out. */
void samples_each(const struct record *record, const struct record_edits *edits,
                  struct sample_taker *taker);

#endif
