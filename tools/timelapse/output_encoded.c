/* SPDX-License-Identifier: ISC */
/*
 * output_encoded: see output_encoded.h. A frame is written when it is known how long it stays,
 * which is when the next one comes. So the newest frame is never written before the end, and a
 * state names the frame that is to be made again.
 */
#include "output_encoded.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/crc32c.h"
#include "patch.h"
#include "sys/clock.h"

/* So much work is lost when the process is killed. */
enum { CHECKPOINT_MS = 5000 };

struct encoded_output {
    struct output output;
    struct sink *sink;
    struct encoders *encoders;
    bool broken; /* a frame could not be written: none after it may be */
    int64_t next_checkpoint_ms;
};

static int save(struct encoded_output *out, uint64_t frame, uint32_t picture_crc)
{
    struct output *output = &out->output;
    char reason[STATE_ERROR_BYTES];
    output->state.frame = frame;
    output->state.picture_crc = picture_crc;
    if (out->sink->ops->mark(out->sink, &output->state, output->error) != 0)
        return -1;
    if (state_save(output->config.state_path, &output->state, reason) == 0)
        return 0;
    snprintf(output->error, OUTPUT_ERROR_BYTES, "%s", reason);
    return -1;
}

/* Write the oldest frame, whose end is known. */
static int write_oldest(struct encoded_output *out, uint32_t hold_ms)
{
    struct encoding *oldest = encoders_oldest(out->encoders);
    int result = 0;
    if (!oldest->encoded.bytes) {
        snprintf(out->output.error, OUTPUT_ERROR_BYTES, "out of memory while encoding a frame");
        result = -1;
    }
    if (result == 0 && oldest->checkpoint)
        result = save(out, oldest->frame, oldest->picture_crc);
    if (result == 0)
        result = out->sink->ops->write(out->sink, oldest, hold_ms, out->output.error);
    encoders_release(out->encoders);
    out->broken = out->broken || result != 0;
    out->output.bytes = out->sink->bytes;
    return result;
}

/* The colours that the sink wants of a frame. NULL when memory is short. */
static uint8_t *colours_of(const struct encoded_output *out, struct encoding *encoding,
                           const uint8_t *before, const uint8_t *now, bool first)
{
    const struct output_config *config = &out->output.config;
    struct rect rect = encoding->rect;
    uint8_t *colours = malloc((size_t)rect.width * rect.height);
    if (!colours)
        return NULL;
    if (out->sink->ops->whole || first)
        memcpy(colours, now, (size_t)rect.width * rect.height);
    else
        encoding->blend = patch_fill(before, now, config->width, rect, colours);
    return colours;
}

static int frame(struct output *output, uint64_t number, struct rect rect, const uint8_t *before,
                 const uint8_t *now)
{
    struct encoded_output *out = (struct encoded_output *)output;
    const struct output_config *config = &output->config;
    struct encoding *newest = encoders_newest(out->encoders), *place;
    if (newest)
        newest->until = number;
    while (!(place = encoders_place(out->encoders))) {
        if (write_oldest(out, 0) != 0)
            return -1;
    }
    if (out->sink->ops->whole || number == 0)
        rect = (struct rect){0, 0, config->width, config->height};
    place->frame = number;
    place->rect = rect;
    place->zoom = config->zoom;
    place->colours = colours_of(out, place, before, now, number == 0);
    if (!place->colours) {
        snprintf(output->error, OUTPUT_ERROR_BYTES, "out of memory");
        return -1;
    }
    if (clock_now_ms() >= out->next_checkpoint_ms) {
        out->next_checkpoint_ms = clock_now_ms() + CHECKPOINT_MS;
        place->checkpoint = true;
        place->picture_crc = crc32c(0, now, (size_t)config->width * config->height);
    }
    encoders_put(out->encoders, place);
    output->images++;
    return 0;
}

static int finish(struct output *output, uint64_t end, bool complete, uint32_t picture_crc)
{
    struct encoded_output *out = (struct encoded_output *)output;
    struct encoding *newest = encoders_newest(out->encoders);
    int result = out->broken ? -1 : 0;
    if (!newest) /* nothing new: what an earlier run has left stays as it is */
        return result;
    newest->until = end > newest->frame ? end : newest->frame + 1;
    while (encoders_count(out->encoders) > 1 && result == 0)
        result = write_oldest(out, 0);
    if (result == 0 && !complete)
        result = save(out, newest->frame, picture_crc);
    if (result == 0)
        result = write_oldest(out, output->config.hold_ms);
    /* Also after a failure what was written before it can be looked at. */
    char error[OUTPUT_ERROR_BYTES];
    if (out->sink->ops->finish(out->sink, result == 0 ? output->error : error) != 0)
        result = -1;
    char reason[STATE_ERROR_BYTES];
    if (result == 0 && complete && state_remove(output->config.state_path, reason) != 0) {
        snprintf(output->error, OUTPUT_ERROR_BYTES, "%s", reason);
        result = -1;
    }
    return result;
}

static void destroy(struct output *output)
{
    struct encoded_output *out = (struct encoded_output *)output;
    encoders_destroy(out->encoders);
    if (out->sink)
        out->sink->ops->destroy(out->sink);
    free(out);
}

struct output *output_encoded_create(const struct output_config *config, const struct state *state,
                                     struct sink *sink, char error[OUTPUT_ERROR_BYTES])
{
    static const struct output_ops ops = {frame, finish, destroy};
    struct encoded_output *out = calloc(1, sizeof *out);
    if (!out) {
        sink->ops->destroy(sink);
        snprintf(error, OUTPUT_ERROR_BYTES, "out of memory");
        return NULL;
    }
    out->output = (struct output){.ops = &ops, .config = *config, .state = *state};
    out->sink = sink;
    out->next_checkpoint_ms = clock_now_ms() + CHECKPOINT_MS;
    out->encoders = encoders_create(config->threads, sink->ops->encode);
    if (out->encoders)
        return &out->output;
    snprintf(error, OUTPUT_ERROR_BYTES, "cannot start threads: %s", strerror(errno));
    destroy(&out->output);
    return NULL;
}
