/* SPDX-License-Identifier: ISC */
/*
 * control_ban: see control_ban.h. Who is meant is an author's id, a network's pseudonym or
 * addresses; never a name such as amber-fox-41, which several authors can have.
 */
#include "api/control_ban.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api/control_answer.h"
#include "api/control_lists.h"
#include "api/control_request.h"
#include "http/http.h"
#include "http/site.h"
#include "sys/clock.h"
#include "sys/network.h"

enum {
    SECONDS_MAX = 315360000, /* ten years */
    SLOW_MAX = 1000,
    V4_BITS = 96,
    V4_LEAST = V4_BITS + 8, /* whoever means more wants a freeze */
    V6_LEAST = 16,
};

#define WHO                                                                                        \
    "an author (16 hexadecimal digits), net: and 16 of them, or an address or network such as "    \
    "192.0.2.0/24 or 2001:db8::/32, of /8 (IPv4) or /16 (IPv6) at least"
#define SECONDS "a whole number of seconds from 1 to 315360000"

enum who { WHO_WRONG, WHO_AUTHOR, WHO_NETWORK, WHO_ADDRESSES };

static bool is_network_id(const char *text)
{
    uint64_t id;
    return strncmp(text, "net:", 4) == 0 && control_author_parse(text + 4, &id) && id != 0;
}

static bool is_addresses(const char *text)
{
    static const uint8_t v4_prefix[V4_BITS / 8] = {[10] = 0xff, [11] = 0xff};
    struct network network;
    if (!network_parse(&network, text, strlen(text)))
        return false;
    bool v4 = memcmp(network.address, v4_prefix, sizeof v4_prefix) == 0;
    return network.bits >= (v4 ? V4_LEAST : V6_LEAST);
}

static enum who read_who(struct control_request *r, const char **name)
{
    uint64_t author;
    if (!control_field_text(r, "who", FIELD_NEEDED, CONTROL_NAME - 1, name))
        return WHO_WRONG;
    /* The operator and actions have no ban: what they did is undone. */
    if (control_author_parse(*name, &author) && author >> 63)
        return WHO_AUTHOR;
    if (is_network_id(*name))
        return WHO_NETWORK;
    if (is_addresses(*name))
        return WHO_ADDRESSES;
    control_field_wrong(r, "who", WHO);
    return WHO_WRONG;
}

static struct cJSON *make_list(struct site *site, uint64_t a, uint64_t b)
{
    return control_list(site->control, "ban");
}

void control_ban_list(struct control_request *r)
{
    control_lists_answer(r, make_list, 0, 0);
}

/* Taking back what they have drawn of late, which follows the ban. */
static cJSON *rollback_request(enum who who, const char *name, int64_t seconds)
{
    char predicate[CONTROL_NAME + 40];
    snprintf(predicate, sizeof predicate, "%s%s t:%" PRId64 "s", who == WHO_AUTHOR ? "u:" : "",
             name, seconds);
    cJSON *request = cJSON_CreateObject();
    cJSON_AddStringToObject(request, "predicate", predicate);
    return request;
}

void control_ban_post(struct control_request *r)
{
    const char *name = NULL;
    int64_t seconds = 0, slow = 0, rollback = 0;
    enum who who = read_who(r, &name);
    control_field_number(r, "for", FIELD_OPTIONAL, 1, SECONDS_MAX, SECONDS, &seconds);
    control_field_number(r, "slow", FIELD_OPTIONAL, 2, SLOW_MAX, NULL, &slow);
    control_field_number(r, "rollback", FIELD_OPTIONAL, 1, SECONDS_MAX, SECONDS, &rollback);
    if (who == WHO_ADDRESSES && rollback > 0)
        control_field_wrong(r, "rollback", "none for addresses, which the log does not know");
    if (r->error[0]) {
        control_answer_wrong(r);
        return;
    }
    cJSON *fields = cJSON_CreateObject();
    if (seconds > 0)
        cJSON_AddNumberToObject(fields, "until", (double)(clock_wall_ms() + seconds * 1000));
    if (slow > 0)
        cJSON_AddNumberToObject(fields, "slow", (double)slow);
    if (rollback > 0)
        control_answer_append_then(r, "ban", name, fields, "rollback",
                                   rollback_request(who, name, rollback));
    else
        control_answer_append(r, "ban", name, fields, NULL);
}

void control_ban_post_end(struct control_request *r)
{
    const char *name = NULL;
    if (read_who(r, &name) == WHO_WRONG)
        control_answer_wrong(r);
    else
        control_answer_remove(r, "ban", name, "who: there is no such ban");
}
