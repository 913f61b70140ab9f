/* SPDX-License-Identifier: ISC */
/* health: see health.h. */
#include "api/health.h"

#include <string.h>

#include "control/control.h"
#include "http/http.h"
#include "http/reply.h"
#include "http/site.h"
#include "net/loop_state.h"

static void say(struct http *http, unsigned status, const char *text)
{
    reply_send(http, (struct reply){.status = status,
                                    .type = "text/plain; charset=utf-8",
                                    .extra = "Cache-Control: no-store\r\n",
                                    .body = text,
                                    .len = strlen(text)});
}

void health_get(struct http *http)
{
    say(http, 200, "alive\n");
}

void readiness_get(struct http *http)
{
    const struct loop *loop = http->conn->loop;
    struct metrics *metrics = loop->config.metrics;
    char words[CONTROL_ERROR_BYTES + 1];
    if (loop->phase != LOOP_RUNS)
        say(http, 503, "shutting down\n");
    else if (!metric_get(metrics, caught_up))
        say(http, 503, "still reading the log\n");
    else if (!metric_get(metrics, log_writable))
        say(http, 503, "the log cannot be written\n");
    else if (control_trouble(http->site->control, words))
        say(http, 503, strcat(words, "\n"));
    else
        say(http, 200, "ready\n");
}
