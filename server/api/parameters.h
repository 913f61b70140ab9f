/* SPDX-License-Identifier: ISC */
/*
 * parameters: what a client says with a request: in its query, in a form, or in a JSON object.
 * Errors say what was expected.
 */
#ifndef PLACED_API_PARAMETERS_H
#define PLACED_API_PARAMETERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/edit.h"
#include "core/position.h"

struct cJSON;
struct request;

enum {
    PARAMETERS_ERROR_BYTES = 96,
    PLANE_MIN = POSITION_MIN * CANVAS_WIDTH, /* pixels; canvases are square */
    PLANE_MAX = (POSITION_MAX + 1) * CANVAS_WIDTH - 1,
};

struct parameters {
    const struct request *request;
    struct cJSON *json; /* of the body; NULL: it is a form, or nothing */
    bool form;
};

/* Find out how they are said. names: of what is wanted, for the error. 0, or the status of the
 * error. parameters_finish in any case. */
unsigned parameters_read(struct parameters *from, const struct request *request, const char *names,
                         char error[PARAMETERS_ERROR_BYTES]);
void parameters_finish(struct parameters *from);

/* Is this one said at all? */
bool parameters_has(const struct parameters *from, const char *name);

/* A whole number. 0, or -1 with an error. */
int parameters_number(const struct parameters *from, const char *name, int64_t min, int64_t max,
                      int64_t *number, char error[PARAMETERS_ERROR_BYTES]);

/* One of n words: its place among them, or -1 with an error. */
int parameters_word(const struct parameters *from, const char *name, const char *const *words,
                    size_t n, char error[PARAMETERS_ERROR_BYTES]);

#endif
