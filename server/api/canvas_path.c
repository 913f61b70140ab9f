/* SPDX-License-Identifier: ISC */
/* canvas_path: see canvas_path.h. */
#include "api/canvas_path.h"

#include "http/http.h"
#include "http/reply.h"
#include "http/site.h"
#include "plane/canvases.h"

struct canvas_place *canvas_path_find(struct http *http)
{
    struct canvas_place *place = NULL;
    struct position position;
    if (position_from(http->numbers[0], http->numbers[1], &position))
        place = canvases_find(http->site->canvases, position);
    if (!place)
        reply_error(http, (struct reply){.status = 404}, "no such canvas");
    return place;
}
