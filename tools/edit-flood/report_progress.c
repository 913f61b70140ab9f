/* SPDX-License-Identifier: ISC */
/* report_progress: see report_progress.h. */
#include "report_progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

struct moment {
    uint64_t at_us, sent, acknowledged, deliveries;
};

static bool rewritten; /* the cursor stands behind a line that has no end yet */

void report_progress_end(void)
{
    if (rewritten)
        fprintf(stderr, "\n");
    rewritten = false;
}

void report_progress(const struct options *options, struct shared *shared, uint64_t now_us)
{
    static struct moment last;
    static const char *const phases[] = {"connecting", "load", "settling"};
    bool terminal = isatty(STDERR_FILENO);
    if (last.at_us == 0)
        last.at_us = shared->begun_us;
    uint64_t every = terminal ? 1000 * 1000 : 10 * 1000 * 1000;
    if (options->quiet || now_us < last.at_us + every)
        return;
    struct moment now = {.at_us = now_us};
    uint64_t open = 0, faults = 0, unanswered;
    for (unsigned i = 0; i < options->processes; i++) {
        const struct stats *stats = &shared->stats[i];
        open += stat_get(stats, open);
        now.sent += stat_get(stats, edits_sent);
        now.acknowledged += stat_get(stats, edits_acknowledged) + stat_get(stats, edits_refused) +
                            stat_get(stats, edits_unknown);
        now.deliveries += stat_get(stats, deliveries);
        faults += stats_faults(stats);
    }
    unanswered = now.sent > now.acknowledged ? now.sent - now.acknowledged : 0;
    double seconds = (double)(now.at_us - last.at_us) / 1e6;
    fprintf(stderr,
            "%s%5.0f s %-10s %" PRIu64 " open, %.0f edits/s sent, %.0f/s answered, %" PRIu64
            " open edits, %.0f frames/s, %" PRIu64 " faults%s",
            terminal ? "\r" : "", (double)(now_us - shared->begun_us) / 1e6,
            phases[shared_phase(shared)], open, (double)(now.sent - last.sent) / seconds,
            (double)(now.acknowledged - last.acknowledged) / seconds, unanswered,
            (double)(now.deliveries - last.deliveries) / seconds, faults,
            terminal ? "\x1b[K" : "\n");
    fflush(stderr);
    rewritten = terminal;
    last = now;
}
