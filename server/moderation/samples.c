/* SPDX-License-Identifier: ISC */
/* samples: see samples.h. Goes through the header's runs, so that it is linear. */
#include "moderation/samples.h"

#include "core/authors.h"
#include "core/bytes.h"
#include "core/edit.h"
#include "rules/visitor.h"

void samples_each(const struct record *record, const struct record_edits *edits,
                  struct sample_taker *taker)
{
    if (edits->n == 0 || authors_count(record->authors) != edits->n)
        return;
    const uint8_t *run = record->authors.data + 1;
    size_t left = 0;
    struct sample sample = {.time_ms = record->time_ms};
    for (size_t i = 0; i < edits->n; i++, left--) {
        for (; left == 0; run += AUTHORS_RUN_BYTES) {
            left = load_u16(run);
            sample.author = load_u64(run + 2);
        }
        if (!(sample.author & AUTHOR_PERSON))
            continue;
        uint32_t edit = edit_load(edits->edits + EDIT_BYTES * i);
        sample.x = edits->position.gx * CANVAS_WIDTH + (int32_t)edit_x(edit);
        sample.y = edits->position.gy * CANVAS_HEIGHT + (int32_t)edit_y(edit);
        sample.colour = (uint8_t)edit_colour(edit);
        taker->take(taker, &sample);
    }
}
