/* SPDX-License-Identifier: ISC */
/* plan_people: see plan_people.h. */
#include "moderation/plan_people.h"

#include <stddef.h>
#include <stdlib.h>

#include "moderation/sightings.h"
#include "rules/rules.h"
#include "sys/clock.h"

static size_t seen_on(struct plan_networks *networks, uint64_t network, uint64_t *into, size_t room)
{
    const struct plan_people *people = (const struct plan_people *)networks;
    struct sightings *sightings = people->config->sightings;
    struct sighting *found = sightings ? malloc(room * sizeof *found) : NULL;
    if (!found)
        return 0;
    size_t n = sightings_authors(sightings, network, found, room);
    for (size_t i = 0; i < n && i < room; i++)
        into[i] = found[i].author;
    free(found);
    return n;
}

static size_t banned(struct plan_bans *bans, uint64_t *into, size_t room)
{
    const struct plan_people *people =
        (const struct plan_people *)((const char *)bans - offsetof(struct plan_people, bans));
    struct ruleset *ruleset = rules_current(people->config->rules);
    const struct ruleset_parts *parts = ruleset_parts(ruleset);
    int64_t now_ms = clock_wall_ms();
    size_t n = 0;
    for (size_t i = 0; i < parts->n_bans; i++) {
        const struct ban *ban = &parts->bans[i];
        if (ban->of != BAN_AUTHOR || !ruleset_bans_author(ruleset, ban->id, now_ms))
            continue;
        if (n < room)
            into[n] = ban->id;
        n++;
    }
    ruleset_unref(ruleset);
    return n;
}

struct plan_people plan_people_of(const struct moderation_config *config)
{
    return (struct plan_people){
        .networks.authors = seen_on, .bans.authors = banned, .config = config};
}
