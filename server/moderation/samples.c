/* SPDX-License-Identifier: ISC */
/* samples: see samples.h. Goes through the header's runs, so that it is linear. */
#include "moderation/samples.h"

#include "core/authors.h"
#include "core/bytes.h"
#include "core/edit.h"
#include "rules/visitor.h"

void samples_each(const struct record *record, const struct record_edits *edits, size_t step,
                  struct sample_taker *taker)
{
    if (edits->n == 0 || authors_count(record->authors) != edits->n)
        return;
    const uint8_t *run = record->authors.data + 1;
    int64_t left = load_u16(run); /* edits of the run, the i-th included; below 1: further on */
    struct sample sample = {.time_ms = record->time_ms};
    for (size_t i = 0; i < edits->n; i += step, left -= (int64_t)step) {
        for (; left <= 0; left += load_u16(run))
            run += AUTHORS_RUN_BYTES;
        sample.author = load_u64(run + 2);
        if (!(sample.author & AUTHOR_PERSON))
            continue;
        uint32_t edit = edit_load(edits->edits + EDIT_BYTES * i);
        sample.x = edits->position.gx * CANVAS_WIDTH + (int32_t)edit_x(edit);
        sample.y = edits->position.gy * CANVAS_HEIGHT + (int32_t)edit_y(edit);
        sample.colour = (uint8_t)edit_colour(edit);
        sample.weight = (uint32_t)(edits->n - i < step ? edits->n - i : step);
        taker->take(taker, &sample);
    }
}
