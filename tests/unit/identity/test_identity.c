/* SPDX-License-Identifier: ISC */
/* Who is asking: by token, name, cookie or network; two servers with one secret agree. */
#include "cmocka_all.h"

#include <arpa/inet.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "identity/identity.h"
#include "identity/secret.h"
#include "sys/clock.h"

static char folder[] = "/tmp/placed-identity-XXXXXX", path[PATH_MAX];
static struct metrics metrics;

static struct identity *open_one(enum identity_needed needed, unsigned rate)
{
    char error[IDENTITY_ERROR_BYTES];
    struct identity_config config = {.first = path, .needed = needed, .rate = rate, .work = 20};
    struct identity *identity = identity_open(&config, &metrics, error);
    if (!identity)
        fail_msg("%s", error);
    return identity;
}

static struct identity_request from(const char *address)
{
    struct identity_request request = {0};
    char mapped[64];
    snprintf(mapped, sizeof mapped, strchr(address, ':') ? "%s" : "::ffff:%s", address);
    assert_int_equal(inet_pton(AF_INET6, mapped, request.address), 1);
    return request;
}

static struct visitor visit(struct identity *identity, const struct identity_request *request,
                            enum identity_result result)
{
    struct visitor visitor;
    assert_int_equal(identity_read(identity, request, &visitor), result);
    assert_true(visitor.author & AUTHOR_PERSON);
    return visitor;
}

/* A new cookie as a Cookie field would have it. */
static char *get_cookie(struct identity *identity, const struct identity_request *request,
                        struct visitor *visitor)
{
    static char fields[4][256];
    static unsigned n;
    char cookie[IDENTITY_COOKIE_BYTES];
    uint64_t retry_ms;
    char *field = fields[n++ % 4];
    assert_int_equal(
        identity_issue(identity, request, NULL, 0, clock_wall_ms(), cookie, visitor, &retry_ms),
        ISSUE_OK);
    assert_int_equal(strlen(cookie), COOKIE_TEXT_BYTES);
    snprintf(field, 256, "%s=%s", identity_cookie_name(request), cookie);
    return field;
}

static void who_shows_nothing_is_his_network(void **state)
{
    struct identity *identity = open_one(IDENTITY_ANY, 0);
    struct identity_request a = from("192.0.2.1"), b = from("192.0.2.2");
    struct visitor va = visit(identity, &a, IDENTITY_FOUND);
    struct visitor vb = visit(identity, &b, IDENTITY_FOUND);
    assert_int_equal(va.kind, VISITOR_NETWORK);
    assert_true(va.author != vb.author && va.networks[0] != vb.networks[0]);
    assert_true(va.networks[0] && !va.networks[1] && !va.networks[2]);
    assert_true(va.networks[0] == identity_network(identity, a.address, 128));
    assert_true(identity_network(identity, a.address, 32) == 0);
    /* IPv6 by bytes: the rest of the address does not matter, each prefix counts. */
    struct identity_request c = from("2001:db8:1:2ff::1"), d = from("2001:db8:1:2ff:ffff::2");
    struct identity_request e = from("2001:db8:1:200::1"), f = from("2001:db8:1:ff00::1");
    struct visitor vc = visit(identity, &c, IDENTITY_FOUND);
    struct visitor vd = visit(identity, &d, IDENTITY_FOUND);
    struct visitor ve = visit(identity, &e, IDENTITY_FOUND);
    struct visitor vf = visit(identity, &f, IDENTITY_FOUND);
    assert_true(vc.author == vd.author);
    assert_memory_equal(vc.networks, vd.networks, sizeof vc.networks);
    assert_true(vc.author != ve.author && vc.networks[0] != ve.networks[0]);
    assert_true(vc.networks[1] == ve.networks[1] && vc.networks[2] == ve.networks[2]);
    assert_true(ve.networks[1] != vf.networks[1] && ve.networks[2] == vf.networks[2]);
    assert_true(vc.networks[1] == identity_network(identity, c.address, 56));
    assert_true(vc.networks[2] == identity_network(identity, c.address, 48));
    /* A Unix socket without a forwarding field: an author, no network. */
    struct identity_request nobody = {0};
    struct visitor vn = visit(identity, &nobody, IDENTITY_FOUND);
    assert_true(!vn.networks[0] && !vn.networks[1] && !vn.networks[2]);
    identity_close(identity);
}

