/* SPDX-License-Identifier: ISC */
/* plan: what the options mean for one log: which versions, which pixels, which tempo. */
#ifndef PLACED_TIMELAPSE_PLAN_H
#define PLACED_TIMELAPSE_PLAN_H

#include <stdint.h>

#include "common/region.h"
#include "core/record.h"
#include "tempo.h"

struct plan {
    uint8_t genesis[GENESIS_BYTES]; /* the log's; zeros when it does not say */
    uint64_t from, to;              /* versions: the first picture, and the last one */
    struct region region;
    struct tempo_config tempo;
    uint64_t frames; /* from the first to the last, those without change included */
};

#endif
