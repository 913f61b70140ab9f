/* SPDX-License-Identifier: ISC */
/*
 * ctl: one run of the program: the server, what was asked for, and how it is answered. Whatever
 * fails is said once, on standard error, with the request that it was.
 */
#ifndef PLACED_RENDERCTL_CTL_H
#define PLACED_RENDERCTL_CTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "options.h"

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
    int64_t now_ms; /* since 1970, when the program began */
    int status;     /* of the last request that failed */
};

/* False after a message. */
bool ctl_open(struct ctl *ctl, const struct arguments *arguments);
void ctl_close(struct ctl *ctl);

/* GET or POST. The answer, a JSON object; NULL after a message, and then the exit status is in
 * ctl->status. body is the callee's. */
struct cJSON *ctl_get(struct ctl *ctl, const char *path);
struct cJSON *ctl_post(struct ctl *ctl, const char *path, struct cJSON *body);

/* How a command ends: the answer (which becomes the callee's) as JSON with --json, else the words,
 * unless --quiet. NULL: the request failed. The exit status. */
int ctl_end(struct ctl *ctl, struct cJSON *answer, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A list that was answered: as JSON, or by show. The exit status. */
int ctl_end_list(struct ctl *ctl, struct cJSON *answer, int (*show)(struct ctl *, struct cJSON *));

/* The same words on standard error, with the program's name; EXIT_FAILED. */
int ctl_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Wrong usage: the argument, and what was expected; EXIT_WRONG. */
int ctl_wrong(const struct ctl *ctl, const char *what, const char *expected, const char *got);

/* Ask on the terminal. False: no, or there is no terminal to ask on. */
bool ctl_confirm(struct ctl *ctl, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A number of an answer, 0 when it is none; a text, "" when it is none. */
uint64_t ctl_number(const struct cJSON *json, const char *member);
const char *ctl_text(const struct cJSON *json, const char *member);

#endif
