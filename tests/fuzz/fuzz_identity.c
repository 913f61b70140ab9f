/* SPDX-License-Identifier: ISC */
/* fuzz_identity: any bytes as what a request shows of who makes it: a Cookie field, a cookie, an
 * Authorization field, a hop of X-Forwarded-For, the solution of a proof of work; and as a secret.
 */
#include "fuzz.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "http/forwarded.h"
#include "identity/bots.h"
#include "identity/cookie.h"
#include "identity/secret.h"
#include "identity/work.h"

/* As the corpus has it, whose cookies and solutions are good. */
#define NOW_MS INT64_C(1800000000000)

static struct keys keys[2];

static void make_keys(void)
{
    struct secret_key secrets[2] = {{.id = 7, .bytes = {1}}, {.id = 6, .bytes = {2}}};
    if (sodium_init() < 0)
        abort();
    keys_derive(&keys[0], &secrets[0]);
    keys_derive(&keys[1], &secrets[1]);
}

/* One identity has one text. */
static void check_cookie(const char *text, size_t len)
{
    struct cookie cookie;
    char again[COOKIE_TEXT_BYTES + 1];
    const struct keys *signer = cookie_read(&cookie, text, len, keys, 2, NOW_MS);
    if (!signer)
        return;
    cookie_write(again, &cookie, signer);
    if (len != COOKIE_TEXT_BYTES || memcmp(again, text, len) != 0)
        abort();
}

static void check_field(const char *field, size_t len)
{
    struct cookie_shown shown;
    const char *token;
    size_t token_len;
    uint8_t address[16];
    cookie_find(field, COOKIE_NAME_PLAIN, &shown);
    if (shown.count > 0) {
        if (shown.text < field || shown.text + shown.len > field + len)
            abort();
        check_cookie(shown.text, shown.len);
    }
    if (bots_bearer(field, &token, &token_len)) {
        if (token < field || token + token_len > field + len || token_len > BOTS_TOKEN_MAX)
            abort();
        (void)bots_find(NULL, 0, token, token_len);
    }
    (void)forwarded_hop(field, len, address);
}

/* What a secret is taken for says the same again. */
static void check_secret(const char *text, size_t len)
{
    struct secret secret;
    char error[SECRET_ERROR_BYTES] = "";
    if (secret_parse(&secret, text, len, error) != 0) {
        if (!*error)
            abort();
        return;
    }
    if (secret.current.id == 0 || secret.has_previous != (secret.previous.id != 0) ||
        secret.current.id == secret.previous.id)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct cookie cookie;
    if (keys[0].id == 0)
        make_keys();
    char *text = malloc(len + 1);
    if (!text)
        abort();
    memcpy(text, data, len);
    text[len] = '\0';
    check_cookie(text, len);
    check_field(text, strlen(text));
    check_secret((const char *)data, len);
    const struct keys *signer = work_check(&cookie, (const char *)data, len, keys, 2, NOW_MS);
    if (signer && !cookie.worked)
        abort();
    free(text);
    return 0;
}