static void a_cookie_is_the_same_person_everywhere(void **state)
{
    struct identity *one = open_one(IDENTITY_COOKIE, 0), *two = open_one(IDENTITY_COOKIE, 0);
    struct identity_request request = from("192.0.2.1"), elsewhere = from("2001:db8::7");
    struct visitor given, other;
    request.cookies = get_cookie(one, &request, &given);
    elsewhere.cookies = request.cookies;
    struct visitor here = visit(one, &request, IDENTITY_FOUND);
    struct visitor there = visit(two, &elsewhere, IDENTITY_FOUND);
    assert_int_equal(here.kind, VISITOR_COOKIE);
    assert_true(here.author == given.author && there.author == given.author);
    assert_true(here.since_ms == given.since_ms && here.since_ms % 60000 == 0);
    assert_true(clock_wall_ms() - here.since_ms < 120000);
    assert_true(here.networks[0] != there.networks[0]); /* of the address, not of the person */
    assert_true(identity_fingerprint(one) == identity_fingerprint(two));
    struct identity_request stranger = from("192.0.2.1");
    (void)get_cookie(one, &stranger, &other);
    assert_true(other.author != given.author);
    /* Who has one gets no other. */
    char cookie[IDENTITY_COOKIE_BYTES];
    uint64_t retry_ms;
    assert_int_equal(
        identity_issue(two, &request, NULL, 0, clock_wall_ms(), cookie, &other, &retry_ms),
        ISSUE_OK);
    assert_string_equal(cookie, "");
    assert_true(other.author == given.author);
    identity_close(one);
    identity_close(two);
}

static void a_cookie_that_is_no_good_may_look(void **state)
{
    struct identity *identity = open_one(IDENTITY_ANY, 0);
    struct identity_request request = from("192.0.2.1");
    struct visitor visitor;
    char *good = get_cookie(identity, &request, &visitor), twice[600];
    request.cookies = good;
    good[20] ^= 1;
    uint64_t before = metric_get(&metrics, cookies_bad_total);
    assert_int_equal(visit(identity, &request, IDENTITY_FOUND).kind, VISITOR_STALE);
    assert_int_equal(metric_get(&metrics, cookies_bad_total), before + 1);
    good[20] ^= 1;
    assert_int_equal(visit(identity, &request, IDENTITY_FOUND).kind, VISITOR_COOKIE);
    request.tls = true; /* then it has the wrong name */
    assert_int_equal(visit(identity, &request, IDENTITY_FOUND).kind, VISITOR_STALE);
    assert_string_equal(identity_cookie_other(&request), "placed");
    request.tls = false;
    snprintf(twice, sizeof twice, "%s; %s", good, good);
    request.cookies = twice;
    (void)visit(identity, &request, IDENTITY_TWICE);
    snprintf(twice, sizeof twice, "%s; a=b; placed=", good);
    (void)visit(identity, &request, IDENTITY_TWICE);
    snprintf(twice, sizeof twice, "__Host-placed=x; %s", good);
    (void)visit(identity, &request, IDENTITY_TWICE);
    /* Of both names the one that counts is kept, when it is good, and the other goes. */
    char cookie[IDENTITY_COOKIE_BYTES];
    uint64_t retry_ms;
    assert_int_equal(
        identity_issue(identity, &request, NULL, 0, clock_wall_ms(), cookie, &visitor, &retry_ms),
        ISSUE_OK);
    assert_string_equal(cookie, "");
    assert_string_equal(identity_cookie_other(&request), "__Host-placed");
    snprintf(twice, sizeof twice, "%s; %s", good, good);
    assert_int_equal(
        identity_issue(identity, &request, NULL, 0, clock_wall_ms(), cookie, &visitor, &retry_ms),
        ISSUE_TWICE);
    identity_close(identity);
}

static void a_rotation_keeps_people_once(void **state)
{
    char error[IDENTITY_ERROR_BYTES];
    struct identity *identity = open_one(IDENTITY_ANY, 0);
    struct identity_request request = from("192.0.2.1"), network = from("192.0.2.1");
    struct visitor given, unchanged;
    uint64_t fingerprint = identity_fingerprint(identity);
    request.cookies = get_cookie(identity, &request, &given);
    uint64_t net = visit(identity, &network, IDENTITY_FOUND).author;
    assert_int_equal(secret_rotate(path, false, error), 0);
    assert_int_equal(identity_reload(identity, error), 0);
    unchanged = visit(identity, &request, IDENTITY_FOUND);
    assert_int_equal(unchanged.kind, VISITOR_COOKIE);
    assert_true(unchanged.author == given.author);
    assert_true(visit(identity, &network, IDENTITY_FOUND).author != net);
    assert_true(identity_fingerprint(identity) != fingerprint);
    assert_int_equal(secret_rotate(path, false, error), 0);
    assert_int_equal(identity_reload(identity, error), 0);
    assert_int_equal(visit(identity, &request, IDENTITY_FOUND).kind, VISITOR_STALE);
    /* A file that is no good changes nothing. */
    fingerprint = identity_fingerprint(identity);
    assert_int_equal(truncate(path, 30), 0);
    assert_int_equal(identity_reload(identity, error), -1);
    assert_true(identity_fingerprint(identity) == fingerprint);
    identity_close(identity);
    unlink(path);
}

