/* SPDX-License-Identifier: ISC */
/* control_type: the table. */
#include "control/control_type.h"

#include <string.h>

const struct control_type_row control_types[CONTROL_TYPES_N] = {
#define X(name, type, keep, most, audited, heard) {type, keep, most, audited, heard},
    CONTROL_TYPES(X)
#undef X
};

enum control_type control_type_find(const char *name)
{
    for (int i = 0; i < CONTROL_TYPES_N; i++) {
        if (strcmp(control_types[i].name, name) == 0)
            return (enum control_type)i;
    }
    return CONTROL_UNKNOWN;
}
