/* SPDX-License-Identifier: ISC */
/* to_server: see to_server.h. */
#include "to_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed.h"
#include "prepare.h"
#include "server_out.h"
#include "sys/clock.h"

static int complain(const char *what)
{
    if (*what)
        fprintf(stderr, "import: %s\n", what);
    return -1;
}

static int place(const struct options *options, struct work *work, struct work_state *state,
                 struct server_out *out, struct report *report)
{
    char error[RUN_ERROR_BYTES];
    uint64_t begun_us = clock_now_us();
    size_t edits = options->batch < SERVER_OUT_EDITS_MAX ? options->batch : SERVER_OUT_EDITS_MAX;
    int rc = feed(options, work, state, server_out_batches(out), edits, error);
    if (server_out_finish(out) != 0)
        rc = -1;
    if (rc != 0)
        complain(server_out_error(out)[0] ? server_out_error(out) : error);
    report->found = server_out_found(out);
    report->appended = server_out_placed(out);
    report->records = server_out_messages(out);
    report->refused = server_out_refused(out);
    report->append_s = (double)(clock_now_us() - begun_us) / 1e6;
    return rc;
}

int to_server(const struct options *options, const struct import_id *id, struct work *work,
              struct report *report)
{
    char error[WORK_ERROR_BYTES] = "";
    struct work_state *state = calloc(1, sizeof *state);
    report->to_server = true;
    if (!state)
        return complain("no memory");
    const struct server_out_config config = {.url = options->server,
                                             .insecure = options->insecure,
                                             .speed = options->speed,
                                             .work = work,
                                             .state = state};
    struct server_out *out = server_out_create(&config, error);
    int rc = out ? prepare(options, id, options->server, work, state, report, error) : -1;
    if (rc == 0 && strlen(options->server) >= sizeof state->log) {
        snprintf(error, sizeof error, "--server: the address is too long");
        rc = -1;
    }
    if (rc == 0 && !state->log[0]) {
        snprintf(state->log, sizeof state->log, "%s", options->server);
        state->first = 0;
        rc = work_save(work, state, error);
    }
    report->tally = state->tally;
    report->first_ms = state->first_ms;
    report->last_ms = state->last_ms;
    if (rc == 0)
        rc = place(options, work, state, out, report);
    else
        complain(error);
    if (rc == 0)
        work_clear(work);
    server_out_destroy(out);
    free(state);
    report->complete = rc == 0;
    return rc;
}
