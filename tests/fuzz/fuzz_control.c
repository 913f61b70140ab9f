/* SPDX-License-Identifier: ISC */
/*
 * fuzz_control: records of the control log, as whoever may write to it could write them. Nothing is
 * read beyond them; what is known of one are texts that end and are UTF-8; whatever is wrong is
 * said; and what stands behind a record in memory has no say in it.
 */
#include "fuzz.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "control/control_record.h"
#include "core/utf8.h"

static bool is_text(const char *text, size_t room)
{
    size_t len = strnlen(text, room);
    return len < room && utf8_valid((const uint8_t *)text, len);
}

static enum control_understood read_checked(const uint8_t *data, size_t len)
{
    struct control_record record;
    char wrong[CONTROL_WRONG_BYTES] = "";
    memset(&record, 0xa5, sizeof record); /* so that what is not set shows */
    enum control_understood how = control_record_read(&record, data, len, wrong);
    bool garbage = how == CONTROL_GARBAGE;
    if (garbage != (record.json == NULL) || (len > CONTROL_RECORD_MAX && !garbage))
        abort();
    if (!is_text(wrong, sizeof wrong) || ((garbage || how == CONTROL_MALFORMED) && !*wrong))
        abort();
    if (!garbage && (!is_text(record.type_name, sizeof record.type_name) ||
                     !is_text(record.name, sizeof record.name) || !*record.type_name))
        abort();
    if (how == CONTROL_READ && record.type >= CONTROL_TYPES_N)
        abort();
    control_record_finish(&record);
    if (record.json)
        abort();
    return how;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    enum { BEHIND = 16 };
    enum control_understood how = read_checked(len > 0 ? data : NULL, len);
    uint8_t *longer = malloc(len + BEHIND);
    if (!longer)
        abort();
    if (len > 0)
        memcpy(longer, data, len);
    memset(longer + len, '}', BEHIND);
    if (read_checked(longer, len) != how)
        abort();
    free(longer);
    return 0;
}
