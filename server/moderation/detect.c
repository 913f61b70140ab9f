/* SPDX-License-Identifier: ISC */
/*
 * detect: see detect.h. What was before the stretch is shown to the detector as well, for as long
 * as it remembers, but what it finds there does not count.
 */
#include "moderation/detect.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/log.h"
#include "moderation/detectors.h"
#include "moderation/samples.h"
#include "moderation/sightings.h"
#include "moderation/suspect_json.h"
#include "sys/clock.h"

enum {
    WARM_UP_MS = 20 * 60 * 1000,
    POLL_MS = 100,
    PROGRESS_MS = 500,
};

struct detect {
    struct log_records records;
    struct sample_taker taker;
    const struct detect_request *request;
    struct sightings *sightings;
    struct log_reader *reader;
    struct detector *detector;
    struct suspects *before, *found;
    struct sighting author; /* the last one asked for */
    uint64_t next, begin, end;
    uint64_t n_edits;
};

static void take(struct sample_taker *taker, const struct sample *sample)
{
    struct detect *detect = (struct detect *)((char *)taker - offsetof(struct detect, taker));
    struct sample known = *sample;
    if (sample->author != detect->author.author) {
        detect->author = (struct sighting){0};
        sightings_networks(detect->sightings, sample->author, &detect->author, 1);
        detect->author.author = sample->author;
    }
    known.network = detect->author.network;
    known.known_ms = detect->author.first_ms;
    bool counts = sample->time_ms >= detect->request->from_ms;
    detect->detector->suspects = counts ? detect->found : detect->before;
    detect->n_edits += counts;
    detector_take(detect->detector, &known);
}

static void on_record(struct log_records *records, const struct record *record)
{
    struct detect *detect = (struct detect *)records;
    if (record->offset < detect->next)
        return;
    detect->next = record->offset + 1;
    if (record->offset >= detect->end || record->time_ms > detect->request->to_ms)
        return;
    struct record_edits edits = record_edits(record);
    samples_each(record, &edits, 1, &detect->taker);
}

/* From where to where it has to be read. */
static int find_stretch(struct detect *detect, char error[DETECT_ERROR_BYTES])
{
    const struct detect_request *request = detect->request;
    struct log_bounds bounds;
    int64_t warm_ms = request->from_ms > WARM_UP_MS ? request->from_ms - WARM_UP_MS : 0;
    if (log_reader_bounds(detect->reader, &bounds, error) != 0 ||
        log_reader_offset_at(detect->reader, warm_ms, &detect->begin, error) != 0 ||
        log_reader_offset_at(detect->reader, request->to_ms + 1, &detect->end, error) != 0)
        return -1;
    if (detect->begin < bounds.low)
        detect->begin = bounds.low;
    if (detect->end > bounds.high)
        detect->end = bounds.high;
    detect->next = detect->begin;
    return detect->begin < detect->end ? log_reader_seek(detect->reader, detect->begin, error) : 0;
}

static int read_stretch(struct detect *detect, struct detect_progress *progress,
                        char error[DETECT_ERROR_BYTES])
{
    int64_t said_ms = clock_now_ms();
    while (detect->next < detect->end) {
        size_t delivered;
        switch (log_reader_poll(detect->reader, POLL_MS, &delivered, error)) {
        case LOG_OK:
            break;
        case LOG_RECONNECTED:
            if (log_reader_seek(detect->reader, detect->next, error) != 0)
                return -1;
            continue;
        case LOG_FAILED:
            return -1;
        }
        if (delivered == 0 && log_reader_caught_up(detect->reader))
            return 0; /* nothing is left before the end: offsets have gaps */
        if (clock_now_ms() - said_ms < PROGRESS_MS)
            continue;
        said_ms = clock_now_ms();
        double done =
            (double)(detect->next - detect->begin) / (double)(detect->end - detect->begin);
        if (!progress->go_on(progress, done < 1 ? done : 1, detect->n_edits)) {
            snprintf(error, DETECT_ERROR_BYTES, "cancelled");
            return -1;
        }
    }
    return 0;
}

static cJSON *make_result(const struct detect *detect)
{
    const struct detect_request *request = detect->request;
    cJSON *result = cJSON_CreateObject();
    cJSON_AddStringToObject(result, "rule", detector_rules[request->rule].name);
    cJSON_AddNumberToObject(result, "threshold", detect->detector->threshold);
    cJSON_AddNumberToObject(result, "from", (double)request->from_ms);
    cJSON_AddNumberToObject(result, "to", (double)request->to_ms);
    cJSON_AddNumberToObject(result, "edits", (double)detect->n_edits);
    cJSON_AddNumberToObject(result, "dropped", (double)suspects_tally(detect->found).dropped);
    cJSON *list = cJSON_AddArrayToObject(result, "suspects");
    const struct suspect *suspect;
    for (size_t i = 0; list && (suspect = suspects_at(detect->found, i)); i++)
        cJSON_AddItemToArray(list, suspect_json(suspect, detect->sightings));
    return result;
}

struct cJSON *detect_run(struct log *log, struct sightings *sightings,
                         const struct detect_request *request, struct detect_progress *progress,
                         char error[DETECT_ERROR_BYTES])
{
    struct detect detect = {.records = {.record = on_record},
                            .taker = {.take = take},
                            .request = request,
                            .sightings = sightings};
    cJSON *result = NULL;
    _Static_assert((int)DETECT_ERROR_BYTES >= (int)LOG_ERROR_BYTES, "the log's errors fit");
    snprintf(error, DETECT_ERROR_BYTES, "out of memory");
    detect.before = suspects_create();
    detect.found = suspects_create();
    if (detect.before && detect.found)
        detect.detector = detectors_create(request->rule, request->threshold, detect.before);
    if (detect.detector)
        detect.reader = log_reader_create(log, &detect.records, error);
    if (detect.reader && find_stretch(&detect, error) == 0 &&
        read_stretch(&detect, progress, error) == 0)
        result = make_result(&detect);
    log_reader_destroy(detect.reader);
    detector_destroy(detect.detector);
    suspects_destroy(detect.before);
    suspects_destroy(detect.found);
    return result;
}
