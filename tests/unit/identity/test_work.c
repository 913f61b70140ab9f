/* SPDX-License-Identifier: ISC */
/* The proof of work: what altcha's worker would send is taken, and nothing else. */
#include "cmocka_all.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "identity/work.h"

enum {
    MOST = 50,
    NOW_S = 1800000000,
};
#define NOW_MS ((int64_t)NOW_S * 1000)

static struct keys keys[2];
static char json[WORK_JSON_BYTES + 1];
static const struct cookie wanted = {.minute = 30000000, .id = {1, 2, 3, 250}};

/* A challenge as text, with a NUL. */
static void challenge(const struct keys *by)
{
    size_t len = work_challenge(json, &wanted, MOST, by, NOW_MS);
    assert_true(len < WORK_JSON_BYTES);
    json[len] = '\0';
}

/* The body of POST /identity for a payload. */
static const char *body_of(const char *payload)
{
    static char body[8192];
    char coded[4096];
    sodium_bin2base64(coded, sizeof coded, (const unsigned char *)payload, strlen(payload),
                      sodium_base64_VARIANT_ORIGINAL);
    snprintf(body, sizeof body, "{\"altcha\":\"%s\"}", coded);
    return body;
}

static const struct keys *check(const char *payload, int64_t now_ms, struct cookie *cookie)
{
    const char *body = body_of(payload);
    return work_check(cookie, body, strlen(body), keys, 2, now_ms);
}

static const char *payload_of(const char *challenge_json, const char *counter)
{
    static char payload[2048];
    snprintf(payload, sizeof payload,
             "{\"challenge\":%s,\"solution\":{\"counter\":%s,\"derivedKey\":\"00\",\"time\":1.5}}",
             challenge_json, counter);
    return payload;
}

/* The counter that solves the present challenge, by trying. */
static unsigned solve(void)
{
    struct cookie cookie;
    for (unsigned counter = 0; counter < MOST; counter++) {
        char text[16];
        snprintf(text, sizeof text, "%u", counter);
        if (check(payload_of(json, text), NOW_MS, &cookie))
            return counter;
    }
    fail_msg("no counter solves %s", json);
    return 0;
}

static void the_solution_yields_the_identity_again_and_again(void **state)
{
    challenge(&keys[0]);
    char text[16];
    snprintf(text, sizeof text, "%u", solve());
    for (unsigned i = 0; i < 3; i++) {
        struct cookie cookie = {0};
        assert_ptr_equal(check(payload_of(json, text), NOW_MS + 1000 * i, &cookie), &keys[0]);
        assert_true(cookie.worked);
        assert_int_equal(cookie.minute, wanted.minute);
        assert_memory_equal(cookie.id, wanted.id, COOKIE_ID_BYTES);
    }
    struct cookie cookie;
    assert_non_null(check(payload_of(json, text), NOW_MS + 1000 * WORK_SECONDS, &cookie));
    assert_null(check(payload_of(json, text), NOW_MS + 1000 * (WORK_SECONDS + 1), &cookie));
}

