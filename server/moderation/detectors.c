/* SPDX-License-Identifier: ISC */
/* detectors: see detectors.h. */
#include "moderation/detectors.h"

#include <string.h>

#include "moderation/net_identities.h"
#include "moderation/net_rate.h"
#include "moderation/shape.h"

const struct detector_rule detector_rules[DETECTORS] = {
    {"net-rate", "edits a second of one network, over 10 s", 50, net_rate_create},
    {"net-identities", "authors first seen in one network within 10 min", 20,
     net_identities_create},
    {"shape", "authors who paint one cell together, and nothing elsewhere", 15, shape_create},
};

int detectors_find(const char *name)
{
    for (int i = 0; i < DETECTORS; i++)
        if (strcmp(detector_rules[i].name, name) == 0)
            return i;
    return -1;
}

struct detector *detectors_create(int rule, uint32_t threshold, struct suspects *suspects)
{
    struct detector *detector = detector_rules[rule].create();
    if (!detector)
        return NULL;
    detector->rule = rule;
    detector->threshold = threshold ? threshold : detector_rules[rule].threshold;
    detector->suspects = suspects;
    return detector;
}
