/* SPDX-License-Identifier: ISC */
/* canvases: see canvases.h. */
#include "canvases.h"

#include <stdio.h>

#include "http.h"

static int ask(const struct target *target, bool insecure, struct position *positions,
               const char **error)
{
    char path[TARGET_PATH];
    struct http_answer answer;
    struct tls_context *tls = NULL;
    int n = -1;
    *error = "cannot set up TLS";
    if (target->tls && !(tls = tls_context_create(insecure)))
        return -1;
    target_path(target, NULL, "info", path);
    if (http_get(target, tls, path, &answer, error) == 0) {
        *error = "/info does not name its canvases";
        if (answer.status == 200)
            n = plane_open_canvases((const char *)answer.body, answer.body_len, positions,
                                    CANVASES_MAX);
        http_answer_finish(&answer);
        if (n == 0)
            *error = "no canvas is open";
    }
    tls_context_destroy(tls);
    return n;
}

int canvases_ask(struct options *options)
{
    const char *error;
    if (!options->all_canvases)
        return 0;
    int n = ask(&options->targets[0], options->insecure, options->canvases, &error);
    if (n <= 0) {
        fprintf(stderr, "edit-flood: %s: %s\n", options->targets[0].url, error);
        return -1;
    }
    options->n_canvases = (unsigned)n;
    return 0;
}
