/* SPDX-License-Identifier: ISC */
/* stop: Ctrl-C and its like ask a tool to end cleanly; a second one ends it at once. */
#ifndef PLACED_TOOLS_STOP_H
#define PLACED_TOOLS_STOP_H

#include <stdbool.h>

/* From now on SIGINT, SIGTERM and SIGHUP ask; SIGPIPE is ignored, so that writing to a reader that
 * has gone is an error of the write. */
void stop_on_signals(void);

/* Was it asked for? Cheap; any thread. */
bool stop_asked(void);

/* End the process as the signal would have, so that a shell's loop ends too; returns when no signal
 * came. Last thing in main, after all is tidied up. */
void stop_repeat_signal(void);

#endif
