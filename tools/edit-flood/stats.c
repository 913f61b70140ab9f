/* SPDX-License-Identifier: ISC */
/* stats: see stats.h. */
#include "stats.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void stats_refused(struct stats *stats, const char *reason, uint64_t edits)
{
    stat_add(stats, edits_refused, edits);
    for (size_t i = 0; i < STATS_REASONS; i++) {
        struct stats_reason *r = &stats->reasons[i];
        bool last = i == STATS_REASONS - 1;
        if (r->name[0] == '\0')
            snprintf(r->name, sizeof r->name, "%s", last ? "others" : reason[0] ? reason : "none");
        if (last || strcmp(r->name, reason[0] ? reason : "none") == 0) {
            r->edits += edits;
            return;
        }
    }
}

void stats_note(struct stats *stats, const char *format, ...)
{
    if (stats->n_texts < STATS_TEXTS) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(stats->texts[stats->n_texts], STATS_TEXT_BYTES, format, arguments);
        va_end(arguments);
    }
    stats->n_texts++;
}

void stats_merge(struct stats *into, const struct stats *from)
{
#define X(name) stat_add(into, name, stat_get(from, name));
    STATS_COUNTERS(X)
#undef X
#define X(name, text) stat_add(into, name, stat_get(from, name));
    STATS_FAULTS(X)
#undef X
    for (size_t i = 0; i < STATS_REASONS && from->reasons[i].name[0]; i++) {
        stats_refused(into, from->reasons[i].name, from->reasons[i].edits);
        stat_add(into, edits_refused, -from->reasons[i].edits); /* is in the sum above */
    }
    for (size_t i = 0; i < STATS_TEXTS && i < from->n_texts; i++)
        stats_note(into, "%s", from->texts[i]);
    if (from->n_texts > STATS_TEXTS)
        into->n_texts += from->n_texts - STATS_TEXTS;
    histogram_merge(&into->eyes, &from->eyes);
    histogram_merge(&into->acks, &from->acks);
    histogram_merge(&into->handshakes, &from->handshakes);
    histogram_merge(&into->reader_bytes, &from->reader_bytes);
    if (from->connect_first_us != 0 &&
        (into->connect_first_us == 0 || from->connect_first_us < into->connect_first_us))
        into->connect_first_us = from->connect_first_us;
    if (from->connect_last_us > into->connect_last_us)
        into->connect_last_us = from->connect_last_us;
    into->ramp_connects += from->ramp_connects;
    if (from->load_us > into->load_us)
        into->load_us = from->load_us;
    into->cpu_user_us += from->cpu_user_us;
    into->cpu_system_us += from->cpu_system_us;
    into->load_deliveries += from->load_deliveries;
    into->resident_kb += from->resident_kb;
    if (from->connect_error[0])
        memcpy(into->connect_error, from->connect_error, STATS_TEXT_BYTES);
    if (from->final_version > into->final_version)
        into->final_version = from->final_version;
}

uint64_t stats_faults(const struct stats *stats)
{
    uint64_t faults = 0;
#define X(name, text) faults += stat_get(stats, name);
    STATS_FAULTS(X)
#undef X
    return faults;
}
