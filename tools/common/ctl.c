/* SPDX-License-Identifier: ISC */
/* ctl: see ctl.h. */
#include "ctl.h"

#include <cjson/cJSON.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fetch.h"
#include "sys/clock.h"
#include "text.h"

enum {
    ANSWER_MAX = 32 * 1024 * 1024,
    REQUEST_BYTES = 512,
    MESSAGE_BYTES = 1024,
};

static void say_clean(FILE *out, const char *text)
{
    char clean[MESSAGE_BYTES];
    text_clean(clean, sizeof clean, text);
    fputs(clean, out);
}

int ctl_fail(const struct ctl *ctl, const char *format, ...)
{
    char message[MESSAGE_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    fprintf(stderr, "%s: ", ctl->arguments->program->name);
    say_clean(stderr, message);
    fputc('\n', stderr);
    return EXIT_FAILED;
}

int ctl_wrong(const struct ctl *ctl, const char *what, const char *expected, const char *got)
{
    ctl_fail(ctl, "%s: %s: expected %s, got %s", ctl->arguments->command->name, what, expected,
             got);
    return EXIT_WRONG;
}

/* --server, or the environment's, or the usual one. */
static const char *server_of(const struct arguments *arguments)
{
    const char *server = options_value(arguments, "server");
    if (!server)
        server = getenv(arguments->program->server_variable);
    return server && *server ? server : arguments->program->server;
}

bool ctl_open(struct ctl *ctl, const struct arguments *arguments)
{
    const struct ctl_program *program = arguments->program;
    char token[CTL_TOKEN_BYTES], why[CTL_TOKEN_ERROR_BYTES], error[FETCH_ERROR_BYTES];
    bool exposed = false;
    *ctl = (struct ctl){
        .arguments = arguments,
        .json = options_value(arguments, "json"),
        .quiet = options_value(arguments, "quiet"),
        .yes = options_value(arguments, "yes"),
        .why = options_value(arguments, "why"),
        .now_ms = clock_wall_ms(),
        .status = EXIT_WRONG,
    };
    if (program->find_token &&
        !program->find_token(options_value(arguments, "token-file"), token, why)) {
        ctl_fail(ctl, "%s", why);
        return false;
    }
    ctl->fetch = fetch_create(server_of(arguments), program->timeout_s, error);
    if (!ctl->fetch ||
        (program->find_token && fetch_authorize(ctl->fetch, token, &exposed, error) != 0)) {
        ctl_fail(ctl, "%s", error);
        return false;
    }
    if (exposed && !ctl->quiet)
        ctl_fail(ctl, "the token goes over the network in clear text: use https://");
    return true;
}

void ctl_close(struct ctl *ctl)
{
    fetch_destroy(ctl->fetch);
    ctl->fetch = NULL;
}

/* ---- requests ---- */

/* What the server says is wrong; the status of a program that ends with it. */
static int tell(const struct ctl *ctl, const char *request, const struct fetch_answer *answer)
{
    const char *no_path = ctl->arguments->program->no_path;
    cJSON *json = cJSON_ParseWithLength((char *)answer->bytes, answer->len);
    const char *words = ctl_text(json, "error");
    size_t len = strcspn(request, "?");
    bool elsewhere =
        answer->status == 404 && (!*words || strncmp(words, no_path, strlen(no_path)) == 0);
    ctl_fail(ctl, "%.*s: the server answered %ld%s%s%s", (int)len, request, answer->status,
             *words ? ": " : "", words, elsewhere ? " (is this its admin listener?)" : "");
    cJSON_Delete(json);
    bool refused = answer->status == 401 || answer->status == 403 || answer->status == 409;
    return refused ? EXIT_REFUSED : EXIT_FAILED;
}

static cJSON *ask(struct ctl *ctl, const char *request, const char *body)
{
    const struct ctl_program *program = ctl->arguments->program;
    char path[REQUEST_BYTES], error[FETCH_ERROR_BYTES];
    struct fetch_answer answer;
    if (snprintf(path, sizeof path, "%s%s", program->prefix, request) >= (int)sizeof path) {
        ctl->status = ctl_fail(ctl, "too long a request: %.100s...", request);
        return NULL;
    }
    if (fetch_ask(ctl->fetch, path, body, ANSWER_MAX, &answer, error) != 0) {
        ctl->status = ctl_fail(ctl, "%s", error);
        return NULL;
    }
    cJSON *json = NULL;
    if (answer.status != 200) {
        ctl->status = tell(ctl, request, &answer);
    } else {
        json = cJSON_ParseWithLength((char *)answer.bytes, answer.len);
        if (!json || (program->objects && !cJSON_IsObject(json))) {
            cJSON_Delete(json);
            json = NULL;
            ctl->status = ctl_fail(ctl, "%s: expected %s, got something else", request,
                                   program->objects ? "a JSON object" : "JSON");
        }
    }
    free(answer.bytes);
    return json;
}

cJSON *ctl_get(struct ctl *ctl, const char *request)
{
    return ask(ctl, request, NULL);
}

cJSON *ctl_post(struct ctl *ctl, const char *request, cJSON *body)
{
    if (ctl->why)
        cJSON_AddStringToObject(body, "why", ctl->why);
    char *text = cJSON_PrintUnformatted(body);
    cJSON_Delete(body);
    if (!text) {
        ctl->status = ctl_fail(ctl, "no memory");
        return NULL;
    }
    cJSON *answer = ask(ctl, request, text);
    cJSON_free(text);
    return answer;
}

int ctl_get_bytes(struct ctl *ctl, const char *path, size_t limit, uint8_t **bytes, size_t *len)
{
    char error[FETCH_ERROR_BYTES];
    struct fetch_answer answer;
    if (fetch_ask(ctl->fetch, path, NULL, limit, &answer, error) != 0)
        return ctl_fail(ctl, "%s", error);
    if (answer.status != 200) {
        int status = tell(ctl, path, &answer);
        free(answer.bytes);
        return status;
    }
    *bytes = answer.bytes;
    *len = answer.len;
    return EXIT_DONE;
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
        ctl_fail(ctl, "%s: nobody to ask here: --yes is needed", message);
        return false;
    }
    say_clean(stderr, message);
    fputs("? [y/N] ", stderr);
    fflush(stderr);
    bool yes = fgets(answer, sizeof answer, stdin) && (answer[0] == 'y' || answer[0] == 'Y');
    if (!yes)
        ctl_fail(ctl, "nothing was done");
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
