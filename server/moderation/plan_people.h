/* SPDX-License-Identifier: ISC */
/* plan_people: who is banned and who was seen on a network, as a plan asks for it. */
#ifndef PLACED_MODERATION_PLAN_PEOPLE_H
#define PLACED_MODERATION_PLAN_PEOPLE_H

#include "moderation/moderation_config.h"
#include "moderation/plan.h"

struct plan_people {
    struct plan_networks networks;
    struct plan_bans bans;
    const struct moderation_config *config;
};

struct plan_people plan_people_of(const struct moderation_config *config);

#endif
