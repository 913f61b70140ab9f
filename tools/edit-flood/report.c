/* SPDX-License-Identifier: ISC */
/* report: see report.h. */
#include "report.h"

#include <inttypes.h>
#include <string.h>

enum {
    BAR = 40,
    CANVASES_NAMED = 12,
};

static double seconds(uint64_t us)
{
    return (double)us / 1e6;
}

static double each(double what, uint64_t n)
{
    return n == 0 ? 0 : what / (double)n;
}

static void line(FILE *out, const char *name)
{
    fprintf(out, "%-14s", name);
}

static void connections(FILE *out, const struct options *options, const struct stats *stats)
{
    uint64_t connects = stat_get(stats, connects);
    double took = seconds(stats->connect_last_us - stats->connect_first_us);
    line(out, "connections");
    fprintf(out, "%u readers, %u writers, %u processes; %" PRIu64 " handshakes", options->readers,
            options->writers, options->processes, connects);
    if (stats->ramp_connects > 1 && took > 0)
        fprintf(out, ", at first %.0f/s", (double)stats->ramp_connects / took);
    fprintf(out, ", %.1f ms (p50) %.1f ms (p99)\n",
            (double)histogram_at(&stats->handshakes, 0.5) / 1e3,
            (double)histogram_at(&stats->handshakes, 0.99) / 1e3);
    if (stat_get(stats, connect_failures) > 0) {
        line(out, "");
        fprintf(out, "%" PRIu64 " tries failed, %" PRIu64 " connections given up; the last: %s\n",
                stat_get(stats, connect_failures), stat_get(stats, gave_up), stats->connect_error);
    }
    const struct {
        const char *what;
        uint64_t n;
    } ends[] = {
        {"resumed", stat_get(stats, resumes)},
        {"sent to the picture", stat_get(stats, resets)},
        {"closed for falling behind (4001)", stat_get(stats, closed_behind)},
        {"closed for a restart (1012)", stat_get(stats, closed_restart)},
        {"closed, outcome unknown (1011)", stat_get(stats, closed_unknown)},
        {"closed, too many (1013)", stat_get(stats, closed_full)},
        {"closed otherwise", stat_get(stats, closed_other)},
        {"lost", stat_get(stats, lost)},
    };
    for (size_t i = 0, n = 0; i < sizeof ends / sizeof *ends; i++) {
        if (ends[i].n == 0)
            continue;
        if (n++ == 0)
            line(out, "");
        else
            fprintf(out, ", ");
        fprintf(out, "%" PRIu64 " %s", ends[i].n, ends[i].what);
        if (i + 1 == sizeof ends / sizeof *ends)
            break;
    }
    if (stat_get(stats, resumes) + stat_get(stats, resets) + stat_get(stats, closed_behind) +
            stat_get(stats, closed_restart) + stat_get(stats, closed_unknown) +
            stat_get(stats, closed_full) + stat_get(stats, closed_other) + stat_get(stats, lost) >
        0)
        fprintf(out, "\n");
}

static void edits(FILE *out, const struct stats *stats)
{
    double load = seconds(stats->load_us);
    line(out, "edits");
    fprintf(out,
            "%" PRIu64 " sent in %" PRIu64 " messages, %" PRIu64 " acknowledged, %" PRIu64
            " seen, %" PRIu64 " refused, %" PRIu64 " unknown; in %.1f s\n",
            stat_get(stats, edits_sent), stat_get(stats, messages_sent),
            stat_get(stats, edits_acknowledged), stat_get(stats, edits_seen),
            stat_get(stats, edits_refused), stat_get(stats, edits_unknown), load);
    if (load > 0 && stat_get(stats, edits_sent) > 0) {
        line(out, "");
        fprintf(out, "%.0f edits/s and %.0f messages/s sent, %.0f edits/s acknowledged\n",
                (double)stat_get(stats, edits_sent) / load,
                (double)stat_get(stats, messages_sent) / load,
                (double)stat_get(stats, edits_acknowledged) / load);
    }
    for (size_t i = 0; i < STATS_REASONS && stats->reasons[i].name[0]; i++) {
        line(out, i == 0 ? "refused" : "");
        fprintf(out, "%" PRIu64 " %s\n", stats->reasons[i].edits, stats->reasons[i].name);
    }
    if (stat_get(stats, held_back) > 0) {
        line(out, "");
        fprintf(out, "%" PRIu64 " held back: no writer could send them in time\n",
                stat_get(stats, held_back));
    }
    if (stat_get(stats, foreign) > 0) {
        line(out, "");
        fprintf(out,
                "%" PRIu64 " in the stream that we did not send or whose outcome was unknown\n",
                stat_get(stats, foreign));
    }
}

