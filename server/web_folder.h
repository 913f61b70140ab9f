/* SPDX-License-Identifier: ISC */
/* web_folder: where the built web client lies when nobody says so. */
#ifndef PLACED_WEB_FOLDER_H
#define PLACED_WEB_FOLDER_H

#include "sys/beside.h"

enum { WEB_FOLDER_BYTES = BESIDE_BYTES };

/* Beside the program: in the build folder, or as installed. 0, or -1 when it is in neither place.
 */
int web_folder_find(char path[WEB_FOLDER_BYTES]);

#endif
