/* SPDX-License-Identifier: ISC */
/* sink_webp: an animated WebP. It grows as PATH.part and is renamed when it can be looked at. */
#ifndef PLACED_TIMELAPSE_SINK_WEBP_H
#define PLACED_TIMELAPSE_SINK_WEBP_H

#include "sink.h"

/* resumed: NULL to begin, or the state of the run to go on from, whose file is PATH.part or PATH.
 * NULL with a reason in error. */
struct sink *sink_webp_create(const struct output_config *config, const struct state *resumed,
                              char error[OUTPUT_ERROR_BYTES]);

#endif