static void frames(FILE *out, const struct stats *stats)
{
    double load = seconds(stats->load_us);
    line(out, "frames");
    fprintf(out,
            "%" PRIu64 " delivered (%.0f/s), %" PRIu64
            " edits in them, %.1f MB; of the stream: %" PRIu64 " edits, up to version %" PRIu64
            "\n",
            stat_get(stats, deliveries), load > 0 ? (double)stats->load_deliveries / load : 0,
            stat_get(stats, delivered_edits), (double)stat_get(stats, delivered_bytes) / 1e6,
            stat_get(stats, stream_edits), stats->final_version);
    if (stats->reader_bytes.count > 0) {
        line(out, "");
        fprintf(out, "bytes a reader: %.0f on average, %" PRIu64 " to %" PRIu64 "\n",
                histogram_mean(&stats->reader_bytes), stats->reader_bytes.min,
                stats->reader_bytes.max);
    }
}

static void polls(FILE *out, const struct options *options, const struct stats *stats)
{
    uint64_t n = stat_get(stats, polls), empty = stat_get(stats, polls_empty),
             moved = stat_get(stats, polls_moved), refused = stat_get(stats, polls_refused);
    if (!options->polls)
        return;
    line(out, "long polls");
    fprintf(out,
            "%" PRIu64 " answered: %" PRIu64 " with edits, %" PRIu64 " empty, %" PRIu64
            " moved, %" PRIu64 " refused; from %s\n",
            n, n - empty - moved - refused, empty, moved, refused, options->poll.url);
    if (refused > 0 && stats->connect_error[0]) {
        line(out, "");
        fprintf(out, "the last refusal: %s\n", stats->connect_error);
    }
    uint64_t hits = stat_get(stats, cache_hits), misses = stat_get(stats, cache_misses),
             others = stat_get(stats, cache_others);
    if (hits + misses + others == 0)
        return;
    line(out, "");
    fprintf(out, "X-Cache-Status: %" PRIu64 " HIT, %" PRIu64 " MISS, %" PRIu64 " others\n", hits,
            misses, others);
}

static void latency(FILE *out, const char *name, const struct histogram *h)
{
    if (h->count == 0)
        return;
    line(out, name);
    fprintf(out,
            "ms: %.1f p50, %.1f p90, %.1f p99, %.1f p99.9, %.1f max, %.1f mean (%" PRIu64
            " edits)\n",
            (double)histogram_at(h, 0.5) / 1e3, (double)histogram_at(h, 0.9) / 1e3,
            (double)histogram_at(h, 0.99) / 1e3, (double)histogram_at(h, 0.999) / 1e3,
            (double)h->max / 1e3, histogram_mean(h) / 1e3, h->count);
}

/* By powers of two of a millisecond. */
static void draw(FILE *out, const char *name, const struct histogram *h)
{
    uint64_t rows[28] = {0}, most = 0;
    if (h->count == 0)
        return;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        uint64_t low, high;
        histogram_bounds(i, &low, &high);
        size_t row = 0;
        while (row < 27 && low >= (uint64_t)1000 << row)
            row++;
        rows[row] += h->buckets[i];
    }
    size_t first = 28, last = 0;
    for (size_t i = 0; i < 28; i++) {
        if (rows[i] == 0)
            continue;
        first = i < first ? i : first;
        last = i;
        most = rows[i] > most ? rows[i] : most;
    }
    fprintf(out, "\n%s\n", name);
    for (size_t i = first; i <= last; i++) {
        int bar = (int)((double)rows[i] / (double)most * BAR + 0.5);
        fprintf(out, "  < %8" PRIu64 " ms %12" PRIu64 " %5.1f %% %.*s\n", (uint64_t)1 << i, rows[i],
                100.0 * (double)rows[i] / (double)h->count, bar,
                "########################################");
    }
}

