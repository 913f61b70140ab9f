/* SPDX-License-Identifier: ISC */
/*
 * fuzz_predicate: what moderators write. No byte beside the text is read; what is taken is in
 * range, and means the same when it is written and read again; what is not is explained.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "core/edit.h"
#include "moderation/predicate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const int64_t now_ms = 1700000000000;
    struct predicate predicate, again;
    char text[PREDICATE_BYTES], error[PREDICATE_ERROR_BYTES] = "";
    char *input = malloc(len + 1); /* on the heap, where a sanitizer sees its end */
    if (!input)
        abort();
    if (len > 0)
        memcpy(input, data, len);
    int result = predicate_parse(&predicate, input, len, now_ms, error);
    free(input);
    if (result != 0) {
        if (!error[0] || !memchr(error, '\0', sizeof error))
            abort();
        return 0;
    }
    if (predicate.n_authors > PREDICATE_AUTHORS || predicate.n_networks > PREDICATE_NETWORKS ||
        predicate.n_except > PREDICATE_AUTHORS ||
        (predicate.has_time && (predicate.from_ms < 0 || predicate.from_ms > predicate.to_ms)) ||
        (!predicate.has_time && predicate.action == 0) || predicate.colours == 0)
        abort();
    if (predicate.has_rectangle &&
        !predicate_touches(&predicate,
                           (struct position){(int16_t)((predicate.x + 1024000) / 1000 - 1024),
                                             (int16_t)((predicate.y + 1024000) / 1000 - 1024)}))
        abort();
    predicate_write(&predicate, text);
    if (predicate_parse(&again, text, strlen(text), 5, error) != 0 ||
        memcmp(&predicate, &again, sizeof again) != 0)
        abort();
    return 0;
}