static void a_bot_has_a_token(void **state)
{
    struct identity *identity = open_one(IDENTITY_COOKIE, 0);
    struct identity_bot bots[2] = {{.name = "one"}, {.name = "two"}};
    struct identity_request request = from("192.0.2.1");
    crypto_hash_sha256(bots[0].hash, (const unsigned char *)"token-1", 7);
    crypto_hash_sha256(bots[1].hash, (const unsigned char *)"token-2", 7);
    request.authorization = "Bearer token-1";
    (void)visit(identity, &request, IDENTITY_BAD);
    assert_int_equal(identity_set_bots(identity, bots, 2), 0);
    struct visitor one = visit(identity, &request, IDENTITY_FOUND);
    assert_int_equal(one.kind, VISITOR_BOT);
    request.authorization = "bearer   token-2"; /* the scheme in any letters */
    struct visitor two = visit(identity, &request, IDENTITY_FOUND);
    assert_int_equal(two.kind, VISITOR_BOT);
    assert_true(one.author != two.author);
    static const char *const bad[] = {"Bearer",          "Bearer ",
                                      "Bearer token-",   "Bearer token-11",
                                      "Bearer token-1 ", "Bearer token-1,token-2",
                                      "Bearer TOKEN-1",  "Bearer \"token-1\""};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        request.authorization = bad[i];
        (void)visit(identity, &request, IDENTITY_BAD);
    }
    /* Other schemes are not ours: a site that is behind a password. */
    static const char *const others[] = {"Basic dG9rZW4tMQ==", "", "Bearertoken-1", "token-1"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        request.authorization = others[i];
        assert_int_equal(visit(identity, &request, IDENTITY_FOUND).kind, VISITOR_NETWORK);
    }
    request.authorization = "Bearer token-1";
    assert_int_equal(identity_set_bots(identity, bots + 1, 1), 0); /* taken back */
    (void)visit(identity, &request, IDENTITY_BAD);
    assert_int_equal(identity_set_bots(identity, NULL, 0), 0);
    (void)visit(identity, &request, IDENTITY_BAD);
    identity_close(identity);
}

static void who_has_signed_on_has_a_name(void **state)
{
    struct identity *identity = open_one(IDENTITY_SSO, 0);
    struct identity_request request = from("192.0.2.1"), other = from("192.0.2.1");
    struct visitor visitor;
    char cookie[IDENTITY_COOKIE_BYTES];
    uint64_t retry_ms;
    request.name = "alice@example.com";
    other.name = "Alice@example.com";
    struct visitor alice = visit(identity, &request, IDENTITY_FOUND);
    assert_int_equal(alice.kind, VISITOR_SIGNED_ON);
    assert_true(alice.author != visit(identity, &other, IDENTITY_FOUND).author);
    request.address[15] ^= 1;
    assert_true(alice.author == visit(identity, &request, IDENTITY_FOUND).author);
    assert_int_equal(identity_issue(identity, &request, NULL, 0, 0, cookie, &visitor, &retry_ms),
                     ISSUE_OK);
    assert_string_equal(cookie, "");
    request.name = NULL; /* then nothing else will do */
    request.cookies = "placed=x";
    assert_int_equal(visit(identity, &request, IDENTITY_FOUND).kind, VISITOR_NETWORK);
    assert_int_equal(identity_issue(identity, &request, NULL, 0, 0, cookie, &visitor, &retry_ms),
                     ISSUE_NONE);
    identity_close(identity);
}

/* The body that solves a challenge, by trying all counters. */
static enum identity_issue solve(struct identity *identity, const struct identity_request *request,
                                 char cookie[IDENTITY_COOKIE_BYTES], struct visitor *visitor)
{
    char json[WORK_JSON_BYTES + 1], payload[1024], coded[2048], body[2200];
    uint64_t retry_ms;
    size_t len;
    assert_int_equal(identity_challenge(identity, request, clock_wall_ms(), json, &len, &retry_ms),
                     ISSUE_OK);
    json[len] = '\0';
    enum identity_issue issue = ISSUE_REFUSED;
    for (unsigned counter = 0; counter < 20 && issue == ISSUE_REFUSED; counter++) {
        snprintf(payload, sizeof payload, "{\"challenge\":%s,\"solution\":{\"counter\":%u}}", json,
                 counter);
        sodium_bin2base64(coded, sizeof coded, (unsigned char *)payload, strlen(payload),
                          sodium_base64_VARIANT_ORIGINAL);
        int n = snprintf(body, sizeof body, "{\"altcha\":\"%s\"}", coded);
        issue = identity_issue(identity, request, body, (size_t)n, clock_wall_ms(), cookie, visitor,
                               &retry_ms);
    }
    return issue;
}

