/* SPDX-License-Identifier: ISC */
/* routes: all that can be asked for, a row each. */
#ifndef PLACED_RENDER_HTTP_ROUTES_H
#define PLACED_RENDER_HTTP_ROUTES_H

#include "render/http/web_route.h"

extern const struct web_routes routes;

#endif
