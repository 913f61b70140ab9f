/* SPDX-License-Identifier: ISC */
/*
 * do_paint: see do_paint.h. The pixels go to the server some hundred at a time, so that --rate can
 * be kept and Ctrl-C ends it between two of them.
 */
#include "do_paint.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/fetch.h"
#include "common/progress.h"
#include "common/stop.h"
#include "common/text.h"
#include "core/base64.h"
#include "options.h"
#include "pixels.h"
#include "plan.h"
#include "sys/clock.h"
#include "values.h"

enum {
    CHUNK = 768, /* edits: with all else, within the 4 kB of a request */
    RATE_MAX = 10000000,
    PARTS_A_SECOND = 4,
    SLICE_MS = 100,
    PICTURE_MAX = 4 * 1024 * 1024,
    PATH_BYTES = 64,
};

/* What is being painted. */
struct painting {
    struct ctl *ctl;
    const char *kind;
    uint64_t rate; /* pixels a second; 0: as fast as it goes */
    uint64_t action, done, total;
    int64_t begun_ms;
    struct progress progress;
};

/* ---- to the server ---- */

/* Wait until so many pixels may have been painted. */
static void pace(const struct painting *p)
{
    if (p->rate == 0)
        return;
    int64_t due = p->begun_ms + (int64_t)(p->done * 1000 / p->rate);
    for (int64_t left; (left = due - clock_now_ms()) > 0 && !stop_asked();)
        clock_pause_ms(left < SLICE_MS ? left : SLICE_MS);
}

static bool send_edits(struct painting *p, struct position canvas, const uint8_t *edits, size_t n)
{
    char text[BASE64_BYTES(CHUNK * EDIT_BYTES) + 1];
    text[base64_encode(text, edits, n * EDIT_BYTES)] = '\0';
    const int place[] = {canvas.gx, canvas.gy};
    cJSON *body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "kind", p->kind);
    cJSON_AddItemToObject(body, "canvas", cJSON_CreateIntArray(place, 2));
    cJSON_AddStringToObject(body, "edits", text);
    if (p->action > 0)
        cJSON_AddNumberToObject(body, "action", (double)p->action);
    cJSON *answer = ctl_post(p->ctl, "paint", body);
    if (!answer)
        return false;
    p->action = ctl_number(answer, "action");
    cJSON_Delete(answer);
    p->done += n;
    progress_show(&p->progress, p->done, p->done, p->total);
    return true;
}

static bool send_canvas(struct painting *p, const struct pixels *pixels, struct position canvas)
{
    uint8_t edits[CHUNK * EDIT_BYTES];
    uint64_t at = 0, part = p->rate / PARTS_A_SECOND;
    size_t most = p->rate == 0 || part > CHUNK ? CHUNK : part == 0 ? 1 : (size_t)part, n;
    while (!stop_asked() && (n = pixels_edits(pixels, canvas, &at, edits, most)) > 0) {
        if (!send_edits(p, canvas, edits, n))
            return false;
        pace(p);
    }
    return !stop_asked();
}

static bool send_all(struct painting *p, const struct pixels *pixels)
{
    struct position first, last;
    region_canvases(&pixels->region, &first, &last);
    for (int gy = first.gy; gy <= last.gy; gy++) {
        for (int gx = first.gx; gx <= last.gx; gx++) {
            if (!send_canvas(p, pixels, (struct position){(int16_t)gx, (int16_t)gy}))
                return false;
        }
    }
    return true;
}

/* Paint them all, when nobody minds. */
static int paint(struct ctl *ctl, const char *kind, const struct pixels *pixels)
{
    const char *rate = ctl->arguments->values[OPTION_RATE];
    struct painting p = {.ctl = ctl, .kind = kind, .total = pixels_count(pixels)};
    char total[TEXT_BYTES], done[TEXT_BYTES];
    text_count(total, p.total);
    if (rate && !value_number(rate, 1, RATE_MAX, &p.rate))
        return ctl_wrong(ctl, "--rate", "pixels a second, 1 to 10000000", rate);
    cJSON *answer = cJSON_CreateObject();
    cJSON_AddNumberToObject(answer, "pixels", (double)p.total);
    if (option_given(ctl->arguments, OPTION_DRY_RUN))
        return ctl_end(ctl, answer, "%s pixels would be painted", total);
    if (p.total > PLAN_ASK_FROM && !ctl_confirm(ctl, "%s pixels will be painted. Go on", total)) {
        cJSON_Delete(answer);
        return EXIT_FAILED;
    }
    fetch_heed_stop(ctl->fetch, false); /* what has been sent is answered: then it is counted */
    p.begun_ms = clock_now_ms();
    progress_begin(&p.progress, "painted", "pixels", ctl->quiet, 0);
    bool whole = send_all(&p, pixels);
    progress_end(&p.progress);
    text_count(done, p.done);
    cJSON_AddNumberToObject(answer, "action", (double)p.action);
    cJSON_AddNumberToObject(answer, "painted", (double)p.done);
    if (whole)
        return ctl_end(ctl, answer,
                       "%s pixels are painted by action %" PRIu64 " (placectl undo %" PRIu64
                       " takes it back)",
                       done, p.action, p.action);
    int status = stop_asked() ? EXIT_FAILED : ctl->status;
    if (ctl->json)
        ctl_end(ctl, cJSON_Duplicate(answer, true), " ");
    cJSON_Delete(answer);
    ctl_fail(ctl, "%s of %s pixels were painted", done, total);
    if (p.action > 0)
        ctl_fail(ctl, "placectl undo %" PRIu64 " takes them back", p.action);
    return status;
}

