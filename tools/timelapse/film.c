/* SPDX-License-Identifier: ISC */
/* film: see film.h. */
#include "film.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/stop.h"
#include "core/crc32c.h"
#include "easel.h"
#include "patch.h"

struct film {
    const struct state *state;
    struct output *output;
    struct progress *progress;
    struct easel easel;
    uint8_t *shown; /* the picture of the last frame */
    size_t picture_bytes;
    struct tempo tempo;
    uint64_t frame; /* the next one to be shown */
    bool replaying; /* the frames before state->frame are in the output already */
    uint64_t begun; /* the first frame that this run gave to the output */
    char *error;
};

static int fail(struct film *film, const char *reason)
{
    snprintf(film->error, FILM_ERROR_BYTES, "%s", reason);
    return -1;
}

/* Is the picture of the frame to go on from the one that the state remembers? */
static int end_replay(struct film *film, const struct picture *picture)
{
    if (film->frame != film->state->frame ||
        crc32c(0, picture->pixels, film->picture_bytes) != film->state->picture_crc)
        return fail(film, "the run that was stopped was of another log: give --anew to begin anew");
    film->replaying = false;
    film->begun = film->frame;
    return 0;
}

/* Show what the easel shows as the frame film->frame. */
static int show(struct film *film)
{
    struct picture picture = easel_picture(&film->easel);
    struct rect rect = patch_rect(film->shown, picture.pixels, picture.width, picture.touched);
    if (film->frame == 0)
        rect = (struct rect){0, 0, picture.width, picture.height};
    if (film->replaying && film->frame >= film->state->frame && end_replay(film, &picture) != 0)
        return -1;
    if (!film->replaying && !rect_empty(rect) &&
        output_frame(film->output, film->frame, rect, film->shown, picture.pixels) != 0)
        return fail(film, film->output->error);
    for (uint32_t y = rect.y; y < rect.y + rect.height; y++) {
        size_t at = (size_t)y * picture.width + rect.x;
        memcpy(film->shown + at, picture.pixels + at, rect.width);
    }
    if (!film->replaying)
        progress_show(film->progress, film->frame - film->begun, film->frame,
                      film->state->plan.frames);
    return 0;
}

/* The record is in the film: paint it, with the frames that come in between. */
static int play(struct film *film, const struct source_record *record)
{
    tempo_record(&film->tempo, record->time_ms);
    for (size_t at = 0; at < record->n;) {
        uint64_t frame = tempo_frame(&film->tempo), inside;
        if (frame > film->frame) {
            if (show(film) != 0)
                return -1;
            film->frame = frame;
        }
        at += easel_paint(&film->easel, record->position, record->edits + EDIT_BYTES * at,
                          record->n - at, tempo_room(&film->tempo), &inside);
        tempo_take(&film->tempo, inside);
        if (stop_asked())
            return 0;
    }
    return 0;
}

static enum film_result read_records(struct film *film, struct source *source)
{
    const struct plan *plan = &film->state->plan;
    struct source_record record;
    enum source_result result;
    if (source_seek(source, 0, plan->to) != 0)
        return (enum film_result)fail(film, source_error(source));
    while ((result = source_next(source, &record)) == SOURCE_RECORD && !stop_asked()) {
        uint64_t inside;
        if (region_count(&plan->region, record.position, record.edits, record.n) == 0)
            continue;
        if (record.offset < plan->from)
            easel_paint(&film->easel, record.position, record.edits, record.n, TEMPO_ALL_EDITS,
                        &inside);
        else if (play(film, &record) != 0)
            return FILM_FAILED;
    }
    if (stop_asked())
        return FILM_STOPPED;
    if (result == SOURCE_FAILED)
        return (enum film_result)fail(film, source_error(source));
    return show(film) == 0 ? FILM_COMPLETE : FILM_FAILED;
}

static enum film_result run(struct film *film, struct source *source)
{
    enum film_result result = read_records(film, source);
    if (result == FILM_COMPLETE && film->replaying)
        result = (enum film_result)fail(film,
                                        "the run that was stopped was of another log: give "
                                        "--anew to begin anew");
    /* At the end the frame shown last lasts one more; where it was stopped, until where it was. */
    uint64_t end = result == FILM_COMPLETE ? film->frame + 1 : film->frame;
    if (output_finish(film->output, end, result == FILM_COMPLETE,
                      crc32c(0, film->shown, film->picture_bytes)) != 0 &&
        result != FILM_FAILED)
        result = (enum film_result)fail(film, film->output->error);
    return result;
}

enum film_result film_run(struct source *source, const struct options *options,
                          const struct state *state, bool resumed, struct output *output,
                          struct progress *progress, char error[FILM_ERROR_BYTES])
{
    struct film film = {.state = state,
                        .output = output,
                        .progress = progress,
                        .replaying = resumed,
                        .begun = resumed ? state->frame : 0,
                        .picture_bytes = (size_t)output->config.width * output->config.height,
                        .error = error};
    enum film_result result = FILM_FAILED;
    tempo_init(&film.tempo, &state->plan.tempo);
    film.shown = calloc(film.picture_bytes, 1);
    if (film.shown && easel_init(&film.easel, &state->plan.region, options->shrink) == 0) {
        progress_begin(progress, "made", "frames", options->quiet, film.begun);
        result = run(&film, source);
        progress_end(progress);
    } else {
        fail(&film, "out of memory");
    }
    easel_finish(&film.easel);
    free(film.shown);
    return result;
}
