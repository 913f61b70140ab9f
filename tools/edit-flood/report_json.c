/* SPDX-License-Identifier: ISC */
/* report_json: the report for programs. Names are those of stats.h; times in microseconds. */
#include <inttypes.h>
#include <string.h>

#include "report.h"

static void string(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c < 0x20 || c > 0x7e)
            fprintf(out, "\\u%04x", c);
        else
            fputc(c, out);
    }
    fputc('"', out);
}

static void histogram(FILE *out, const char *name, const struct histogram *h)
{
    static const struct {
        const char *name;
        double share;
    } shares[] = {{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p999", 0.999}};
    fprintf(out,
            ",\n  \"%s\": {\"count\": %" PRIu64 ", \"min\": %" PRIu64 ", \"max\": %" PRIu64
            ", \"mean\": %.3f",
            name, h->count, h->count ? h->min : 0, h->max, histogram_mean(h));
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
        fprintf(out, ", \"%s\": %" PRIu64, shares[i].name, histogram_at(h, shares[i].share));
    fprintf(out, ", \"buckets\": [");
    bool first = true;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        uint64_t low, high;
        if (h->buckets[i] == 0)
            continue;
        histogram_bounds(i, &low, &high);
        fprintf(out, "%s[%" PRIu64 ", %" PRIu64 ", %" PRIu64 "]", first ? "" : ", ", low, high,
                h->buckets[i]);
        first = false;
    }
    fprintf(out, "]}");
}

static double rate(uint64_t n, uint64_t us)
{
    return us == 0 ? 0 : (double)n * 1e6 / (double)us;
}

int report_json(FILE *out, const struct options *options, const struct stats *stats)
{
    uint64_t cpu = stats->cpu_user_us + stats->cpu_system_us;
    fprintf(out, "{\n  \"targets\": [");
    for (unsigned i = 0; i < options->n_targets; i++) {
        fprintf(out, i ? ", " : "");
        string(out, options->targets[i].url);
    }
    fprintf(out,
            "],\n  \"readers\": %u, \"writers\": %u, \"processes\": %u, \"rate\": %.10g, "
            "\"batch\": %u, \"window\": %u, \"ramp\": %.10g",
            options->readers, options->writers, options->processes, options->rate, options->batch,
            options->window, options->ramp);
    fprintf(out, ",\n  \"load_us\": %" PRIu64 ", \"final_version\": %" PRIu64, stats->load_us,
            stats->final_version);
    fprintf(out, ",\n  \"counters\": {\"load_deliveries\": %" PRIu64, stats->load_deliveries);
#define X(name) fprintf(out, ", \"%s\": %" PRIu64, #name, stat_get(stats, name));
    STATS_COUNTERS(X)
#undef X
    fprintf(out, "},\n  \"refused\": {");
    for (size_t i = 0; i < STATS_REASONS && stats->reasons[i].name[0]; i++) {
        fprintf(out, i ? ", " : "");
        string(out, stats->reasons[i].name);
        fprintf(out, ": %" PRIu64, stats->reasons[i].edits);
    }
    fprintf(out,
            "},\n  \"rates\": {\"connections\": %.3f, \"edits_sent\": %.3f, \"messages_sent\": "
            "%.3f, \"edits_acknowledged\": %.3f, \"deliveries\": %.3f}",
            rate(stats->ramp_connects, stats->connect_last_us - stats->connect_first_us),
            rate(stat_get(stats, edits_sent), stats->load_us),
            rate(stat_get(stats, messages_sent), stats->load_us),
            rate(stat_get(stats, edits_acknowledged), stats->load_us),
            rate(stats->load_deliveries, stats->load_us));
    histogram(out, "eyes_us", &stats->eyes);
    histogram(out, "ack_us", &stats->acks);
    histogram(out, "handshake_us", &stats->handshakes);
    histogram(out, "reader_bytes", &stats->reader_bytes);
    fprintf(out,
            ",\n  \"own_cost\": {\"user_us\": %" PRIu64 ", \"system_us\": %" PRIu64
            ", \"cores\": %.4f, \"us_per_delivery\": %.4f, \"us_per_edit\": %.5f, "
            "\"resident_kb\": %" PRIu64 "}",
            stats->cpu_user_us, stats->cpu_system_us, rate(cpu, stats->load_us) / 1e6,
            stats->load_deliveries ? (double)cpu / (double)stats->load_deliveries : 0,
            stat_get(stats, edits_sent) ? (double)cpu / (double)stat_get(stats, edits_sent) : 0,
            stats->resident_kb);
    fprintf(out, ",\n  \"faults\": {\"total\": %" PRIu64, stats_faults(stats));
#define X(name, text) fprintf(out, ", \"%s\": %" PRIu64, #name, stat_get(stats, name));
    STATS_FAULTS(X)
#undef X
    fprintf(out, "},\n  \"messages\": [");
    for (size_t i = 0; i < STATS_TEXTS && i < stats->n_texts; i++) {
        fprintf(out, i ? ", " : "");
        string(out, stats->texts[i]);
    }
    fprintf(out, "],\n  \"connect_error\": ");
    string(out, stats->connect_error);
    fprintf(out, "\n}\n");
    return fflush(out) == 0 && !ferror(out) ? 0 : -1;
}
