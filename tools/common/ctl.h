/* SPDX-License-Identifier: ISC */
/*
 * ctl: one run of a program by its description: the server, what was asked for, and how it is
 * answered. Whatever fails is said once, on standard error, with the request that it was.
 */
#ifndef PLACED_TOOLS_CTL_H
#define PLACED_TOOLS_CTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl_options.h"

struct cJSON;
struct fetch;

enum exit_status {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_WRONG = 2,   /* usage */
    EXIT_REFUSED = 3, /* by the server: 401, 403, 409 */
};

struct ctl {
    const struct arguments *arguments;
    struct fetch *fetch;
    bool json, quiet, yes;
    const char *why; /* of what is done; NULL: not given */
    int64_t now_ms;  /* since 1970, when the program began */
    int status;      /* of the last request that failed */
};

/* False after a message. */
bool ctl_open(struct ctl *ctl, const struct arguments *arguments);
void ctl_close(struct ctl *ctl);

/* GET or POST: the path is the program's prefix and the request. The answer; NULL after a message,
 * and then the exit status is in ctl->status. body is the callee's, and gets why. */
struct cJSON *ctl_get(struct ctl *ctl, const char *request);
struct cJSON *ctl_post(struct ctl *ctl, const char *request, struct cJSON *body);

/* The bytes of a path without that prefix, at most limit, for free(). The exit status. */
int ctl_get_bytes(struct ctl *ctl, const char *path, size_t limit, uint8_t **bytes, size_t *len);

/* How a command ends: the answer (which becomes the callee's) as JSON with --json, else the words,
 * unless --quiet. NULL: the request failed. The exit status. */
int ctl_end(struct ctl *ctl, struct cJSON *answer, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A list that was answered: as JSON, or by show. The exit status. */
int ctl_end_list(struct ctl *ctl, struct cJSON *answer, int (*show)(struct ctl *, struct cJSON *));

/* The same words on standard error, with the program's name; EXIT_FAILED. */
int ctl_fail(const struct ctl *ctl, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Wrong usage: the argument, and what was expected; EXIT_WRONG. */
int ctl_wrong(const struct ctl *ctl, const char *what, const char *expected, const char *got);

/* Ask on the terminal. False: no, or there is no terminal to ask on. */
bool ctl_confirm(struct ctl *ctl, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A number of an answer, 0 when it is none; a text, "" when it is none. */
uint64_t ctl_number(const struct cJSON *json, const char *member);
const char *ctl_text(const struct cJSON *json, const char *member);

#endif
