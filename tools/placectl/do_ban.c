/* SPDX-License-Identifier: ISC */
/*
 * do_ban: see do_ban.h. A roll-back beside a ban is planned and done here, after the ban, so that
 * it asks when it is much, as any other does.
 */
#include "do_ban.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/columns.h"
#include "common/text.h"
#include "options.h"
#include "plan.h"
#include "values.h"

enum {
    SLOW_USUAL = 4,
    SLOW_MAX = 1000,
    WHO_BYTES = 128,
};

/* Take back what was drawn in the last so many seconds by who is banned now. The exit status. With
 * --json the answer of the ban gets what it did. */
static int roll_back(struct ctl *ctl, const char *who, int64_t seconds, cJSON *answer)
{
    char which[WHO_BYTES + 64];
    bool network = strncmp(who, "net:", 4) == 0;
    snprintf(which, sizeof which, "%s%.120s t:%" PRId64 "s", network ? "" : "u:", who, seconds);
    cJSON *plan = plan_make(ctl, which);
    cJSON *job = plan ? plan_do(ctl, cJSON_GetObjectItemCaseSensitive(plan, "result")) : NULL;
    cJSON_Delete(plan);
    if (!job)
        return ctl->status;
    if (!answer)
        return plan_tell(ctl, job);
    cJSON_AddItemToObject(answer, "rollback", job);
    return EXIT_DONE;
}

static int ban(struct ctl *ctl, const struct arguments *arguments, uint64_t factor)
{
    const char *who = arguments->words[0], *text = arguments->values[OPTION_FOR];
    int64_t seconds = 0, back = 0;
    char length[TEXT_BYTES] = "for ever", slow[32] = "";
    const char *period = "";
    if (text && !value_duration(text, &seconds))
        return ctl_wrong(ctl, "--for", VALUES_DURATION, text);
    text = arguments->values[OPTION_ROLLBACK];
    if (text && !value_duration(text, &back))
        return ctl_wrong(ctl, "--rollback", VALUES_DURATION, text);
    if (back > 0 && strpbrk(who, "./"))
        return ctl_wrong(ctl, "--rollback", "an author or net:ID: the log knows no addresses", who);
    cJSON *body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "who", who);
    if (seconds > 0) {
        cJSON_AddNumberToObject(body, "for", (double)seconds);
        text_duration(length, seconds);
        period = "for ";
    }
    if (factor > 0) {
        cJSON_AddNumberToObject(body, "slow", (double)factor);
        snprintf(slow, sizeof slow, " %" PRIu64 " times", factor);
    }
    cJSON *answer = ctl_post(ctl, "ban", body);
    if (answer && back > 0 && ctl->json) { /* one document for both */
        int status = roll_back(ctl, who, back, answer);
        ctl_end(ctl, answer, " ");
        return status;
    }
    uint64_t action = ctl_number(answer, "action");
    int status = ctl_end(ctl, answer, "%s is %s%s %s%.60s (action %" PRIu64 ")", who,
                         factor > 0 ? "slowed down" : "banned", slow, period, length, action);
    return status == EXIT_DONE && back > 0 ? roll_back(ctl, who, back, NULL) : status;
}

int do_ban(struct ctl *ctl, const struct arguments *arguments)
{
    return ban(ctl, arguments, 0);
}

int do_slow(struct ctl *ctl, const struct arguments *arguments)
{
    const char *text = arguments->values[OPTION_FACTOR];
    uint64_t factor = SLOW_USUAL;
    if (text && !value_number(text, 2, SLOW_MAX, &factor))
        return ctl_wrong(ctl, "--factor", "a whole number from 2 to 1000", text);
    return ban(ctl, arguments, factor);
}

int do_unban(struct ctl *ctl, const struct arguments *arguments)
{
    cJSON *body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "who", arguments->words[0]);
    cJSON *answer = ctl_post(ctl, "unban", body);
    return ctl_end(ctl, answer, "%s may draw again (action %" PRIu64 ")", arguments->words[0],
                   ctl_number(answer, "action"));
}

static int show(struct ctl *ctl, cJSON *bans)
{
    static const struct column columns[] = {
        {"who", "name", COLUMN_TEXT},    {"until", "until", COLUMN_UNTIL},
        {"slowed", "slow", COLUMN_TEXT}, {"by", "by", COLUMN_TEXT},
        {"since", "at", COLUMN_TIME},    {"action", "action", COLUMN_TEXT},
        {"why", "why", COLUMN_TEXT},
    };
    return columns_print(stdout, bans, columns, sizeof columns / sizeof *columns, ctl->now_ms,
                         "nobody is banned or slowed down") == 0
               ? EXIT_DONE
               : ctl_fail(ctl, "no memory");
}

int do_bans(struct ctl *ctl, const struct arguments *arguments)
{
    return ctl_end_list(ctl, ctl_get(ctl, "bans"), show);
}
