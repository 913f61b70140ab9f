/* SPDX-License-Identifier: ISC */
/* film: reads the records of a plan, and gives an output the frames. */
#ifndef PLACED_TIMELAPSE_FILM_H
#define PLACED_TIMELAPSE_FILM_H

#include "common/progress.h"
#include "common/source.h"
#include "options.h"
#include "output.h"

enum { FILM_ERROR_BYTES = OUTPUT_ERROR_BYTES };

enum film_result {
    FILM_FAILED = -1, /* a reason is in error; what is there can be looked at */
    FILM_COMPLETE = 0,
    FILM_STOPPED = 1, /* stop_asked() */
};

/* state: the plan, and with resumed where to go on. The output gets all frames from there to the
 * end. */
enum film_result film_run(struct source *source, const struct options *options,
                          const struct state *state, bool resumed, struct output *output,
                          struct progress *progress, char error[FILM_ERROR_BYTES]);

#endif