static void exactly_one_counter_solves_it(void **state)
{
    struct cookie cookie;
    char text[16];
    challenge(&keys[1]);
    unsigned right = solve(), solved = 0;
    for (unsigned counter = 0; counter < MOST; counter++) {
        snprintf(text, sizeof text, "%u", counter);
        solved += check(payload_of(json, text), NOW_MS, &cookie) == &keys[1];
    }
    assert_int_equal(solved, 1);
    static const char *const bad[] = {"-1",    "4294967296", "1e300", "0.5",    "null",
                                      "\"1\"", "[1]",        "true",  "-0.0001"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_null(check(payload_of(json, bad[i]), NOW_MS, &cookie));
    assert_true(right < MOST);
}

/* Whatever is changed in the challenge, its signature does not fit any more. */
static void nothing_of_a_challenge_can_be_changed(void **state)
{
    struct cookie cookie;
    char text[16], changed[WORK_JSON_BYTES + 1];
    challenge(&keys[0]);
    snprintf(text, sizeof text, "%u", solve());
    size_t end = (size_t)(strstr(json, "\"most\"") - json);
    unsigned tried = 0;
    for (size_t i = 0; i < end; i++) {
        strcpy(changed, json);
        /* cost, keyLength and algorithm are the server's own, whatever the challenge says. */
        if (!strchr("0123456789abcdef", json[i]) || strchr(":,", json[i + 1]))
            continue;
        bool number = json[i] >= '0' && json[i] <= '9';
        changed[i] = json[i] == '0' || json[i] == 'a' ? (number ? '1' : 'b') : (number ? '0' : 'a');
        bool same = i >= (size_t)(strstr(json, "\"cost\"") - json) &&
                    i < (size_t)(strstr(json, "\"keyPrefix\"") - json);
        bool name = i < (size_t)(strstr(json, "\"nonce\"") - json);
        if (same || name)
            continue;
        tried++;
        assert_null(check(payload_of(changed, text), NOW_MS, &cookie));
    }
    assert_true(tried > 100);
}

static void what_is_no_payload(void **state)
{
    struct cookie cookie;
    char text[16];
    challenge(&keys[0]);
    snprintf(text, sizeof text, "%u", solve());
    const char *good = body_of(payload_of(json, text));
    char body[8192];
    size_t len = strlen(good);
    strcpy(body, good);
    assert_non_null(work_check(&cookie, body, len, keys, 2, NOW_MS));
    assert_null(work_check(&cookie, body, len, keys + 1, 1, NOW_MS)); /* a key that is gone */
    for (size_t cut = 0; cut < len; cut++)
        assert_null(work_check(&cookie, body, cut, keys, 2, NOW_MS));
    static const char *const bad[] = {"null",
                                      "[]",
                                      "{}",
                                      "{\"altcha\":5}",
                                      "{\"altcha\":\"\"}",
                                      "{\"altcha\":\"e30=\"}",
                                      "{\"altcha\":\"e30\"}",
                                      "{\"altcha\":\"W10=\"}",
                                      "{\"altcha\":\"%%%%\"}",
                                      "{\"altcha\":\"AA==\"}",
                                      "{\"ALTCHA\":\"e30=\"}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_null(work_check(&cookie, bad[i], strlen(bad[i]), keys, 2, NOW_MS));
    memset(body, '[', sizeof body);
    assert_null(work_check(&cookie, body, 4096, keys, 2, NOW_MS));
    assert_null(work_check(&cookie, body, sizeof body, keys, 2, NOW_MS));
    assert_null(check(payload_of("{}", text), NOW_MS, &cookie));
    assert_null(check(payload_of("5", text), NOW_MS, &cookie));
}

/* By an implementation that is not ours. */
static void it_is_pbkdf2(void **state)
{
    challenge(&keys[0]);
    const char *nonce = strstr(json, "\"nonce\":\"") + 9, *salt = strstr(json, "\"salt\":\"") + 8;
    const char *prefix = strstr(json, "\"keyPrefix\":\"") + 13;
    char command[1024], answer[8] = "";
    snprintf(command, sizeof command,
             "python3 -c \"import hashlib;print(hashlib.pbkdf2_hmac('sha256',bytes.fromhex('%.16s')"
             "+(%u).to_bytes(4,'big'),bytes.fromhex('%.40s'),%d,32).hex().startswith('%.32s'))\"",
             nonce, solve(), salt, WORK_COST, prefix);
    FILE *python = popen(command, "r");
    assert_non_null(python);
    assert_non_null(fgets(answer, sizeof answer, python));
    assert_int_equal(pclose(python), 0);
    assert_memory_equal(answer, "True", 4);
}

int main(void)
{
    struct secret_key secrets[2] = {{.id = 7, .bytes = {1}}, {.id = 6, .bytes = {2}}};
    assert_true(sodium_init() >= 0);
    keys_derive(&keys[0], &secrets[0]);
    keys_derive(&keys[1], &secrets[1]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_solution_yields_the_identity_again_and_again),
        cmocka_unit_test(exactly_one_counter_solves_it),
        cmocka_unit_test(nothing_of_a_challenge_can_be_changed),
        cmocka_unit_test(what_is_no_payload),
        cmocka_unit_test(it_is_pbkdf2),
    };
    return cmocka_run_group_tests_name("identity work", tests, NULL, NULL);
}
