/* SPDX-License-Identifier: ISC */
/* output_encoded: an output that encodes frames in several threads and gives them to a sink. */
#ifndef PLACED_TIMELAPSE_OUTPUT_ENCODED_H
#define PLACED_TIMELAPSE_OUTPUT_ENCODED_H

#include "output.h"
#include "sink.h"

/* Takes the sink over, also when it fails (NULL with a reason in error). state: what is to be
 * saved, with its plan. */
struct output *output_encoded_create(const struct output_config *config, const struct state *state,
                                     struct sink *sink, char error[OUTPUT_ERROR_BYTES]);

#endif
