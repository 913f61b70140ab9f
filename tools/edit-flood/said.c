/* SPDX-License-Identifier: ISC */
/* said: a scanner of JSON that looks at the members of the outermost object and skips the rest. */
#include "said.h"

#include <string.h>

struct scan {
    const char *at, *end;
};

static void skip_blanks(struct scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\n' || *s->at == '\r'))
        s->at++;
}

static bool take(struct scan *s, char c)
{
    skip_blanks(s);
    if (s->at == s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

/* A string without its quotes; escapes are left as they are: no name or value of ours has any. */
static bool take_string(struct scan *s, const char **text, size_t *len)
{
    if (!take(s, '"'))
        return false;
    *text = s->at;
    while (s->at < s->end && *s->at != '"')
        s->at += *s->at == '\\' && s->at + 1 < s->end ? 2 : 1;
    if (s->at >= s->end)
        return false;
    *len = (size_t)(s->at - *text);
    s->at++;
    return true;
}

static bool take_number(struct scan *s, uint64_t *value)
{
    skip_blanks(s);
    if (s->at == s->end || *s->at < '0' || *s->at > '9')
        return false;
    *value = 0;
    while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
        *value = *value * 10 + (uint64_t)(*s->at++ - '0');
    return true;
}

/* Any value: up to the comma or bracket that ends it. */
static bool skip_value(struct scan *s)
{
    const char *text;
    size_t len;
    unsigned depth = 0;
    while (skip_blanks(s), s->at < s->end) {
        char c = *s->at;
        if (c == '"') {
            if (!take_string(s, &text, &len))
                return false;
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}'))
            return true;
        if (c == '{' || c == '[')
            depth++;
        if (c == '}' || c == ']')
            depth--;
        s->at++;
    }
    return false;
}

static bool is(const char *text, size_t len, const char *word)
{
    return len == strlen(word) && memcmp(text, word, len) == 0;
}

static enum said_type type_of(const char *text, size_t len)
{
    static const char *const names[] = {[SAID_HELLO] = "hello",
                                        [SAID_PLACED] = "placed",
                                        [SAID_REFUSED] = "refused",
                                        [SAID_CHECKSUM] = "checksum",
                                        [SAID_RESET] = "reset"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (is(text, len, names[i]))
            return (enum said_type)i;
    }
    return SAID_OTHER;
}

static bool hexadecimal(const char *text, size_t len, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < len; i++) {
        const char *digits = "0123456789abcdef", *digit = memchr(digits, text[i], 16);
        if (!digit)
            return false;
        *value = *value << 4 | (uint64_t)(digit - digits);
    }
    return len == 16;
}

static bool take_member(struct scan *s, struct said *said, bool *has_type)
{
    const char *name, *text;
    size_t name_len, len;
    if (!take_string(s, &name, &name_len) || !take(s, ':'))
        return false;
    skip_blanks(s);
    if (s->at == s->end)
        return false;
    if (*s->at >= '0' && *s->at <= '9') {
        uint64_t value = 0;
        take_number(s, &value);
        if (is(name, name_len, "version")) {
            said->has_version = true;
            said->version = value;
        } else if (is(name, name_len, "id")) {
            said->has_id = true;
            said->id = value;
        } else if (is(name, name_len, "retry_ms")) {
            said->retry_ms = value;
        }
    } else if (*s->at == '"') {
        if (!take_string(s, &text, &len))
            return false;
        if (is(name, name_len, "type")) {
            *has_type = true;
            said->type = type_of(text, len);
        } else if (is(name, name_len, "sum")) {
            said->has_sum = hexadecimal(text, len, &said->sum);
        } else if (is(name, name_len, "reason")) {
            size_t fits = len < SAID_REASON_BYTES ? len : SAID_REASON_BYTES - 1;
            memcpy(said->reason, text, fits);
            said->reason[fits] = '\0';
        }
    }
    return skip_value(s);
}

bool said_parse(const char *text, size_t len, struct said *said)
{
    struct scan s = {text, text + len};
    bool has_type = false;
    memset(said, 0, sizeof *said);
    if (!take(&s, '{'))
        return false;
    do {
        if (!take_member(&s, said, &has_type))
            return false;
    } while (take(&s, ','));
    return take(&s, '}') && has_type;
}
