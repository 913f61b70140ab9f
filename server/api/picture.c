/* SPDX-License-Identifier: ISC */
/* picture: see picture.h. */
#include "api/picture.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/canvas_path.h"
#include "derived/pictures.h"
#include "http/field.h"
#include "http/http.h"
#include "http/reply.h"
#include "http/site.h"
#include "plane/place.h"

enum {
    WAIT_US = 5 * 1000 * 1000, /* for a fresh picture; then an older one is better than none */
};

static void release(void *picture)
{
    picture_release(picture);
}

static void answer(struct http *http, struct picture *picture, bool fresh)
{
    const char *match = request_field(&http->request, "if-none-match");
    char genesis[64] = "", extra[512];
    if (picture->genesis[0])
        snprintf(genesis, sizeof genesis, "X-Canvas-Genesis: %s\r\n", picture->genesis);
    snprintf(extra, sizeof extra, "ETag: %s\r\nX-Canvas-Version: %llu\r\n%sCache-Control: %s\r\n",
             picture->etag, (unsigned long long)picture->version, genesis,
             fresh ? "public, max-age=1, stale-while-revalidate=5, no-transform"
                   : "no-cache, no-transform");
    bool known = match && field_none_match(match, picture->etag);
    reply_send(http, (struct reply){.status = known ? 304 : 200,
                                    .type = "image/png",
                                    .extra = extra,
                                    .body = picture->png,
                                    .len = picture->len,
                                    .release = release,
                                    .owned = picture});
}

static void refuse(struct http *http)
{
    reply_error(http, (struct reply){.status = 503, .extra = "Retry-After: 1\r\n"},
                "too many pictures are being made");
}

/* Any picture has been made; perhaps it is the one that this request waits for. */
static void on_picture(struct conn *conn)
{
    struct http *http = http_of(conn);
    const struct picture_name *name = http->work;
    struct picture *picture;
    if (pictures_get(http->site->pictures, *name, &picture) != PICTURE_READY)
        return;
    free(http->work);
    http->work = NULL;
    answer(http, picture, true);
}

static void on_expired(struct conn *conn)
{
    struct http *http = http_of(conn);
    const struct picture_name *name = http->work;
    struct picture *picture = pictures_newest(http->site->pictures, *name);
    free(http->work);
    http->work = NULL;
    if (picture)
        answer(http, picture, false);
    else
        reply_error(http, (struct reply){.status = 503, .extra = "Retry-After: 1\r\n"},
                    "no picture yet");
}

static void on_closed(struct conn *conn)
{
    struct http *http = http_of(conn);
    free(http->work);
    http->work = NULL;
    http_free(http);
}

static const struct conn_ops waiting_ops = {
    .picture = on_picture, .expired = on_expired, .closed = on_closed};

static void wait_for(struct http *http, struct picture_name name)
{
    struct picture_name *kept = malloc(sizeof *kept);
    if (!kept) {
        refuse(http);
        return;
    }
    *kept = name;
    http_wait(http, &waiting_ops, kept, WAIT_US);
}

static void serve(struct http *http, struct picture_name name)
{
    struct picture *picture;
    switch (pictures_get(http->site->pictures, name, &picture)) {
    case PICTURE_READY:
        answer(http, picture, true);
        break;
    case PICTURE_COMING:
        wait_for(http, name);
        break;
    case PICTURE_BUSY:
        refuse(http);
        break;
    case PICTURE_NONE:
        reply_error(http, (struct reply){.status = 404}, "no such canvas");
        break;
    }
}

void picture_get(struct http *http)
{
    struct canvas_place *place = canvas_path_find(http);
    if (!place)
        return;
    struct position position = place_position(place);
    serve(http, (struct picture_name){.zoom = 0, .x = position.gx, .y = position.gy});
}

void picture_get_preview(struct http *http)
{
    serve(http, (struct picture_name){.zoom = PICTURE_OVERVIEW});
}

void picture_get_tile(struct http *http)
{
    const int64_t *numbers = http->numbers;
    struct picture_name name = {0};
    struct position corner; /* a tile's place is never farther away than a canvas's */
    bool possible = numbers[0] >= 0 && numbers[0] <= PICTURE_ZOOM_MAX &&
                    position_from(numbers[1], numbers[2], &corner);
    if (possible)
        name = (struct picture_name){
            .zoom = (unsigned)numbers[0], .x = (int)numbers[1], .y = (int)numbers[2]};
    if (possible && picture_name_valid(name))
        serve(http, name);
    else
        reply_error(http, (struct reply){.status = 404}, "no such tile");
}
