/* SPDX-License-Identifier: ISC */
/* suspect_json: see suspect_json.h. */
#include "moderation/suspect_json.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "core/hex.h"
#include "identity/identity.h"
#include "moderation/detectors.h"
#include "moderation/sightings.h"
#include "moderation/suspects.h"

enum {
    PEOPLE_MAX = 4096,
    TOP_AUTHORS = 10,
    TOP_NETWORKS = 20,
    NET_BYTES = 4 + HEX_U64_BYTES,
};

struct tally {
    uint64_t network;
    uint32_t n;
};

static void net_text(char text[NET_BYTES], uint64_t network)
{
    memcpy(text, "net:", 4);
    hex_from_u64(text + 4, network);
}

static int by_network(const void *a, const void *b)
{
    const struct tally *left = a, *right = b;
    return (left->network > right->network) - (left->network < right->network);
}

static int by_count(const void *a, const void *b)
{
    const struct tally *left = a, *right = b;
    return left->n != right->n ? (left->n < right->n) - (left->n > right->n) : by_network(a, b);
}

/* Whom a finding speaks of. */
struct people {
    uint64_t *authors; /* to be freed */
    size_t n;
};

static struct people find_people(const struct suspect *suspect, struct sightings *sightings)
{
    struct people people = {calloc(PEOPLE_MAX, sizeof *people.authors), 0};
    struct sighting *seen = suspect->network ? calloc(PEOPLE_MAX, sizeof *seen) : NULL;
    if (people.authors && !seen && suspect->n_authors > 0) {
        people.n = suspect->n_authors < PEOPLE_MAX ? suspect->n_authors : PEOPLE_MAX;
        memcpy(people.authors, suspect->authors, people.n * sizeof *people.authors);
    }
    size_t n = seen ? sightings_authors(sightings, suspect->network, seen, PEOPLE_MAX) : 0;
    for (size_t i = 0; people.authors && i < n && i < PEOPLE_MAX; i++)
        if (seen[i].last_ms >= suspect->since_ms - SUSPECT_GAP_MS)
            people.authors[people.n++] = seen[i].author;
    free(seen);
    return people;
}

/* The networks of all its authors, the most frequent first; how many. tallies has room for one an
 * author. */
static size_t count_networks(const struct people *people, struct sightings *sightings,
                             struct tally *tallies)
{
    size_t n = 0, merged = 0;
    for (size_t i = 0; i < people->n; i++) {
        uint64_t network = sightings_network(sightings, people->authors[i]);
        if (network != 0)
            tallies[n++] = (struct tally){network, 1};
    }
    qsort(tallies, n, sizeof *tallies, by_network);
    for (size_t i = 0; i < n; i++) {
        if (merged > 0 && tallies[merged - 1].network == tallies[i].network)
            tallies[merged - 1].n++;
        else
            tallies[merged++] = tallies[i];
    }
    qsort(tallies, merged, sizeof *tallies, by_count);
    return merged;
}

static void add_networks(cJSON *json, const struct people *people, struct sightings *sightings)
{
    cJSON *list = cJSON_AddArrayToObject(json, "networks");
    struct tally *tallies = calloc(people->n + 1, sizeof *tallies);
    size_t n = tallies ? count_networks(people, sightings, tallies) : 0;
    for (size_t i = 0; i < n && i < TOP_NETWORKS; i++) {
        char net[NET_BYTES];
        cJSON *item = cJSON_CreateObject();
        net_text(net, tallies[i].network);
        cJSON_AddStringToObject(item, "net", net);
        cJSON_AddNumberToObject(item, "authors", tallies[i].n);
        cJSON_AddItemToArray(list, item);
    }
    cJSON_AddNumberToObject(json, "networks_all", (double)n);
    free(tallies);
}

static void add_authors(cJSON *json, const struct people *people, struct sightings *sightings)
{
    cJSON_AddNumberToObject(json, "authors", (double)people->n);
    cJSON *list = cJSON_AddArrayToObject(json, "top");
    for (size_t i = 0; i < people->n && i < TOP_AUTHORS; i++) {
        char author[HEX_U64_BYTES], name[PSEUDONYM_BYTES], net[NET_BYTES];
        uint64_t network = sightings_network(sightings, people->authors[i]);
        cJSON *item = cJSON_CreateObject();
        hex_from_u64(author, people->authors[i]);
        identity_pseudonym(people->authors[i], name);
        cJSON_AddStringToObject(item, "author", author);
        cJSON_AddStringToObject(item, "name", name);
        net_text(net, network);
        if (network != 0)
            cJSON_AddStringToObject(item, "net", net);
        cJSON_AddItemToArray(list, item);
    }
}

struct cJSON *suspect_json(const struct suspect *suspect, struct sightings *sightings)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "rule", detector_rules[suspect->rule].name);
    if (suspect->network != 0) {
        char net[NET_BYTES];
        net_text(net, suspect->network);
        cJSON_AddStringToObject(json, "net", net);
    } else {
        const int cell[] = {suspect->x, suspect->y, SUSPECT_CELL, SUSPECT_CELL};
        cJSON_AddItemToObject(json, "cell", cJSON_CreateIntArray(cell, 4));
    }
    cJSON_AddNumberToObject(json, "score", suspect->score);
    cJSON_AddNumberToObject(json, "since", (double)suspect->since_ms);
    cJSON_AddNumberToObject(json, "last", (double)suspect->last_ms);
    struct people people = find_people(suspect, sightings);
    add_authors(json, &people, sightings);
    add_networks(json, &people, sightings);
    free(people.authors);
    return json;
}
