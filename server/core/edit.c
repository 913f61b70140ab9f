/* SPDX-License-Identifier: ISC */
/* edit: the range check of a run of edits. */
#include "core/edit.h"

bool edits_in_range(const uint8_t *bytes, size_t n)
{
    bool good = true;
    for (size_t i = 0; i < n; i++)
        good &= edit_in_range(edit_load(bytes + EDIT_BYTES * i));
    return good;
}
