/* SPDX-License-Identifier: ISC */
/*
 * fuzz_identity: what strangers show of themselves, and the file of the keys. No byte outside of
 * the input is read; nobody makes a cookie or a proof of work of ours by chance; and a hop of
 * X-Forwarded-For is taken in one way.
 * Input: the first line is a Cookie field, the rest a body; each is also a cookie, a hop, and the
 * text of a file of keys.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "http/forwarded.h"
#include "identity/cookie.h"
#include "identity/secret.h"
#include "identity/work.h"

#define NOW INT64_C(1800000000000)

static char *exact(const uint8_t *data, size_t len)
{
    char *text = malloc(len + 1); /* on the heap, where a sanitizer sees its end */
    if (!text)
        abort();
    if (len > 0)
        memcpy(text, data, len);
    text[len] = '\0';
    return text;
}

static void check(const char *text, size_t len)
{
    static const struct keys keys[2];
    struct cookie cookie;
    uint8_t address[16];
    if (cookie_read(&cookie, text, len, keys, 2, NOW) && len != COOKIE_TEXT_BYTES)
        abort();
    if (work_check(&cookie, text, len, keys, 2, NOW) && len < 100)
        abort();
    (void)forwarded_hop(text, len, address);
    struct secret secret;
    char error[SECRET_ERROR_BYTES] = "";
    if (secret_parse(&secret, text, len, error) == 0) {
        if (secret.current.id == 0 ||
            (secret.has_previous && secret.previous.id == secret.current.id))
            abort();
    } else if (!*error) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const uint8_t *newline = len > 0 ? memchr(data, '\n', len) : NULL;
    size_t first = newline ? (size_t)(newline - data) : len;
    size_t rest = newline ? len - first - 1 : 0;
    char *field = exact(data, first), *body = exact(newline ? newline + 1 : data, rest);
    char *all = exact(data, len);
    check(field, first);
    check(body, rest);
    check(all, len);
    struct cookie_shown shown = {0};
    cookie_find(field, COOKIE_NAME_PLAIN, &shown);
    if (shown.count > 0 && (shown.text < field || shown.text + shown.len > field + first))
        abort();
    cookie_find(field, COOKIE_NAME_TLS, &shown);
    free(field);
    free(body);
    free(all);
    return 0;
}
