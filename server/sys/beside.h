/* SPDX-License-Identifier: ISC */
/* beside: what lies beside the running program, in the build folder or as installed. */
#ifndef PLACED_SYS_BESIDE_H
#define PLACED_SYS_BESIDE_H

#include <limits.h>
#include <stddef.h>

enum { BESIDE_BYTES = PATH_MAX };

/* The first of n places, as seen from the program's folder ("../share/placed/client-web"), that can
 * be read. 0, or -1 when there is none. */
int beside_find(const char *const *places, size_t n, char path[BESIDE_BYTES]);

#endif
