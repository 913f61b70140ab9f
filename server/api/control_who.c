/* SPDX-License-Identifier: ISC */
/* control_who: see control_who.h. */
#include "api/control_who.h"

#include "api/control_answer.h"
#include "api/control_request.h"
#include "api/pixel.h"
#include "core/edit.h"
#include "core/position.h"
#include "moderation/who.h"

enum {
    FEW = 5,
    PLANE_MIN = POSITION_MIN * CANVAS_WIDTH,
    PLANE_MAX = (POSITION_MAX + 1) * CANVAS_WIDTH - 1,
};

void control_who_get(struct control_request *r)
{
    struct pixel_wanted wanted = {.room = FEW, .staff = true};
    int64_t all = 0;
    control_field_number(r, "x", FIELD_NEEDED, PLANE_MIN, PLANE_MAX, NULL, &wanted.x);
    control_field_number(r, "y", FIELD_NEEDED, PLANE_MIN, PLANE_MAX, NULL, &wanted.y);
    control_field_number(r, "all", FIELD_OPTIONAL, 0, 1, NULL, &all);
    if (r->error[0]) {
        control_answer_wrong(r);
        return;
    }
    if (all)
        wanted.room = WHO_CHANGES_MAX;
    pixel_serve(r->http, wanted);
}
