/* SPDX-License-Identifier: ISC */
/* sink_png: for PATH.png the files PATH-000001.png, PATH-000002.png and so on, one a frame. */
#ifndef PLACED_TIMELAPSE_SINK_PNG_H
#define PLACED_TIMELAPSE_SINK_PNG_H

#include "sink.h"

/* NULL with a reason in error. Files that an earlier run has left are replaced. */
struct sink *sink_png_create(const struct output_config *config, char error[OUTPUT_ERROR_BYTES]);

#endif
