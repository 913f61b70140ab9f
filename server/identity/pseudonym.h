/* SPDX-License-Identifier: ISC */
/* pseudonym: the name that everybody sees of an author. Pure. */
#ifndef PLACED_IDENTITY_PSEUDONYM_H
#define PLACED_IDENTITY_PSEUDONYM_H

#include <stdint.h>

enum { PSEUDONYM_BYTES = 32 };

/* amber-fox-41 of a person or a bot, action-7 of what the moderators' action 7 drew, operator of
 * what the operator drew by hand. The same on all servers; several authors may share one: there are
 * 409,600. */
void pseudonym_write(uint64_t author, char name[PSEUDONYM_BYTES]);

#endif
