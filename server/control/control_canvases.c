/* SPDX-License-Identifier: ISC */
/* control_canvases: closes first, so that there is room for those that open; then in the order in
 * which they were decided on, which is the same on every server. */
#include "control/control_canvases.h"

#include <stdlib.h>

#include "control/control_span.h"
#include "plane/canvases.h"
#include "sys/diag.h"

enum { ROOM = 2048 }; /* control_types: canvases with a record */

struct control_canvases {
    struct canvases *canvases;
    struct position decided[ROOM]; /* those that have a record */
    size_t n;
    bool said; /* that there are too many */
};

struct control_canvases *control_canvases_create(struct canvases *canvases)
{
    struct control_canvases *control = calloc(1, sizeof *control);
    if (control)
        control->canvases = canvases;
    return control;
}

void control_canvases_destroy(struct control_canvases *control)
{
    free(control);
}

static bool set(struct control_canvases *control, struct position position, bool open)
{
    switch (canvases_set_open(control->canvases, position, open)) {
    case CANVASES_CHANGED:
        diag_info("canvas %d,%d is %s", position.gx, position.gy, open ? "open" : "closed");
        return true;
    case CANVASES_AS_IT_WAS:
        return false;
    case CANVASES_TOO_MANY:
        if (!control->said)
            diag_error(
                "canvas %d,%d cannot be opened: at most %d are open at a time, and %d are "
                "opened or painted while a server runs",
                position.gx, position.gy, CANVASES_OPEN_MAX, CANVASES_OPENED_MAX);
        break;
    case CANVASES_NO_MEMORY:
        if (!control->said)
            diag_error("canvas %d,%d cannot be opened: out of memory", position.gx, position.gy);
        break;
    }
    control->said = true;
    return false;
}

static bool wants_open(const struct control_canvas *canvas, int64_t now_ms)
{
    return span_holds(canvas->from_ms, canvas->until_ms, now_ms) ? canvas->open : !canvas->open;
}

/* Those whose record is gone are as they were from the start. */
static bool take_back(struct control_canvases *control, const struct control_entry *const *entries,
                      size_t n)
{
    bool changed = false;
    for (size_t i = 0; i < control->n; i++) {
        struct position position = control->decided[i];
        size_t k = 0;
        while (k < n && !position_equal(entries[k]->meaning.canvas.position, position))
            k++;
        if (k == n)
            changed |=
                set(control, position, canvases_opens_by_itself(control->canvases, position));
    }
    return changed;
}

static int by_action(const void *a, const void *b)
{
    const struct control_entry *const *x = a, *const *y = b;
    return ((*x)->action > (*y)->action) - ((*x)->action < (*y)->action);
}

bool control_canvases_update(struct control_canvases *control, const struct control_state *state,
                             int64_t now_ms, int64_t *next_ms)
{
    size_t n;
    const struct control_entry **entries = control_state_sorted(state, CONTROL_CANVAS, &n);
    if (n > 0)
        qsort(entries, n, sizeof *entries, by_action);
    bool changed = take_back(control, entries, n);
    for (int open = 0; open <= 1; open++) {
        for (size_t i = 0; i < n; i++) {
            const struct control_canvas *canvas = &entries[i]->meaning.canvas;
            if (wants_open(canvas, now_ms) == (bool)open)
                changed |= set(control, canvas->position, open);
        }
    }
    control->n = 0;
    for (size_t i = 0; i < n && i < ROOM; i++) {
        const struct control_canvas *canvas = &entries[i]->meaning.canvas;
        control->decided[control->n++] = canvas->position;
        span_next(canvas->from_ms, canvas->until_ms, now_ms, next_ms);
    }
    free(entries);
    return changed;
}