static void cost(FILE *out, const struct stats *stats)
{
    double cpu = (double)(stats->cpu_user_us + stats->cpu_system_us);
    line(out, "own cost");
    fprintf(out, "%.2f s user + %.2f s system = %.0f %% of a core during the load",
            seconds(stats->cpu_user_us), seconds(stats->cpu_system_us),
            100 * each(cpu, stats->load_us));
    if (stats->load_deliveries > 0)
        fprintf(out, "; %.2f us a delivered frame", each(cpu, stats->load_deliveries));
    if (stat_get(stats, edits_sent) > 0)
        fprintf(out, "; %.3f us a sent edit", each(cpu, stat_get(stats, edits_sent)));
    fprintf(out, "; %.0f MB\n", (double)stats->resident_kb / 1e3);
}

static void faults(FILE *out, const struct stats *stats)
{
    line(out, "checks");
    fprintf(out,
            "every frame of every reader, every acknowledgement, %" PRIu64 " checksums, %" PRIu64
            " pictures; %" PRIu64 " edits too old to be compared\n",
            stat_get(stats, checksums), stat_get(stats, pictures), stat_get(stats, unchecked));
    if (stat_get(stats, restarts) > 0) {
        line(out, "");
        fprintf(out,
                "the full reader was sent to the picture %" PRIu64 " times; %" PRIu64
                " edits acknowledged meanwhile were not looked for\n",
                stat_get(stats, restarts), stat_get(stats, unverified));
    }
    if (stat_get(stats, new_logs) > 0) {
        line(out, "");
        fprintf(out,
                "the log began anew %" PRIu64 " times: it was followed from its new pictures on\n",
                stat_get(stats, new_logs));
    }
    line(out, "");
    fprintf(out, "missing %" PRIu64 ", repeated %" PRIu64 ", wrong %" PRIu64,
            stat_get(stats, missing), stat_get(stats, repeated), stat_get(stats, wrong));
    uint64_t others = stats_faults(stats) - stat_get(stats, missing) - stat_get(stats, repeated) -
                      stat_get(stats, wrong);
    fprintf(out, ", other faults %" PRIu64 "\n", others);
    if (stats_faults(stats) == 0)
        return;
    fprintf(out, "\nFAULTS\n");
#define X(name, text)                                                                              \
    if (stat_get(stats, name) > 0)                                                                 \
        fprintf(out, "  %s: %" PRIu64 " %s\n", #name, stat_get(stats, name), text);
    STATS_FAULTS(X)
#undef X
    for (size_t i = 0; i < STATS_TEXTS && i < stats->n_texts; i++)
        fprintf(out, "  - %s\n", stats->texts[i]);
    if (stats->n_texts > STATS_TEXTS)
        fprintf(out, "  - and %" PRIu64 " more\n", stats->n_texts - STATS_TEXTS);
}

void report_text(FILE *out, const struct options *options, const struct stats *stats,
                 const char *note)
{
    for (unsigned i = 0; i < options->n_targets; i++) {
        line(out, i == 0 ? "edit-flood" : "");
        fprintf(out, "%s\n", options->targets[i].url);
    }
    if (options->n_canvases > 0) {
        line(out, "canvases");
        fprintf(out, "%u:", options->n_canvases);
        for (unsigned i = 0; i < options->n_canvases && i < CANVASES_NAMED; i++)
            fprintf(out, " %d,%d", options->canvases[i].gx, options->canvases[i].gy);
        fprintf(out, "%s\n", options->n_canvases > CANVASES_NAMED ? " and so on" : "");
    }
    if (note) {
        line(out, "pattern");
        fprintf(out, "%s\n", note);
    }
    connections(out, options, stats);
    edits(out, stats);
    frames(out, stats);
    polls(out, options, stats);
    latency(out, "to the eyes", &stats->eyes);
    latency(out, "acknowledged", &stats->acks);
    cost(out, stats);
    faults(out, stats);
    draw(out, "from an edit to the eyes of a reader", &stats->eyes);
    draw(out, "from an edit to its acknowledgement", &stats->acks);
}