static void work_comes_before_an_identity_and_keeps_an_old_one(void **state)
{
    struct identity *identity = open_one(IDENTITY_COOKIE, 0);
    struct identity_request request = from("192.0.2.1"), fresh = from("192.0.2.2");
    struct visitor given, visitor;
    char cookie[IDENTITY_COOKIE_BYTES], json[WORK_JSON_BYTES], field[256];
    uint64_t retry_ms;
    size_t len;
    assert_int_equal(identity_challenge(identity, &request, clock_wall_ms(), json, &len, &retry_ms),
                     ISSUE_NONE);
    request.cookies = get_cookie(identity, &request, &given);
    identity_close(identity);
    identity = open_one(IDENTITY_WORK, 0);
    assert_int_equal(
        identity_issue(identity, &fresh, NULL, 0, clock_wall_ms(), cookie, &visitor, &retry_ms),
        ISSUE_REFUSED);
    assert_int_equal(solve(identity, &fresh, cookie, &visitor), ISSUE_OK);
    snprintf(field, sizeof field, "placed=%s", cookie);
    fresh.cookies = field;
    assert_int_equal(visit(identity, &fresh, IDENTITY_FOUND).kind, VISITOR_COOKIE);
    assert_true(visitor.author != given.author);
    /* What was given without work may look, and becomes the same person by working. */
    assert_int_equal(visit(identity, &request, IDENTITY_FOUND).kind, VISITOR_STALE);
    assert_int_equal(solve(identity, &request, cookie, &visitor), ISSUE_OK);
    assert_true(visitor.author == given.author && visitor.since_ms == given.since_ms);
    identity_close(identity);
}

static void a_network_that_guesses_is_stopped(void **state)
{
    struct identity *identity = open_one(IDENTITY_WORK, 5);
    struct identity_request request = from("2001:db8::1");
    struct visitor visitor;
    char cookie[IDENTITY_COOKIE_BYTES];
    uint64_t retry_ms = 0;
    unsigned refused = 0;
    while (identity_issue(identity, &request, "{}", 2, clock_wall_ms(), cookie, &visitor,
                          &retry_ms) == ISSUE_REFUSED)
        refused++;
    assert_int_equal(refused, 5);
    assert_true(retry_ms > 0);
    unsigned challenges = 0;
    char json[WORK_JSON_BYTES];
    size_t len;
    while (identity_challenge(identity, &request, clock_wall_ms(), json, &len, &retry_ms) ==
           ISSUE_OK)
        challenges++;
    assert_int_equal(challenges, 50);
    assert_true(retry_ms > 0);
    identity_close(identity);
}

static void a_network_gets_so_many(void **state)
{
    struct identity *identity = open_one(IDENTITY_ANY, 3);
    struct identity_request request = from("2001:db8::1");
    struct visitor visitor;
    char cookie[IDENTITY_COOKIE_BYTES];
    uint64_t retry_ms;
    unsigned given = 0;
    for (unsigned i = 0; i < 300; i++) {
        request.address[7] = (uint8_t)i; /* another /64 of one /56 */
        given += identity_issue(identity, &request, NULL, 0, clock_wall_ms(), cookie, &visitor,
                                &retry_ms) == ISSUE_OK;
    }
    assert_int_equal(given, 12);
    for (unsigned i = 0; i < 300; i++) {
        request.address[6] = (uint8_t)i; /* another /56 of one /48 */
        given += identity_issue(identity, &request, NULL, 0, clock_wall_ms(), cookie, &visitor,
                                &retry_ms) == ISSUE_OK;
    }
    assert_int_equal(given, 48);
    assert_true(retry_ms > 0 && retry_ms <= 1200 * 1000);
    identity_close(identity);
}

int main(void)
{
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/secret", folder);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_shows_nothing_is_his_network),
        cmocka_unit_test(a_cookie_is_the_same_person_everywhere),
        cmocka_unit_test(a_cookie_that_is_no_good_may_look),
        cmocka_unit_test(a_rotation_keeps_people_once),
        cmocka_unit_test(a_bot_has_a_token),
        cmocka_unit_test(who_has_signed_on_has_a_name),
        cmocka_unit_test(work_comes_before_an_identity_and_keeps_an_old_one),
        cmocka_unit_test(a_network_that_guesses_is_stopped),
        cmocka_unit_test(a_network_gets_so_many),
    };
    int failed = cmocka_run_group_tests_name("identity", tests, NULL, NULL);
    unlink(path);
    rmdir(folder);
    return failed;
}
