/* SPDX-License-Identifier: ISC */
/* moment: digits or a date. */
#include "moment.h"

#include <string.h>

#include "core/decimal.h"
#include "core/rfc3339.h"

bool moment_parse(const char *text, struct moment *moment)
{
    size_t len = strlen(text);
    uint64_t number;
    int64_t time_ms;
    if (decimal_parse(text, len, INT64_MAX, &number)) {
        bool is_time = number >= MOMENT_TIME_FROM;
        *moment = (struct moment){
            .is_time = is_time,
            .version = is_time ? 0 : number,
            .time_ms = is_time ? (int64_t)number : 0,
        };
        return true;
    }
    if (!rfc3339_parse(text, len, &time_ms))
        return false;
    *moment = (struct moment){.is_time = true, .time_ms = time_ms};
    return true;
}

int moment_version(const struct moment *moment, struct source *source, uint64_t *version)
{
    if (moment->is_time)
        return source_offset_at(source, moment->time_ms, version);
    *version = moment->version;
    return 0;
}
