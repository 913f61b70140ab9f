/* SPDX-License-Identifier: ISC */
/* do_token: see do_token.h. */
#include "do_token.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>

#include "common/columns.h"
#include "common/text.h"
#include "options.h"

int do_token_add(struct ctl *ctl, const struct arguments *arguments)
{
    const char *role = arguments->values[OPTION_ROLE];
    char token[TEXT_BYTES];
    if (!role)
        return ctl_wrong(ctl, "--role", "viewer, moderator, operator or bot", "nothing");
    cJSON *body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "name", arguments->words[0]);
    cJSON_AddStringToObject(body, "role", role);
    cJSON *answer = ctl_post(ctl, "token", body);
    if (!answer)
        return ctl->status;
    if (ctl->json)
        return ctl_end(ctl, answer, " ");
    /* The token alone on standard output, so that it can be put into a file. */
    text_clean(token, sizeof token, ctl_text(answer, "token"));
    printf("%s\n", token);
    if (!ctl->quiet)
        fprintf(stderr, "placectl: this is the only time that the token is told\n");
    cJSON_Delete(answer);
    return EXIT_DONE;
}

int do_token_rm(struct ctl *ctl, const struct arguments *arguments)
{
    cJSON *body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "name", arguments->words[0]);
    cJSON *answer = ctl_post(ctl, "token/remove", body);
    return ctl_end(ctl, answer, "the token %s is good for nothing now (action %" PRIu64 ")",
                   arguments->words[0], ctl_number(answer, "action"));
}

static int show(struct ctl *ctl, cJSON *tokens)
{
    static const struct column columns[] = {
        {"name", "name", COLUMN_TEXT},  {"role", "grants", COLUMN_TEXT},
        {"made by", "by", COLUMN_TEXT}, {"when", "at", COLUMN_TIME},
        {"why", "why", COLUMN_TEXT},
    };
    return columns_print(stdout, tokens, columns, sizeof columns / sizeof *columns, ctl->now_ms,
                         "there are no tokens") == 0
               ? EXIT_DONE
               : ctl_fail(ctl, "no memory");
}

int do_tokens(struct ctl *ctl, const struct arguments *arguments)
{
    return ctl_end_list(ctl, ctl_get(ctl, "tokens"), show);
}
