/* SPDX-License-Identifier: ISC */
/* canvases: which canvases of the plane are open, asked of the server (blocking, within seconds).
 */
#ifndef PLACED_EDIT_FLOOD_CANVASES_H
#define PLACED_EDIT_FLOOD_CANVASES_H

#include "options.h"

/* Fill in options->canvases when --canvas all was given, from the first target's /info. 0, or -1
 * with a message. */
int canvases_ask(struct options *options);

#endif
