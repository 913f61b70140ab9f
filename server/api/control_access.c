/* SPDX-License-Identifier: ISC */
/*
 * control_access: see control_access.h. A token has 256 random bits: nobody guesses one at any
 * rate. So a right token is always taken, also from a network that shows wrong ones: a raid must
 * not be able to lock the moderators out. The limit keeps those who try from filling the operator's
 * log and from keeping connections.
 */
#include "api/control_access.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/cors.h"
#include "http/http.h"
#include "http/reply.h"
#include "http/site.h"
#include "http/who_asks.h"
#include "identity/identity.h"
#include "net/loop_state.h"
#include "sys/diag.h"

enum {
    BUCKETS = 256, /* networks share one now and then, which costs a stranger his 401 at most */
    FAILURE_US = 2 * 1000 * 1000,  /* one wrong token in so much time, */
    FAILURES_US = 20 * FAILURE_US, /* after so many at once */
    REPORT_US = 60 * 1000 * 1000,  /* between two messages to the operator */
    V4_BITS = 128,
    V6_BITS = 64, /* what counts as one network */
};

struct control_failures {
    _Atomic uint64_t full_us[BUCKETS]; /* when all failures of a network will be forgotten */
    _Atomic uint64_t said_us;
    _Atomic uint64_t untold;
};

struct control_failures *control_failures_create(void)
{
    return calloc(1, sizeof(struct control_failures));
}

void control_failures_destroy(struct control_failures *failures)
{
    free(failures);
}

/* ---- failures */

/* The pseudonym of the network that asks; 0: it is unknown. */
static uint64_t network_of(const struct http *http)
{
    static const uint8_t v4_prefix[12] = {[10] = 0xff, [11] = 0xff}, unknown[16];
    uint8_t address[16];
    who_asks_address(http, address);
    if (memcmp(address, unknown, sizeof address) == 0)
        return 0;
    bool v4 = memcmp(address, v4_prefix, sizeof v4_prefix) == 0;
    return identity_network(http->site->identity, address, v4 ? V4_BITS : V6_BITS);
}

/* Count a failure of this network. False: it has had too many. */
static bool may_fail(struct control_failures *failures, uint64_t network, uint64_t now_us)
{
    _Atomic uint64_t *full = &failures->full_us[network % BUCKETS];
    uint64_t before = atomic_load(full), after;
    do {
        after = (before > now_us ? before : now_us) + FAILURE_US;
        if (after > now_us + FAILURES_US)
            return false;
    } while (!atomic_compare_exchange_weak(full, &before, after));
    return true;
}

/* To the operator, now and then; the token stays where it is. */
static void report(struct control_failures *failures, uint64_t network, uint64_t now_us)
{
    uint64_t said = atomic_load(&failures->said_us);
    uint64_t n = atomic_fetch_add(&failures->untold, 1) + 1;
    if ((said != 0 && now_us < said + REPORT_US) ||
        !atomic_compare_exchange_strong(&failures->said_us, &said, now_us | 1))
        return;
    atomic_fetch_sub(&failures->untold, n);
    diag_warn("admin API: %" PRIu64
              " requests with a token that is none; the last one from network "
              "net:%016" PRIx64,
              n, network);
}

static void deny(struct http *http, struct reply reply, const char *error)
{
    metric_add(http->conn->loop->config.metrics, control_denied_total, 1);
    reply_error(http, reply, error);
}

static void deny_wrong_token(struct http *http)
{
    struct control_failures *failures = http->site->control_failures;
    uint64_t now_us = env_now_us(http->conn->loop->config.env), network = network_of(http);
    report(failures, network, now_us);
    if (may_fail(failures, network, now_us))
        deny(http,
             (struct reply){.status = 401,
                            .extra = "WWW-Authenticate: Bearer realm=\"placed\", "
                                     "error=\"invalid_token\"\r\n"},
             "authorization: this token is not known, or was removed");
    else
        deny(http, (struct reply){.status = 429, .extra = "Retry-After: 2\r\n", .close = true},
             "authorization: too many tokens that are none");
}

/* ---- who */

/* The token, which lives as long as the request; NULL: none is shown as it should be. */
static const char *shown_token(const struct request *request)
{
    static const char scheme[] = "Bearer ";
    if (request_count(request, "authorization") != 1)
        return NULL;
    const char *value = request_field(request, "authorization");
    if (strncasecmp(value, scheme, sizeof scheme - 1) != 0)
        return NULL;
    value += sizeof scheme - 1;
    value += strspn(value, " ");
    size_t len = strlen(value);
    return len > 0 && len < CONTROL_TOKEN_BYTES && !memchr(value, ' ', len) ? value : NULL;
}

bool control_access_ask(struct http *http, struct control_actor *actor)
{
    if (!cors_own(http)) {
        deny(http, (struct reply){.status = 403}, "origin: only pages of this server may ask");
        return false;
    }
    const char *token = shown_token(&http->request);
    if (!token) {
        deny(
            http,
            (struct reply){.status = 401, .extra = "WWW-Authenticate: Bearer realm=\"placed\"\r\n"},
            "authorization: expected one field, Bearer TOKEN");
        return false;
    }
    if (control_token(http->site->control, token, actor) == ROLE_NONE) {
        deny_wrong_token(http);
        return false;
    }
    if (!http->conn->admin && actor->role > ROLE_MODERATOR)
        actor->role = ROLE_MODERATOR;
    return true;
}

bool control_access_allows(struct http *http, const struct control_actor *actor,
                           enum control_role needed)
{
    if (actor->role >= needed)
        return true;
    char error[128];
    snprintf(error, sizeof error, "role: expected %s, this token has %s%s",
             control_role_name(needed), control_role_name(actor->role),
             http->conn->admin ? "" : " here");
    deny(http, (struct reply){.status = 403}, error);
    return false;
}
