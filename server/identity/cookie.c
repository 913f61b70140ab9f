/* SPDX-License-Identifier: ISC */
/* cookie: see cookie.h. */
#include "identity/cookie.h"

#include <sodium.h>
#include <string.h>

#include "core/bytes.h"

enum {
    AT_KEY = 1,
    AT_MINUTE = 2,
    AT_ID = 6,
    AT_MAC = AT_ID + COOKIE_ID_BYTES,
    COOKIE_BYTES = AT_MAC + KEYS_MAC_BYTES,
    GIVEN = 1, /* the first byte */
    WORKED = 2,
    MINUTE_MS = 60000,
};

_Static_assert(COOKIE_BYTES % 3 == 0 && COOKIE_BYTES / 3 * 4 == COOKIE_TEXT_BYTES,
               "without bits left over every text is canonical");

void cookie_write(char text[COOKIE_TEXT_BYTES + 1], const struct cookie *cookie,
                  const struct keys *keys)
{
    uint8_t bytes[COOKIE_BYTES];
    bytes[0] = cookie->worked ? WORKED : GIVEN;
    bytes[AT_KEY] = keys->id;
    store_u32(bytes + AT_MINUTE, cookie->minute);
    memcpy(bytes + AT_ID, cookie->id, COOKIE_ID_BYTES);
    keys_sign(keys->cookie, bytes, AT_MAC, bytes + AT_MAC);
    sodium_bin2base64(text, COOKIE_TEXT_BYTES + 1, bytes, sizeof bytes,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* libsodium's decoder takes some bytes above 127 for letters. */
static bool good_letters(const char *text, size_t len)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (size_t i = 0; i < len; i++) {
        if (!memchr(letters, text[i], sizeof letters - 1))
            return false;
    }
    return true;
}

const struct keys *cookie_read(struct cookie *cookie, const char *text, size_t len,
                               const struct keys *keys, size_t n, int64_t now_ms)
{
    uint8_t bytes[COOKIE_BYTES];
    size_t got;
    const char *end;
    if (len != COOKIE_TEXT_BYTES || !good_letters(text, len) ||
        sodium_base642bin(bytes, sizeof bytes, text, len, NULL, &got, &end,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        got != sizeof bytes || end != text + len || (bytes[0] != GIVEN && bytes[0] != WORKED))
        return NULL;
    cookie->worked = bytes[0] == WORKED;
    cookie->minute = load_u32(bytes + AT_MINUTE);
    memcpy(cookie->id, bytes + AT_ID, COOKIE_ID_BYTES);
    if (cookie->minute > now_ms / MINUTE_MS + COOKIE_FUTURE_MINUTES)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        if (bytes[AT_KEY] == keys[i].id &&
            keys_signed(keys[i].cookie, bytes, AT_MAC, bytes + AT_MAC))
            return &keys[i];
    }
    return NULL;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

void cookie_find(const char *field, const char *name, struct cookie_shown *shown)
{
    size_t name_len = strlen(name);
    memset(shown, 0, sizeof *shown);
    for (const char *at = field; at;) {
        const char *semicolon = strchr(at, ';');
        const char *end = semicolon ? semicolon : at + strlen(at);
        while (at < end && is_blank(*at))
            at++;
        while (end > at && is_blank(end[-1]))
            end--;
        if ((size_t)(end - at) > name_len && memcmp(at, name, name_len) == 0 &&
            at[name_len] == '=') {
            shown->text = at + name_len + 1;
            shown->len = (size_t)(end - shown->text);
            shown->count++;
        }
        at = semicolon ? semicolon + 1 : NULL;
    }
}
