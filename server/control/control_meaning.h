/* SPDX-License-Identifier: ISC */
/*
 * control_meaning: what a record of the control log says, beyond its type and name: its members
 * read and checked, so that nobody else has to be afraid of them. Pure.
 */
#ifndef PLACED_CONTROL_CONTROL_MEANING_H
#define PLACED_CONTROL_CONTROL_MEANING_H

#include <stdbool.h>
#include <stdint.h>

#include "control/control_actor.h"
#include "control/control_type.h"
#include "core/position.h"
#include "rules/ruleset.h"

struct cJSON;

enum {
    CONTROL_HASH_BYTES = 32, /* SHA-256 of a token */
    CONTROL_WRONG_BYTES = 128,
};

/* A canvas that opens or closes by hand. Before from and from until on it is the opposite. */
struct control_canvas {
    struct position position;
    bool open;
    int64_t from_ms, until_ms; /* 0: since ever, for ever */
};

struct control_freeze {
    int64_t until_ms; /* 0: until it is taken back */
    char words[RULESET_WORDS];
};

struct control_token {
    uint8_t hash[CONTROL_HASH_BYTES];
    enum control_role role;
    bool first; /* made by a server that found no token of an operator: it counts if it is so */
};

union control_meaning {
    struct ban ban;
    struct region region;
    struct control_canvas canvas;
    uint16_t colours; /* palette */
    struct control_freeze freeze;
    struct control_token token;
    uint64_t author;      /* energy, forget: whose */
    uint64_t fingerprint; /* secret */
};

/* Names that mean the same are written in one way: 192.0.2.9/24 is 192.0.2.0/24, an author's id has
 * small digits and no A before it. False when it is no name for this type. */
bool control_name_canonical(enum control_type type, const char *text, char name[CONTROL_NAME]);

/* Read the members of a record that is not gone. 0, or -1 with what is wrong. name is canonical. */
int control_meaning_read(enum control_type type, const char *name, const struct cJSON *record,
                         union control_meaning *meaning, char wrong[CONTROL_WRONG_BYTES]);

#endif
