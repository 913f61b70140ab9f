/* SPDX-License-Identifier: ISC */
/* control_actor: who acts on the control log, and what a role may do there. Pure. */
#ifndef PLACED_CONTROL_CONTROL_ACTOR_H
#define PLACED_CONTROL_CONTROL_ACTOR_H

enum {
    CONTROL_ERROR_BYTES = 256,
    CONTROL_RECORD_MAX = 4096, /* bytes of a record */
    CONTROL_NAME = 48,
    CONTROL_WHY = 200,
    CONTROL_TOKEN_BYTES = 64, /* a token as text, with its NUL */
};

enum control_role {
    ROLE_NONE,
    ROLE_BOT, /* draws; nothing else */
    ROLE_VIEWER,
    ROLE_MODERATOR,
    ROLE_OPERATOR,
};

/* "none", "bot", "viewer", "moderator", "operator". */
const char *control_role_name(enum control_role role);

/* ROLE_NONE when it is no role's name. */
enum control_role control_role_find(const char *name);

/* Who acts, and why. */
struct control_actor {
    char name[CONTROL_NAME];
    enum control_role role;
    char why[CONTROL_WHY];
};

#endif
