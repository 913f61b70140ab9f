/* SPDX-License-Identifier: ISC */
/* do_canvas: which canvases take edits, and with which colours. */
#ifndef PLACED_PLACECTL_DO_CANVAS_H
#define PLACED_PLACECTL_DO_CANVAS_H

#include "common/ctl.h"

int do_canvas_open(struct ctl *ctl, const struct arguments *arguments);
int do_canvas_close(struct ctl *ctl, const struct arguments *arguments);
int do_canvases(struct ctl *ctl, const struct arguments *arguments);
int do_palette(struct ctl *ctl, const struct arguments *arguments);

#endif
