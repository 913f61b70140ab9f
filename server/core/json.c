/* SPDX-License-Identifier: ISC */
/* json: bytes appended one after the other; what does not fit is noticed at the end. */
#include "core/json.h"

#include <stdlib.h>
#include <string.h>

#include "core/utf8.h"

/* at goes beyond end by one when something did not fit, and stays there. */
static void put(struct json *json, const char *bytes, size_t n)
{
    if (json->at > json->end || n > (size_t)(json->end - json->at)) {
        json->at = json->end + 1;
        return;
    }
    memcpy(json->at, bytes, n);
    json->at += n;
}

static void put_text(struct json *json, const char *text)
{
    put(json, text, strlen(text));
}

static void put_key(struct json *json, const char *key)
{
    if (!json->first)
        put(json, ",", 1);
    json->first = false;
    if (!key)
        return;
    put(json, "\"", 1);
    put_text(json, key);
    put(json, "\":", 2);
}

static void put_digits(struct json *json, uint64_t value)
{
    char digits[20], *at = digits + sizeof digits;
    do
        *--at = (char)('0' + value % 10);
    while (value /= 10);
    put(json, at, (size_t)(digits + sizeof digits - at));
}

void json_begin(struct json *json, char *buffer, size_t size)
{
    *json = (struct json){.begin = buffer, .at = buffer, .end = buffer + size - 1, .first = true};
    put(json, "{", 1);
}

void json_text(struct json *json, const char *key, const char *text)
{
    put_key(json, key);
    if (!text) {
        put_text(json, "null");
        return;
    }
    put(json, "\"", 1);
    put_text(json, text);
    put(json, "\"", 1);
}

/* How many bytes from `at` on are one character in UTF-8; 0: they are none. The text ends with a
 * NUL, which continues no character: nothing behind it is looked at. */
static size_t character_bytes(const uint8_t *at)
{
    size_t n = at[0] < 0x80 ? 1 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
    return utf8_valid(at, n) ? n : 0;
}

static void put_character(struct json *json, const uint8_t *at, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    if (n == 0)
        put_text(json, "\xef\xbf\xbd");
    else if (*at < ' ' || *at == 0x7f)
        put(json, (char[]){'\\', 'u', '0', '0', digits[*at >> 4], digits[*at & 15]}, 6);
    else if (*at == '"' || *at == '\\')
        put(json, (char[]){'\\', (char)*at}, 2);
    else
        put(json, (const char *)at, n);
}

void json_words(struct json *json, const char *key, const char *words)
{
    put_key(json, key);
    put(json, "\"", 1);
    for (const uint8_t *at = (const uint8_t *)words; *at;) {
        size_t n = character_bytes(at);
        put_character(json, at, n);
        at += n == 0 ? 1 : n;
    }
    put(json, "\"", 1);
}

void json_u64(struct json *json, const char *key, uint64_t value)
{
    put_key(json, key);
    put_digits(json, value);
}

void json_i64(struct json *json, const char *key, int64_t value)
{
    put_key(json, key);
    if (value < 0)
        put(json, "-", 1);
    put_digits(json, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void json_bool(struct json *json, const char *key, bool value)
{
    put_key(json, key);
    put_text(json, value ? "true" : "false");
}

void json_hex(struct json *json, const char *key, const uint8_t *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    put_key(json, key);
    put(json, "\"", 1);
    for (size_t i = 0; i < n; i++)
        put(json, (char[]){digits[bytes[i] >> 4], digits[bytes[i] & 15]}, 2);
    put(json, "\"", 1);
}

void json_open(struct json *json, const char *key, char bracket)
{
    put_key(json, key);
    put(json, &bracket, 1);
    json->first = true;
}

void json_close(struct json *json, char bracket)
{
    put(json, &bracket, 1);
    json->first = false;
}

size_t json_end(struct json *json)
{
    put(json, "}", 1);
    if (json->at > json->end)
        abort();
    return (size_t)(json->at - json->begin);
}
