/* SPDX-License-Identifier: ISC */
/* control_type: the types of the control log's records, a row each. Pure. */
#ifndef PLACED_CONTROL_CONTROL_TYPE_H
#define PLACED_CONTROL_CONTROL_TYPE_H

#include <stdbool.h>
#include <stddef.h>

#include "rules/ruleset.h"

/* What stands of a type: the last record of each name, as far as this goes. */
enum control_keep {
    KEEP_NONE,   /* something that happened: nothing stands */
    KEEP_ALL,    /* a rule: when there are too many, a further one is refused */
    KEEP_NEWEST, /* when there are too many, the oldest is forgotten */
};

/* X(name of the enumerator, type in the record, what stands, how many at most, is it an action that
 * the audit shows?, does everybody have to hear of it?) */
#define CONTROL_TYPES(X)                                                                           \
    X(BAN, "ban", KEEP_ALL, RULESET_BANS, true, false)                                             \
    X(REGION, "region", KEEP_ALL, RULESET_REGIONS, true, true)                                     \
    X(CANVAS, "canvas", KEEP_ALL, 2048, true, true)                                                \
    X(PALETTE, "palette", KEEP_ALL, 1, true, true)                                                 \
    X(FREEZE, "freeze", KEEP_ALL, RULESET_REGIONS + 1, true, true)                                 \
    X(TOKEN, "token", KEEP_ALL, 1024, true, false)                                                 \
    X(RULE, "rule", KEEP_ALL, 64, true, false)                                                     \
    X(SECRET, "secret", KEEP_ALL, 1, false, false)                                                 \
    X(REPORT, "report", KEEP_NEWEST, 8192, false, false)                                           \
    X(REPORT_CLOSE, "report-close", KEEP_NEWEST, 8192, true, false)                                \
    X(ACTION, "action", KEEP_NEWEST, 8192, true, false)                                            \
    X(SUSPECT, "suspect", KEEP_NEWEST, 4096, true, false)                                          \
    X(ENERGY, "energy", KEEP_NONE, 0, true, false)                                                 \
    X(FORGET, "forget", KEEP_NONE, 0, true, false)                                                 \
    X(LOOKUP, "lookup", KEEP_NONE, 0, true, false)                                                 \
    X(SEEN, "seen", KEEP_NONE, 0, false, false)

enum control_type {
#define X(name, type, keep, most, audited, heard) CONTROL_##name,
    CONTROL_TYPES(X)
#undef X
        CONTROL_TYPES_N,
    CONTROL_UNKNOWN = CONTROL_TYPES_N,
};

struct control_type_row {
    const char *name;
    enum control_keep keep;
    size_t most;
    bool audited, heard;
};

extern const struct control_type_row control_types[CONTROL_TYPES_N];

/* CONTROL_UNKNOWN when there is none of this name. */
enum control_type control_type_find(const char *name);

#endif
