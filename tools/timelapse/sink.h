/* SPDX-License-Identifier: ISC */
/* sink: files that take encoded frames in their order (see output_encoded.h). */
#ifndef PLACED_TIMELAPSE_SINK_H
#define PLACED_TIMELAPSE_SINK_H

#include <stdbool.h>

#include "encoders.h"
#include "output.h"

struct sink;

/* 0, or -1 with a reason in error. */
struct sink_ops {
    encode_function *encode;
    bool whole; /* takes whole pictures, not what differs */
    /* The frame stays for hold_ms longer than until its `until`. */
    int (*write)(struct sink *sink, const struct encoding *encoding, uint32_t hold_ms,
                 char error[OUTPUT_ERROR_BYTES]);
    /* Put into state what is written now: `bytes` and their CRC. */
    int (*mark)(struct sink *sink, struct state *state, char error[OUTPUT_ERROR_BYTES]);
    /* What is written becomes the output, to be looked at. */
    int (*finish)(struct sink *sink, char error[OUTPUT_ERROR_BYTES]);
    void (*destroy)(struct sink *sink);
};

/* Implementations begin with it. */
struct sink {
    const struct sink_ops *ops;
    struct output_config config;
    uint64_t bytes; /* of all that it wrote, now and before it was resumed */
};

#endif
