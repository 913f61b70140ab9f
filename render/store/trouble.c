/* SPDX-License-Identifier: ISC */
/* trouble: see trouble.h. */
#include "render/store/trouble.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "sys/clock.h"
#include "sys/diag.h"

enum { MINUTE_MS = 60 * 1000 };

void trouble_say(struct trouble *trouble, const char *folder, const char *what, const char *name,
                 int error)
{
    if (error == ENOSPC || error == EDQUOT) {
        int64_t now = clock_now_ms(), next = atomic_load(&trouble->next_full_ms);
        if (now < next ||
            !atomic_compare_exchange_strong(&trouble->next_full_ms, &next, now + MINUTE_MS))
            return;
        diag_error("store %.200s: %s: pictures are not kept until there is room", folder,
                   strerror(error));
        return;
    }
    diag_error("store %.200s: %s %.128s: %s", folder, what, name, strerror(error));
}
