/* SPDX-License-Identifier: ISC */
/* which: see which.h. */
#include "which.h"

#include <stdio.h>
#include <string.h>

static bool wrong(char error[WHICH_ERROR_BYTES], const char *part, size_t len, const char *expected)
{
    snprintf(error, WHICH_ERROR_BYTES, "%.*s: expected %s", (int)(len < 60 ? len : 60), part,
             expected);
    return false;
}

/* One part: its key and something behind it. *timed: it says of what time, or of which action. */
static bool check_part(const char *part, size_t len, bool *timed, char error[WHICH_ERROR_BYTES])
{
    static const char *const keys[] = {"u:", "net:", "r:", "t:", "c:", "a:"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        size_t n = strlen(keys[i]);
        if (len <= n || memcmp(part, keys[i], n) != 0)
            continue;
        *timed |= keys[i][0] == 't' || keys[i][0] == 'a';
        return true;
    }
    return wrong(error, part, len, "u:A,B net:ID r:X,Y,W,H t:2h c:N a:ACTION or --except u:A");
}

/* All parts of a text that has several, with blanks between them. */
static bool check_text(const char *text, bool *timed, char error[WHICH_ERROR_BYTES])
{
    bool except = false;
    while (*text) {
        size_t len = strcspn(text, " ");
        bool is_except = len == strlen("--except") && memcmp(text, "--except", len) == 0;
        bool ignored = false;
        if (len > 0 && !is_except) {
            if (except && strncmp(text, "u:", 2) != 0)
                return wrong(error, text, len, "u:A,... behind --except");
            if (!check_part(text, len, except ? &ignored : timed, error))
                return false;
        }
        except = is_except || (except && len == 0);
        text += len + (text[len] == ' ');
    }
    return !except || wrong(error, "--except", 8, "u:A,... behind it");
}

bool which_join(const struct arguments *arguments, char which[WHICH_BYTES],
                char error[WHICH_ERROR_BYTES])
{
    const char *except = arguments->values[OPTION_EXCEPT];
    size_t len = 0;
    bool timed = false;
    for (size_t i = 0; i < arguments->n && len < WHICH_BYTES; i++)
        len += (size_t)snprintf(which + len, WHICH_BYTES - len, "%s%s", i ? " " : "",
                                arguments->words[i]);
    if (except && len < WHICH_BYTES)
        len += (size_t)snprintf(which + len, WHICH_BYTES - len, " --except %s", except);
    if (len >= WHICH_BYTES)
        return wrong(error, "PRED", 4, "at most 3,071 bytes");
    if (!check_text(which, &timed, error))
        return false;
    return timed || wrong(error, which, len,
                          "a time, t:2h or t:FROM-TO: all of history is never "
                          "meant by accident");
}
