/* SPDX-License-Identifier: ISC */
/* judge: see judge.h. */
#include "rules/judge.h"

#include "core/edit.h"
#include "plane/place.h"

static bool forbid(struct verdict *verdict, enum refusal reason, uint64_t retry_ms)
{
    verdict->obstacle.reason = reason;
    verdict->retry_ms = retry_ms;
    return false;
}

/* Does the visitor show enough? Without an identity there is no age, so where an age is needed an
 * identity is, too. */
static bool shows_enough(const struct question *question, struct verdict *verdict)
{
    const struct rules_config *config = question->config;
    const struct visitor *visitor = question->visitor;
    bool needed = config->identity_needed || config->minimum_age_ms > 0;
    if (visitor->kind == VISITOR_STALE || (visitor->kind == VISITOR_NETWORK && needed))
        return forbid(verdict, REFUSAL_IDENTITY, 0);
    int64_t grown_ms = visitor->since_ms + config->minimum_age_ms;
    /* Without an age to reach it does not matter that another server's clock is ahead. */
    if (config->minimum_age_ms > 0 && visitor->kind == VISITOR_COOKIE && visitor->since_ms > 0 &&
        question->now_ms < grown_ms)
        return forbid(verdict, REFUSAL_YOUNG, (uint64_t)(grown_ms - question->now_ms));
    return true;
}

/* Each edit costs so many percent of what it would, and more or less by what its region says. */
static bool price_edits(const struct question *question, const struct ruleset *ruleset,
                        uint32_t slow, struct price *price, struct obstacle *obstacle)
{
    const struct policy *policy = question->policy;
    bool looks = policy->blank != policy->painted; /* else it is the same what was there */
    struct position position = place_position(question->place);
    for (size_t i = 0; i < question->n; i++) {
        uint32_t word = edit_load(question->edits + EDIT_BYTES * i), percent = 100;
        uint32_t x = edit_x(word), y = edit_y(word);
        if (ruleset && !ruleset_allows(ruleset, position, x, y, edit_colour(word), question->now_ms,
                                       &percent, obstacle))
            return false;
        if (!policy_is_free(policy))
            energy_add(policy, price, looks && place_colour(question->place, x, y) == 0,
                       slow == 100 ? percent : ((uint64_t)slow * percent + 99) / 100);
    }
    return true;
}

bool judge_allows(const struct question *question, const struct ruleset *ruleset,
                  struct price *price, struct verdict *verdict)
{
    uint32_t slow = 100;
    if (ruleset &&
        !ruleset_admits(ruleset, question->visitor, question->now_ms, &slow, &verdict->obstacle))
        return false;
    if (!shows_enough(question, verdict))
        return false;
    if (!ruleset && policy_is_free(question->policy))
        return true;
    return price_edits(question, ruleset, slow, price, &verdict->obstacle);
}
