/* SPDX-License-Identifier: ISC */
/* moment: a place in the history as somebody writes it: a version, or a time. */
#ifndef PLACED_TOOLS_MOMENT_H
#define PLACED_TOOLS_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "source.h"

/* Digits from this number on are ms since 1970 (it is September 2001), below it a version. */
#define MOMENT_TIME_FROM UINT64_C(1000000000000)
#define MOMENT_FORMS                                                                               \
    "a version, ms since 1970 (13 digits or more) or a time such as 2026-04-01T12:00:00Z"

struct moment {
    bool is_time;
    uint64_t version;
    int64_t time_ms;
};

/* False when it is none of MOMENT_FORMS (RFC 3339, with offsets too). */
bool moment_parse(const char *text, struct moment *moment);

/* The version that a moment means in this source; a version is not looked at. 0, or -1 and
 * source_error. */
int moment_version(const struct moment *moment, struct source *source, uint64_t *version);

#endif
