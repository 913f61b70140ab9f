/* SPDX-License-Identifier: ISC */
/* control_audit: a ring of copies. */
#include "control/control_audit.h"

#include <stdlib.h>
#include <string.h>

struct item {
    uint64_t action;
    size_t len;
    char *text;
};

struct control_audit {
    size_t first, n; /* items[first] is the oldest of n */
    size_t bytes;
    struct item items[CONTROL_AUDIT_MAX];
};

struct control_audit *control_audit_create(void)
{
    return calloc(1, sizeof(struct control_audit));
}

/* Item i, counted from the oldest. */
static struct item *item(struct control_audit *audit, size_t i)
{
    return &audit->items[(audit->first + i) % CONTROL_AUDIT_MAX];
}

static void drop_oldest(struct control_audit *audit)
{
    struct item *oldest = item(audit, 0);
    audit->bytes -= oldest->len;
    free(oldest->text);
    oldest->text = NULL;
    audit->first = (audit->first + 1) % CONTROL_AUDIT_MAX;
    audit->n--;
}

void control_audit_destroy(struct control_audit *audit)
{
    if (!audit)
        return;
    while (audit->n > 0)
        drop_oldest(audit);
    free(audit);
}

void control_audit_add(struct control_audit *audit, uint64_t action, const char *text, size_t len)
{
    char *copy = malloc(len + 1);
    if (!copy)
        return;
    memcpy(copy, text, len);
    copy[len] = '\0';
    while (audit->n > 0 &&
           (audit->n == CONTROL_AUDIT_MAX || audit->bytes + len > CONTROL_AUDIT_BYTES))
        drop_oldest(audit);
    *item(audit, audit->n++) = (struct item){action, len, copy};
    audit->bytes += len;
}

size_t control_audit_before(const struct control_audit *audit, uint64_t before,
                            struct control_audited *into, size_t room)
{
    size_t low = 0, high = audit->n; /* items below low are before it, those from high on are not */
    while (before != 0 && low < high) {
        size_t middle = low + (high - low) / 2;
        if (audit->items[(audit->first + middle) % CONTROL_AUDIT_MAX].action < before)
            low = middle + 1;
        else
            high = middle;
    }
    size_t n = high < room ? high : room;
    for (size_t i = 0; i < n; i++) {
        const struct item *at = &audit->items[(audit->first + high - 1 - i) % CONTROL_AUDIT_MAX];
        into[i] = (struct control_audited){at->action, at->text};
    }
    return n;
}
