/* SPDX-License-Identifier: ISC */
/* ctl: see ctl.h. */
#include "ctl.h"

#include <cjson/cJSON.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/fetch.h"
#include "common/text.h"
#include "sys/clock.h"

#define DEFAULT_SERVER "http://127.0.0.1:8083"

enum {
    ANSWER_MAX = 32 * 1024 * 1024,
    TIMEOUT_S = 90, /* an estimate takes a minute at most */
    MESSAGE_BYTES = 1024,
};

static void say_clean(FILE *out, const char *text)
{
    char clean[MESSAGE_BYTES];
    text_clean(clean, sizeof clean, text);
    fputs(clean, out);
}

int ctl_fail(const char *format, ...)
{
    char message[MESSAGE_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    fputs("renderctl: ", stderr);
    say_clean(stderr, message);
    fputc('\n', stderr);
    return EXIT_FAILED;
}

int ctl_wrong(const struct ctl *ctl, const char *what, const char *expected, const char *got)
{
    ctl_fail("%s: %s: expected %s, got %s", ctl->arguments->command->name, what, expected, got);
    return EXIT_WRONG;
}

bool ctl_open(struct ctl *ctl, const struct arguments *arguments)
{
    char error[FETCH_ERROR_BYTES];
    const char *server = arguments->values[OPTION_SERVER];
    *ctl = (struct ctl){
        .arguments = arguments,
        .json = option_given(arguments, OPTION_JSON),
        .quiet = option_given(arguments, OPTION_QUIET),
        .yes = option_given(arguments, OPTION_YES),
        .now_ms = clock_wall_ms(),
        .status = EXIT_WRONG,
    };
    if (!server)
        server = getenv("RENDERCTL_SERVER");
    if (!server || !*server)
        server = DEFAULT_SERVER;
    ctl->fetch = fetch_create(server, TIMEOUT_S, error);
    if (!ctl->fetch)
        ctl_fail("%s", error);
    return ctl->fetch;
}

void ctl_close(struct ctl *ctl)
{
    fetch_destroy(ctl->fetch);
    ctl->fetch = NULL;
}

/* ---- requests ---- */

/* What the server says is wrong; the status of a program that ends with it. */
static int tell(const char *request, const struct fetch_answer *answer)
{
    cJSON *json = cJSON_ParseWithLength((char *)answer->bytes, answer->len);
    const char *words = ctl_text(json, "error");
    size_t len = strcspn(request, "?");
    bool elsewhere =
        answer->status == 404 && (!*words || strncmp(words, "there is nothing", 16) == 0);
    ctl_fail("%.*s: the server answered %ld%s%s%s", (int)len, request, answer->status,
             *words ? ": " : "", words, elsewhere ? " (is this its admin listener?)" : "");
    cJSON_Delete(json);
    bool refused = answer->status == 401 || answer->status == 403 || answer->status == 409;
    return refused ? EXIT_REFUSED : EXIT_FAILED;
}

static cJSON *ask(struct ctl *ctl, const char *path, const char *body)
{
    char error[FETCH_ERROR_BYTES];
    struct fetch_answer answer;
    if (fetch_ask(ctl->fetch, path, body, ANSWER_MAX, &answer, error) != 0) {
        ctl->status = ctl_fail("%s", error);
        return NULL;
    }
    cJSON *json = NULL;
    if (answer.status != 200) {
        ctl->status = tell(path, &answer);
    } else {
        json = cJSON_ParseWithLength((char *)answer.bytes, answer.len);
        if (!cJSON_IsObject(json)) {
            cJSON_Delete(json);
            json = NULL;
            ctl->status = ctl_fail("%s: expected a JSON object, got something else", path);
        }
    }
    free(answer.bytes);
    return json;
}

cJSON *ctl_get(struct ctl *ctl, const char *path)
{
    return ask(ctl, path, NULL);
}

cJSON *ctl_post(struct ctl *ctl, const char *path, cJSON *body)
{
    char *text = cJSON_PrintUnformatted(body);
    cJSON_Delete(body);
    if (!text) {
        ctl->status = ctl_fail("no memory");
        return NULL;
    }
    cJSON *answer = ask(ctl, path, text);
    cJSON_free(text);
    return answer;
}

/* ---- answers ---- */

int ctl_end(struct ctl *ctl, cJSON *answer, const char *format, ...)
{
    char message[MESSAGE_BYTES];
    va_list args;
    if (!answer)
        return ctl->status;
    if (ctl->json) {
        text_print_json(stdout, answer);
    } else if (!ctl->quiet) {
        va_start(args, format);
        vsnprintf(message, sizeof message, format, args);
        va_end(args);
        say_clean(stdout, message);
        putchar('\n');
    }
    cJSON_Delete(answer);
    return EXIT_DONE;
}

int ctl_end_list(struct ctl *ctl, cJSON *answer, int (*show)(struct ctl *, cJSON *))
{
    if (!answer)
        return ctl->status;
    int status = EXIT_DONE;
    if (ctl->json)
        text_print_json(stdout, answer);
    else
        status = show(ctl, answer);
    cJSON_Delete(answer);
    return status;
}

bool ctl_confirm(struct ctl *ctl, const char *format, ...)
{
    char message[MESSAGE_BYTES], answer[16];
    va_list args;
    if (ctl->yes)
        return true;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (!isatty(STDIN_FILENO)) {
        ctl_fail("%s: nobody to ask here: --yes is needed", message);
        return false;
    }
    say_clean(stderr, message);
    fputs("? [y/N] ", stderr);
    fflush(stderr);
    bool yes = fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y');
    if (!yes)
        ctl_fail("nothing was done");
    return yes;
}

uint64_t ctl_number(const cJSON *json, const char *member)
{
    const cJSON *found = cJSON_GetObjectItemCaseSensitive(json, member);
    bool good = cJSON_IsNumber(found) && found->valuedouble >= 0 && found->valuedouble < 9e15;
    return good ? (uint64_t)found->valuedouble : 0;
}

const char *ctl_text(const cJSON *json, const char *member)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, member));
    return text ? text : "";
}