/* ---- what is painted ---- */

/* A rectangle that lies in the plane and is not too large. False after a message. */
static bool take(struct ctl *ctl, struct pixels *pixels, int64_t x, int64_t y, uint64_t width,
                 uint64_t height)
{
    if (x < REGION_MIN || y < REGION_MIN || x + (int64_t)width > REGION_END ||
        y + (int64_t)height > REGION_END) {
        ctl->status =
            ctl_fail(ctl, "%s: it would not lie in the plane", ctl->arguments->command->name);
        return false;
    }
    if (width * height > PIXELS_MAX) {
        ctl->status = ctl_fail(ctl, "%s: %" PRIu64 " pixels are too many: expected at most %d",
                               ctl->arguments->command->name, width * height, PIXELS_MAX);
        return false;
    }
    struct region region = {(int32_t)x, (int32_t)y, (uint32_t)width, (uint32_t)height};
    if (pixels_init(pixels, region) == 0)
        return true;
    ctl->status = ctl_fail(ctl, "no memory");
    return false;
}

int do_fill(struct ctl *ctl, const struct arguments *arguments)
{
    struct region region;
    struct pixels pixels;
    unsigned colour;
    if (!region_parse(arguments->words[0], &region))
        return ctl_wrong(ctl, "X,Y,W,H", "a rectangle in pixels of the plane", arguments->words[0]);
    if (!value_colour(arguments->words[1], &colour))
        return ctl_wrong(ctl, "COLOUR", VALUES_COLOUR, arguments->words[1]);
    if (!take(ctl, &pixels, region.x, region.y, region.width, region.height))
        return ctl->status;
    memset(pixels.colours, (int)colour, (size_t)region.width * region.height);
    int status = paint(ctl, "fill", &pixels);
    pixels_finish(&pixels);
    return status;
}

int do_paste(struct ctl *ctl, const struct arguments *arguments)
{
    const char *path = arguments->words[1];
    char error[RGBA_ERROR_BYTES], count[TEXT_BYTES];
    struct pixels pixels;
    struct rgba picture;
    int64_t x, y;
    if (!value_pair(arguments->words[0], REGION_MIN, REGION_END - 1, &x, &y))
        return ctl_wrong(ctl, "X,Y", "a pixel of the plane", arguments->words[0]);
    if (rgba_load(path, &picture, error) != 0)
        return ctl_fail(ctl, "%s: %s", path, error);
    if (!take(ctl, &pixels, x, y, picture.width, picture.height)) {
        rgba_finish(&picture);
        return ctl->status;
    }
    uint64_t other = pixels_from_picture(&pixels, &picture);
    rgba_finish(&picture);
    text_count(count, other);
    if (other > 0 && !ctl->quiet)
        fprintf(stderr,
                "placectl: %s pixels have colours that are not in the palette: each gets the "
                "nearest one\n",
                count);
    int status = paint(ctl, "paste", &pixels);
    pixels_finish(&pixels);
    return status;
}

/* The picture of one canvas, of which a part is copied. The exit status. */
static int copy_canvas(struct ctl *ctl, struct pixels *pixels, struct position canvas)
{
    char path[PATH_BYTES], error[RGBA_ERROR_BYTES];
    uint8_t *bytes;
    size_t len;
    struct rgba picture;
    snprintf(path, sizeof path, "/c/%d,%d/canvas.png", canvas.gx, canvas.gy);
    int status = ctl_get_bytes(ctl, path, PICTURE_MAX, &bytes, &len);
    if (status != EXIT_DONE)
        return status;
    int result = rgba_read(bytes, len, &picture, error);
    free(bytes);
    if (result != 0)
        return ctl_fail(ctl, "%s: %s", path, error);
    if (picture.width == CANVAS_WIDTH && picture.height == CANVAS_HEIGHT)
        pixels_from_canvas(pixels, canvas, &picture);
    else
        status = ctl_fail(ctl, "%s: expected 1000 x 1000 pixels", path);
    rgba_finish(&picture);
    return status;
}

int do_copy(struct ctl *ctl, const struct arguments *arguments)
{
    struct region region;
    struct pixels pixels;
    struct position first, last;
    int64_t x, y;
    int status = EXIT_DONE;
    if (!region_parse(arguments->words[0], &region))
        return ctl_wrong(ctl, "X,Y,W,H", "a rectangle in pixels of the plane", arguments->words[0]);
    if (!value_pair(arguments->words[1], REGION_MIN, REGION_END - 1, &x, &y))
        return ctl_wrong(ctl, "TO_X,TO_Y", "a pixel of the plane", arguments->words[1]);
    if (!take(ctl, &pixels, x, y, region.width, region.height))
        return ctl->status;
    struct region to = pixels.region;
    pixels.region = region;
    region_canvases(&region, &first, &last);
    for (int gy = first.gy; status == EXIT_DONE && gy <= last.gy; gy++) {
        for (int gx = first.gx; status == EXIT_DONE && gx <= last.gx; gx++)
            status = copy_canvas(ctl, &pixels, (struct position){(int16_t)gx, (int16_t)gy});
    }
    pixels.region = to;
    if (status == EXIT_DONE)
        status = paint(ctl, "copy", &pixels);
    pixels_finish(&pixels);
    return status;
}
