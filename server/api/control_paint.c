/* SPDX-License-Identifier: ISC */
/* control_paint: see control_paint.h. It is answered when the edits are in the log. */
#include "api/control_paint.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <sodium.h>
#include <string.h>

#include "api/control_answer.h"
#include "api/control_request.h"
#include "core/edit.h"
#include "core/position.h"
#include "http/http.h"
#include "http/site.h"
#include "moderation/moderation.h"
#include "moderation/paint.h"

static bool read_canvas(struct control_request *r, struct position *position)
{
    const cJSON *canvas = cJSON_GetObjectItemCaseSensitive(r->fields, "canvas");
    double at[2] = {NAN, NAN};
    for (int i = 0; i < 2 && cJSON_IsArray(canvas) && cJSON_GetArraySize(canvas) == 2; i++) {
        const cJSON *item = cJSON_GetArrayItem(canvas, i);
        if (cJSON_IsNumber(item) && item->valuedouble == floor(item->valuedouble))
            at[i] = item->valuedouble;
    }
    if (at[0] >= POSITION_MIN && at[0] <= POSITION_MAX && at[1] >= POSITION_MIN &&
        at[1] <= POSITION_MAX)
        return position_from((int64_t)at[0], (int64_t)at[1], position);
    control_field_wrong(r, "canvas", "[gx, gy], whole numbers from -1024 to 1023");
    return false;
}

/* The bytes of the edits: how many. */
static size_t read_edits(struct control_request *r, uint8_t edits[HTTP_BODY_MAX])
{
    const char *text = NULL, *end = NULL;
    size_t len = 0;
    if (!control_field_text(r, "edits", FIELD_NEEDED, HTTP_BODY_MAX, &text))
        return 0;
    if (sodium_base642bin(edits, HTTP_BODY_MAX, text, strlen(text), NULL, &len, &end,
                          sodium_base64_VARIANT_ORIGINAL) == 0 &&
        *end == '\0' && len > 0 && len % EDIT_BYTES == 0)
        return len;
    control_field_wrong(r, "edits", "base64 of edits, 3 bytes each");
    return 0;
}

void control_paint_post(struct control_request *r)
{
    uint8_t edits[HTTP_BODY_MAX];
    struct paint_piece piece = {.edits = edits};
    int64_t action = 0;
    char error[MODERATION_ERROR_BYTES];
    control_field_number(r, "action", FIELD_OPTIONAL, 1, UINT32_MAX, NULL, &action);
    control_field_word(r, "kind", FIELD_NEEDED, "fill|paste|copy", &piece.kind);
    read_canvas(r, &piece.canvas);
    piece.n = read_edits(r, edits) / EDIT_BYTES;
    piece.action = (uint64_t)action;
    if (r->error[0]) {
        control_answer_wrong(r);
        return;
    }
    struct control_waiter *waiter = control_answer_waiter(r, NULL);
    if (!waiter)
        return;
    unsigned status = moderation_paint(r->http->site->moderation, &piece, &r->actor, waiter, error);
    if (status == 0)
        control_answer_wait(waiter);
    else
        control_answer_give_up(r, waiter, status, error);
}
