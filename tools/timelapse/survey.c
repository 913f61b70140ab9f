/* SPDX-License-Identifier: ISC */
/* survey: see survey.h. */
#include "survey.h"

#include <inttypes.h>
#include <stdio.h>

#include "webp_image.h"

enum {
    DEFAULT_SECONDS = 30,
    FRAMES_MAX = 1000000,
    /* 256 million pixels, a byte each; and 32 million in a frame, of which each encoder has a copy
     * of some 30 bytes a pixel. */
    REGION_PIXELS_MAX = 1 << 28,
    FRAME_PIXELS_MAX = 1 << 25,
};

/* What one reading of the records found. */
struct counts {
    uint64_t edits;        /* in the region, from plan->from on */
    struct region painted; /* all canvases with edits */
    struct tempo tempo;
};

void survey_area(const struct options *options, struct source_options *source_options)
{
    source_options->limited = options->has_region;
    if (options->has_region)
        region_canvases(&options->region, &source_options->area.first, &source_options->area.last);
}

int survey_size(const struct options *options, const struct region *region,
                char error[SURVEY_ERROR_BYTES])
{
    uint64_t zoom = options->zoom, shrink = options->shrink;
    uint64_t width = (region->width + shrink - 1) / shrink * zoom;
    uint64_t height = (region->height + shrink - 1) / shrink * zoom;
    if (width > WEBP_IMAGE_SIDE_MAX || height > WEBP_IMAGE_SIDE_MAX ||
        width * height > FRAME_PIXELS_MAX) {
        snprintf(error, SURVEY_ERROR_BYTES,
                 "frames of %" PRIu64 " x %" PRIu64
                 " pixels are too large: at most %d on a side "
                 "and %d in all; choose a --region or a --scale of 1/N",
                 width, height, WEBP_IMAGE_SIDE_MAX, FRAME_PIXELS_MAX);
        return -1;
    }
    if ((uint64_t)region->width * region->height > REGION_PIXELS_MAX) {
        snprintf(error, SURVEY_ERROR_BYTES,
                 "a region of %" PRIu32 " x %" PRIu32 " is too large: at most %d pixels",
                 region->width, region->height, REGION_PIXELS_MAX);
        return -1;
    }
    return 0;
}

static int fail(char error[SURVEY_ERROR_BYTES], const char *reason)
{
    snprintf(error, SURVEY_ERROR_BYTES, "%s", reason);
    return -1;
}

static int find_range(struct source *source, const struct options *options, struct plan *plan,
                      char error[SURVEY_ERROR_BYTES])
{
    uint64_t end = source_end(source);
    plan->from = 0;
    plan->to = end;
    if (source_begin(source) > 0) {
        snprintf(error, SURVEY_ERROR_BYTES,
                 "the log begins at offset %" PRIu64 ": what was painted before it is not known",
                 source_begin(source));
        return -1;
    }
    if ((options->has_from && moment_version(&options->from, source, &plan->from) != 0) ||
        (options->has_to && moment_version(&options->to, source, &plan->to) != 0))
        return fail(error, source_error(source));
    if (plan->from > plan->to || plan->to > end) {
        snprintf(error, SURVEY_ERROR_BYTES,
                 "versions %" PRIu64 " to %" PRIu64 ": the log has 0 to %" PRIu64, plan->from,
                 plan->to, end);
        return -1;
    }
    return 0;
}

static int count(struct source *source, const struct options *options, struct progress *progress,
                 const struct plan *plan, struct counts *counts)
{
    struct source_record record;
    enum source_result result;
    if (source_seek(source, 0, plan->to) != 0)
        return -1;
    while ((result = source_next(source, &record)) == SOURCE_RECORD) {
        uint64_t inside = record.n;
        if (options->has_region)
            inside = region_count(&options->region, record.position, record.edits, record.n);
        else
            counts->painted = region_with(counts->painted, record.position);
        if (record.offset >= plan->from && inside > 0) {
            tempo_record(&counts->tempo, record.time_ms);
            counts->edits += inside;
        }
        progress_show(progress, record.offset, record.offset, plan->to);
    }
    return result == SOURCE_END ? 0 : -1;
}

int survey(struct source *source, const struct options *options, struct progress *progress,
           struct plan *plan, char error[SURVEY_ERROR_BYTES])
{
    *plan = (struct plan){
        .tempo = {options->fps, options->edits_per_frame, options->speed_milli, options->idle_ms}};
    source_genesis(source, plan->genesis);
    if (find_range(source, options, plan, error) != 0)
        return -1;
    struct counts counts = {0};
    tempo_init(&counts.tempo, &plan->tempo);
    progress_begin(progress, "read", "records", options->quiet, 0);
    int result = count(source, options, progress, plan, &counts);
    progress_end(progress);
    if (result != 0)
        return fail(error, source_error(source));
    plan->region = options->has_region ? options->region : counts.painted;
    if (plan->region.width == 0)
        return fail(error, "nothing was painted: there is nothing to show");
    if (survey_size(options, &plan->region, error) != 0)
        return -1;
    if (plan->tempo.speed_milli > 0 && counts.edits > 0 && !counts.tempo.has_clock)
        return fail(error, "--speed: no record says when it was written; use --edits-per-frame");
    if (plan->tempo.speed_milli == 0 && plan->tempo.edits_per_frame == 0)
        plan->tempo.edits_per_frame =
            counts.edits / ((uint64_t)DEFAULT_SECONDS * plan->tempo.fps) + 1;
    counts.tempo.config = plan->tempo;
    tempo_take(&counts.tempo, counts.edits > 0 ? counts.edits - 1 : 0);
    plan->frames = counts.edits > 0 ? tempo_frame(&counts.tempo) + 1 : 1;
    if (plan->frames > FRAMES_MAX) {
        snprintf(error, SURVEY_ERROR_BYTES,
                 "that would be %" PRIu64 " frames, and %d is the most: choose %s", plan->frames,
                 FRAMES_MAX,
                 plan->tempo.speed_milli > 0 ? "a larger --speed, or --skip-idle"
                                             : "a larger --edits-per-frame");
        return -1;
    }
    return 0;
}
