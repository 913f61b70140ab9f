/* SPDX-License-Identifier: ISC */
/* report: see report.h. */
#include "report.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/palette.h"

enum {
    TIME_BYTES = 48,
    COLOURS_SHOWN = 32,
};

static const char *time_text(int64_t ms, char text[TIME_BYTES])
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    strftime(text, TIME_BYTES, "%Y-%m-%d %H:%M:%S UTC", &tm);
    return text;
}

static double rate(uint64_t n, double seconds)
{
    return seconds > 0 ? (double)n / seconds : 0;
}

static void print_rejected(FILE *out, const struct tally *tally)
{
    if (tally_rejected(tally) == 0)
        return;
    fprintf(out, "not taken: %" PRIu64 "\n", tally_rejected(tally));
    for (int i = 0; i < REJECTION_COUNT; i++) {
        if (tally->rejected[i] > 0)
            fprintf(out, "  %-14s %" PRIu64 "  (%s)\n", rejection_name((enum rejection)i),
                    tally->rejected[i], rejection_text((enum rejection)i));
    }
}

static void print_colours(FILE *out, const struct tally *tally)
{
    if (tally->nearest == 0)
        return;
    fprintf(out, "in the nearest colour: %" PRIu64 "\n", tally->nearest);
    size_t n = tally->n_colours < COLOURS_SHOWN ? tally->n_colours : COLOURS_SHOWN;
    for (size_t i = 0; i < n; i++)
        fprintf(out, "  #%06X -> %s  %" PRIu64 "\n", tally->colours[i].rgb,
                palette[tally->colours[i].colour].name, tally->colours[i].rows);
    if (tally->n_colours > n)
        fprintf(out, "  and %s%zu more colours\n",
                tally->n_colours == TALLY_COLOURS ? "at least " : "", tally->n_colours - n);
}

void report_print(const struct report *r, bool to_stderr)
{
    FILE *out = to_stderr ? stderr : stdout;
    const struct tally *t = &r->tally;
    char from[TIME_BYTES], to[TIME_BYTES];
    fprintf(out, "rows: %" PRIu64 ", taken: %" PRIu64, t->rows, t->taken);
    if (t->blank > 0)
        fprintf(out, ", white or transparent: %" PRIu64, t->blank);
    fputc('\n', out);
    if (r->last_ms > 0)
        fprintf(out, "from %s to %s\n", time_text(r->first_ms, from), time_text(r->last_ms, to));
    print_rejected(out, t);
    print_colours(out, t);
    if (r->refused > 0)
        fprintf(out, "refused by the server: %" PRIu64 "\n", r->refused);
    fprintf(out, "%s: %" PRIu64 " edits in %" PRIu64 " %s", r->to_server ? "placed" : "in the log",
            r->found + r->appended, r->records, r->to_server ? "messages" : "records");
    if (r->found > 0)
        fprintf(out, " (%" PRIu64 " edits by an earlier run)", r->found);
    fputc('\n', out);
    if (r->read_s > 0)
        fprintf(out, "read in %.1f s (%.0f rows/s), sorted in %.1f s\n", r->read_s,
                rate(t->rows, r->read_s), r->sort_s);
    if (r->appended > 0)
        fprintf(out, "%s in %.1f s (%.0f edits/s)\n", r->to_server ? "placed" : "appended",
                r->append_s, rate(r->appended, r->append_s));
    if (!r->complete)
        fprintf(out, "not all of it: run the same command again to go on\n");
}

static cJSON *colours_json(const struct tally *t)
{
    cJSON *colours = cJSON_CreateArray();
    for (size_t i = 0; i < t->n_colours; i++) {
        char rgb[16];
        cJSON *colour = cJSON_CreateObject();
        snprintf(rgb, sizeof rgb, "#%06X", t->colours[i].rgb);
        cJSON_AddStringToObject(colour, "from", rgb);
        cJSON_AddNumberToObject(colour, "to", t->colours[i].colour);
        cJSON_AddNumberToObject(colour, "rows", (double)t->colours[i].rows);
        cJSON_AddItemToArray(colours, colour);
    }
    return colours;
}

int report_write_json(const struct report *r, const char *path)
{
    const struct tally *t = &r->tally;
    const struct {
        const char *name;
        double value;
    } numbers[] = {
        {"rows", (double)t->rows},
        {"taken", (double)t->taken},
        {"nearest", (double)t->nearest},
        {"blank", (double)t->blank},
        {"first_ms", (double)r->first_ms},
        {"last_ms", (double)r->last_ms},
        {"first", (double)r->first},
        {"found", (double)r->found},
        {"appended", (double)r->appended},
        {"records", (double)r->records},
        {"refused", (double)r->refused},
        {"read_s", r->read_s},
        {"sort_s", r->sort_s},
        {"append_s", r->append_s},
    };
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "import", r->import);
    cJSON_AddBoolToObject(json, "complete", r->complete);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        cJSON_AddNumberToObject(json, numbers[i].name, numbers[i].value);
    cJSON *rejected = cJSON_AddObjectToObject(json, "rejected");
    for (int i = 0; i < REJECTION_COUNT; i++)
        cJSON_AddNumberToObject(rejected, rejection_name((enum rejection)i),
                                (double)t->rejected[i]);
    cJSON_AddItemToObject(json, "colours", colours_json(t));
    char *text = cJSON_Print(json);
    cJSON_Delete(json);
    bool standard = strcmp(path, "-") == 0;
    FILE *out = standard ? stdout : fopen(path, "w");
    bool good = text && out && fprintf(out, "%s\n", text) > 0;
    if (out && (standard ? fflush(out) : fclose(out)) != 0)
        good = false;
    cJSON_free(text);
    if (good)
        return 0;
    fprintf(stderr, "import: %s: %s\n", path, strerror(errno));
    return -1;
}
