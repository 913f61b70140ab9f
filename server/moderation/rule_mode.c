/* SPDX-License-Identifier: ISC */
/* rule_mode: see rule_mode.h. */
#include "moderation/rule_mode.h"

#include <string.h>

static const char *const names[] = {
    [RULE_OFF] = "off", [RULE_SIMULATE] = "simulate", [RULE_ON] = "on"};

const char *rule_mode_name(enum rule_mode mode)
{
    return names[mode];
}

bool rule_mode_find(const char *name, enum rule_mode *mode)
{
    for (int i = RULE_OFF; i <= RULE_ON; i++) {
        if (strcmp(names[i], name) == 0) {
            *mode = (enum rule_mode)i;
            return true;
        }
    }
    return false;
}

bool rule_mode_may_follow(enum rule_mode before, enum rule_mode after)
{
    return (int)after <= (int)before + 1;
}
