/* SPDX-License-Identifier: ISC */
/* routes: what can be asked for, a row each. */
#ifndef PLACED_API_ROUTES_H
#define PLACED_API_ROUTES_H

#include "http/route.h"

extern const struct routes routes_public; /* for everybody */
extern const struct routes routes_admin;  /* on the admin listener */

#endif
