/* SPDX-License-Identifier: ISC */
/* author_tally: one scan from the time on. */
#include "moderation/author_tally.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/hex.h"
#include "identity/identity.h"
#include "moderation/author_table.h"
#include "moderation/runs.h"
#include "moderation/sightings.h"
#include "sys/clock.h"

enum { PROGRESS_RECORDS = 4096 };

struct tally {
    struct scan_sink sink;
    const struct predicate *predicate;
    struct author_tally_watcher *watcher;
    struct scan scan;
    uint64_t from, edits, n_records;
    int64_t began_ms;
    struct author_table counts;
};

static void report(struct tally *tally)
{
    uint64_t all = tally->scan.bounds.high - tally->from;
    int64_t took_ms = clock_now_ms() - tally->began_ms;
    if (tally->watcher)
        tally->watcher->progress(
            tally->watcher, all > 0 ? (double)(tally->scan.at - tally->from) / (double)all : 1,
            took_ms > 0 ? 1000. * (double)tally->n_records / (double)took_ms : 0);
}

static size_t count(const struct predicate *predicate, struct position canvas,
                    const struct run *run)
{
    if (predicate_takes_whole(predicate, canvas))
        return run->n;
    size_t n = 0;
    for (size_t i = 0; i < run->n; i++)
        n += predicate_fits_edit(predicate, canvas, edit_load(run->edits + EDIT_BYTES * i));
    return n;
}

static int on_record(struct scan_sink *sink, const struct record *record,
                     const struct record_edits *edits, char error[FOLD_ERROR_BYTES])
{
    struct tally *tally = (struct tally *)sink;
    if (++tally->n_records % PROGRESS_RECORDS == 0)
        report(tally);
    if (edits->n == 0 || !predicate_touches(tally->predicate, edits->position) ||
        !predicate_fits_time(tally->predicate, record->time_ms))
        return 0;
    struct runs runs = runs_of(record, edits);
    struct run run;
    while (runs_next(&runs, &run)) {
        size_t n = count(tally->predicate, edits->position, &run);
        if (n > 0 && author_table_add(&tally->counts, run.author, n) != 0) {
            snprintf(error, FOLD_ERROR_BYTES, "too many authors: name a smaller rectangle");
            return -1;
        }
        tally->edits += n;
    }
    return 0;
}

static cJSON *describe(const struct tally *tally, const struct moderation_config *config)
{
    struct author_count top[AUTHOR_TALLY_NAMED];
    size_t n = author_table_top(&tally->counts, top, AUTHOR_TALLY_NAMED);
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "edits", (double)tally->edits);
    cJSON_AddNumberToObject(json, "people", (double)tally->counts.n);
    cJSON *list = cJSON_AddArrayToObject(json, "authors");
    for (size_t i = 0; i < n; i++) {
        char id[HEX_U64_BYTES], name[PSEUDONYM_BYTES], net[4 + HEX_U64_BYTES] = "net:";
        uint64_t network =
            config->sightings ? sightings_network(config->sightings, top[i].author) : 0;
        cJSON *one = cJSON_CreateObject();
        hex_from_u64(id, top[i].author);
        cJSON_AddStringToObject(one, "author", id);
        identity_pseudonym(top[i].author, name);
        cJSON_AddStringToObject(one, "name", name);
        hex_from_u64(net + 4, network);
        if (network != 0)
            cJSON_AddStringToObject(one, "net", net);
        cJSON_AddNumberToObject(one, "edits", (double)top[i].count);
        cJSON_AddItemToArray(list, one);
    }
    return json;
}

/* From the first record of that time on; where there is no beginning of the time, from the first
 * that is left. */
static enum scan_result read_log(struct tally *tally, const struct moderation_config *config)
{
    tally->from = tally->scan.bounds.low;
    enum scan_result result = SCAN_OK;
    if (tally->predicate->has_time)
        result = scan_offset_at(&tally->scan, config->log, tally->predicate->from_ms, &tally->from);
    return result == SCAN_OK ? scan_run(&tally->scan, tally->from) : result;
}

enum scan_result author_tally(const struct moderation_config *config,
                              const struct predicate *predicate, const volatile int *stop,
                              struct author_tally_watcher *watcher, struct cJSON **json,
                              char error[SCAN_ERROR_BYTES])
{
    struct tally tally = {.sink.record = on_record,
                          .predicate = predicate,
                          .watcher = watcher,
                          .began_ms = clock_now_ms()};
    enum scan_result result = scan_open(&tally.scan, config->log, &tally.sink, stop);
    if (result == SCAN_OK)
        result = read_log(&tally, config);
    if (result == SCAN_OK)
        *json = describe(&tally, config);
    if (result == SCAN_FAILED)
        snprintf(error, SCAN_ERROR_BYTES, "%s", tally.scan.error);
    scan_close(&tally.scan);
    author_table_finish(&tally.counts);
    return result;
}
