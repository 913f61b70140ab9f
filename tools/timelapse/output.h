/* SPDX-License-Identifier: ISC */
/* output: where frames go, behind one interface: a WebP, numbered PNGs, or standard output. */
#ifndef PLACED_TIMELAPSE_OUTPUT_H
#define PLACED_TIMELAPSE_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "rect.h"
#include "state.h"

enum { OUTPUT_ERROR_BYTES = 512 };

struct output_config {
    const char *path;       /* as the user gave it */
    const char *state_path; /* beside it; NULL: there is none */
    uint32_t width, height; /* of the picture, before zooming */
    uint32_t zoom;
    uint32_t fps;
    uint32_t hold_ms; /* how long the last frame stays */
    unsigned threads;
};

struct output;

struct output_ops {
    int (*frame)(struct output *output, uint64_t frame, struct rect rect, const uint8_t *before,
                 const uint8_t *now);
    int (*finish)(struct output *output, uint64_t end, bool complete, uint32_t picture_crc);
    void (*destroy)(struct output *output);
};

/* Implementations begin with it. */
struct output {
    const struct output_ops *ops;
    struct output_config config;
    struct state state; /* what is saved beside the output, with its plan */
    uint64_t images;    /* frames that differed from the one before */
    uint64_t bytes;     /* that make up the output */
    char error[OUTPUT_ERROR_BYTES];
};

/* From this frame on the picture is `now`; outside of rect it is as `before` was. The first call
 * has all of it as rect, unless the output was resumed. Frame numbers grow. 0, or -1 with a reason
 * in output->error. */
static inline int output_frame(struct output *output, uint64_t frame, struct rect rect,
                               const uint8_t *before, const uint8_t *now)
{
    return output->ops->frame(output, frame, rect, before, now);
}

/* The last picture, whose crc32c is given, stays until frame `end`, and then for hold_ms. Complete:
 * that is all. Otherwise what is there can be looked at, and a state says how to go on. 0, or -1
 * with a reason in output->error. */
static inline int output_finish(struct output *output, uint64_t end, bool complete,
                                uint32_t picture_crc)
{
    return output->ops->finish(output, end, complete, picture_crc);
}

static inline void output_destroy(struct output *output)
{
    if (output)
        output->ops->destroy(output);
}

#endif
