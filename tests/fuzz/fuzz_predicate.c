/* SPDX-License-Identifier: ISC */
/*
 * fuzz_predicate: which edits a moderator means, as anybody could write it. What is read is read
 * again the same from the one way in which it is written, whatever the time is by then.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "moderation/predicate.h"

#define NOW INT64_C(1800000000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct predicate read, again;
    char error[PREDICATE_ERROR_BYTES] = "", text[PREDICATE_BYTES], twice[PREDICATE_BYTES];
    char *copy = malloc(len ? len : 1); /* no NUL behind it, and where a sanitizer sees its end */
    if (!copy)
        abort();
    if (len > 0)
        memcpy(copy, data, len);
    memset(&read, 0, sizeof read);
    if (predicate_parse(&read, copy, len, NOW, error) == 0) {
        predicate_write(&read, text);
        if (predicate_parse(&again, text, strlen(text), NOW + 86400000, error) != 0)
            abort();
        predicate_write(&again, twice);
        if (strcmp(text, twice) != 0)
            abort();
    } else if (error[0] == '\0' || strnlen(error, sizeof error) == sizeof error) {
        abort();
    }
    free(copy);
    return 0;
}
