/* SPDX-License-Identifier: ISC */
/* control_actor: the roles by name. */
#include "control/control_actor.h"

#include <string.h>

static const char *const names[] = {
    [ROLE_NONE] = "none",           [ROLE_BOT] = "bot",           [ROLE_VIEWER] = "viewer",
    [ROLE_MODERATOR] = "moderator", [ROLE_OPERATOR] = "operator",
};

const char *control_role_name(enum control_role role)
{
    return names[role];
}

enum control_role control_role_find(const char *name)
{
    for (int role = ROLE_BOT; role <= ROLE_OPERATOR; role++) {
        if (strcmp(names[role], name) == 0)
            return (enum control_role)role;
    }
    return ROLE_NONE;
}
