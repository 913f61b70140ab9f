/* SPDX-License-Identifier: ISC */
/* trouble: what goes wrong in a store, said so that a full disk does not fill the journal too. Any
 * thread. */
#ifndef PLACED_RENDER_STORE_TROUBLE_H
#define PLACED_RENDER_STORE_TROUBLE_H

#include <stdint.h>

struct trouble {
    _Atomic int64_t next_full_ms;
};

/* Say that `what` (of this name) failed in the folder, by an errno value. A full disk is said once
 * a minute, all else each time (diag limits lines). */
void trouble_say(struct trouble *trouble, const char *folder, const char *what, const char *name,
                 int error);

#endif
