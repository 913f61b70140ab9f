/* SPDX-License-Identifier: ISC */
/* output_raw: frames on standard output, 3 bytes a pixel (rgb24), nothing between them. */
#ifndef PLACED_TIMELAPSE_OUTPUT_RAW_H
#define PLACED_TIMELAPSE_OUTPUT_RAW_H

#include "output.h"

/* NULL with a reason in error. */
struct output *output_raw_create(const struct output_config *config,
                                 char error[OUTPUT_ERROR_BYTES]);

#endif
