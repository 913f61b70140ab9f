/* SPDX-License-Identifier: ISC */
/* rule_mode: what a detector's findings are good for; set by records of type rule. Pure. */
#ifndef PLACED_MODERATION_RULE_MODE_H
#define PLACED_MODERATION_RULE_MODE_H

#include <stdbool.h>

enum rule_mode {
    RULE_OFF,      /* it does not look */
    RULE_SIMULATE, /* it counts what it would say */
    RULE_ON,       /* its suspects are listed and recorded */
};

const char *rule_mode_name(enum rule_mode mode);

/* False when the name is none. */
bool rule_mode_find(const char *name, enum rule_mode *mode);

/* From off to on leads simulate; down may go anywhere. */
bool rule_mode_may_follow(enum rule_mode before, enum rule_mode after);

#endif
