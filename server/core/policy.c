/* SPDX-License-Identifier: ISC */
/* policy: see policy.h. */
#include "core/policy.h"

#include <string.h>

#include "core/decimal.h"

/* Milliseconds. `pxls` is how Pxls is set by default: a pixel after 60 s, then up to five more that
 * are stacked: 360, 720, 1260, 1980 and 2880 s after the last one was placed. */
static const struct policy presets[] = {
    {.name = "free"},
    {.name = "sephsplace", .capacity = 10000, .blank = 400, .painted = 1000},
    {.name = "reddit", .capacity = 300000, .blank = 300000, .painted = 300000},
    {.name = "charges", .capacity = 600000, .blank = 30000, .painted = 30000},
    {.name = "pixelplanet", .capacity = 60000, .blank = 4000, .painted = 7000},
    {.name = "pxls",
     .capacity = 2880000,
     .blank = 60000,
     .painted = 60000,
     .curve = {60000, 300000, 360000, 540000, 720000, 900000},
     .n_curve = 6},
};

/* One number of three, up to `end`. */
static bool read_number(const char *text, const char *end, uint64_t max, uint32_t *number)
{
    uint64_t value;
    if (!decimal_parse(text, (size_t)(end - text), max, &value))
        return false;
    *number = (uint32_t)value;
    return true;
}

bool policy_parse(struct policy *policy, const char *text)
{
    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++) {
        if (strcmp(text, presets[i].name) == 0) {
            *policy = presets[i];
            return true;
        }
    }
    const char *first = strchr(text, '/'), *second = first ? strchr(first + 1, '/') : NULL;
    *policy = (struct policy){.name = "custom"};
    return second && read_number(text, first, POLICY_CAPACITY_MAX, &policy->capacity) &&
           read_number(first + 1, second, policy->capacity, &policy->blank) &&
           read_number(second + 1, second + strlen(second), policy->capacity, &policy->painted) &&
           policy->painted > 0;
}
