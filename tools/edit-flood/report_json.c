/* SPDX-License-Identifier: ISC */
/* report_json: see report_json.h. */
#include "report_json.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

static void add_number(cJSON *object, const char *name, uint64_t value)
{
    cJSON_AddNumberToObject(object, name, (double)value);
}

static void add_histogram(cJSON *report, const char *name, const struct histogram *h)
{
    static const struct {
        const char *name;
        double share;
    } shares[] = {{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p999", 0.999}};
    cJSON *object = cJSON_AddObjectToObject(report, name);
    add_number(object, "count", h->count);
    add_number(object, "min", h->count ? h->min : 0);
    add_number(object, "max", h->max);
    cJSON_AddNumberToObject(object, "mean", histogram_mean(h));
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
        add_number(object, shares[i].name, histogram_at(h, shares[i].share));
    cJSON *buckets = cJSON_AddArrayToObject(object, "buckets");
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        uint64_t low, high;
        if (h->buckets[i] == 0)
            continue;
        histogram_bounds(i, &low, &high);
        double bucket[] = {(double)low, (double)high, (double)h->buckets[i]};
        cJSON_AddItemToArray(buckets, cJSON_CreateDoubleArray(bucket, 3));
    }
}

static double rate(uint64_t n, uint64_t us)
{
    return us == 0 ? 0 : (double)n * 1e6 / (double)us;
}

static void add_options(cJSON *report, const struct options *options, struct shared *shared)
{
    cJSON *targets = cJSON_AddArrayToObject(report, "targets");
    for (unsigned i = 0; i < options->n_targets; i++)
        cJSON_AddItemToArray(targets, cJSON_CreateString(options->targets[i].url));
    cJSON *canvases = cJSON_AddArrayToObject(report, "canvases");
    for (unsigned i = 0; i < options->n_canvases; i++) {
        cJSON *canvas = cJSON_CreateObject();
        cJSON_AddNumberToObject(canvas, "x", options->canvases[i].gx);
        cJSON_AddNumberToObject(canvas, "y", options->canvases[i].gy);
        add_number(canvas, "final_version", atomic_load(&shared->final_versions[i]));
        cJSON_AddItemToArray(canvases, canvas);
    }
    if (options->polls)
        cJSON_AddStringToObject(report, "poll", options->poll.url);
    add_number(report, "readers", options->readers);
    add_number(report, "writers", options->writers);
    add_number(report, "processes", options->processes);
    cJSON_AddNumberToObject(report, "rate", options->rate);
    add_number(report, "batch", options->batch);
    add_number(report, "window", options->window);
    cJSON_AddNumberToObject(report, "ramp", options->ramp);
}

static void add_rates(cJSON *report, const struct stats *stats)
{
    cJSON *rates = cJSON_AddObjectToObject(report, "rates");
    cJSON_AddNumberToObject(
        rates, "connections",
        rate(stats->ramp_connects, stats->connect_last_us - stats->connect_first_us));
    cJSON_AddNumberToObject(rates, "edits_sent", rate(stat_get(stats, edits_sent), stats->load_us));
    cJSON_AddNumberToObject(rates, "messages_sent",
                            rate(stat_get(stats, messages_sent), stats->load_us));
    cJSON_AddNumberToObject(rates, "edits_acknowledged",
                            rate(stat_get(stats, edits_acknowledged), stats->load_us));
    cJSON_AddNumberToObject(rates, "deliveries", rate(stats->load_deliveries, stats->load_us));
}

static void add_cost(cJSON *report, const struct stats *stats)
{
    double cpu = (double)(stats->cpu_user_us + stats->cpu_system_us);
    uint64_t sent = stat_get(stats, edits_sent);
    cJSON *cost = cJSON_AddObjectToObject(report, "own_cost");
    add_number(cost, "user_us", stats->cpu_user_us);
    add_number(cost, "system_us", stats->cpu_system_us);
    cJSON_AddNumberToObject(cost, "cores", stats->load_us ? cpu / (double)stats->load_us : 0);
    cJSON_AddNumberToObject(cost, "us_per_delivery",
                            stats->load_deliveries ? cpu / (double)stats->load_deliveries : 0);
    cJSON_AddNumberToObject(cost, "us_per_edit", sent ? cpu / (double)sent : 0);
    add_number(cost, "resident_kb", stats->resident_kb);
}

static void add_faults(cJSON *report, const struct stats *stats)
{
    cJSON *faults = cJSON_AddObjectToObject(report, "faults");
    add_number(faults, "total", stats_faults(stats));
#define X(name, text) add_number(faults, #name, stat_get(stats, name));
    STATS_FAULTS(X)
#undef X
    cJSON *messages = cJSON_AddArrayToObject(report, "messages");
    for (size_t i = 0; i < STATS_TEXTS && i < stats->n_texts; i++)
        cJSON_AddItemToArray(messages, cJSON_CreateString(stats->texts[i]));
    cJSON_AddStringToObject(report, "connect_error", stats->connect_error);
}

int report_json(FILE *out, const struct options *options, struct shared *shared,
                const struct stats *stats)
{
    cJSON *report = cJSON_CreateObject();
    add_options(report, options, shared);
    add_number(report, "load_us", stats->load_us);
    add_number(report, "final_version", stats->final_version);
    cJSON *counters = cJSON_AddObjectToObject(report, "counters");
    add_number(counters, "load_deliveries", stats->load_deliveries);
#define X(name) add_number(counters, #name, stat_get(stats, name));
    STATS_COUNTERS(X)
#undef X
    cJSON *refused = cJSON_AddObjectToObject(report, "refused");
    for (size_t i = 0; i < STATS_REASONS && stats->reasons[i].name[0]; i++)
        add_number(refused, stats->reasons[i].name, stats->reasons[i].edits);
    add_rates(report, stats);
    add_histogram(report, "eyes_us", &stats->eyes);
    add_histogram(report, "ack_us", &stats->acks);
    add_histogram(report, "handshake_us", &stats->handshakes);
    add_histogram(report, "reader_bytes", &stats->reader_bytes);
    add_cost(report, stats);
    add_faults(report, stats);
    char *text = cJSON_Print(report);
    cJSON_Delete(report);
    bool written = text && fprintf(out, "%s\n", text) > 0 && fflush(out) == 0 && !ferror(out);
    free(text);
    return written ? 0 : -1;
}
