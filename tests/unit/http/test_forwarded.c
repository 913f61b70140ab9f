/* SPDX-License-Identifier: ISC */
/* The client's address behind proxies: who can make it up, and who cannot. */
#include "cmocka_all.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "http/forwarded.h"
#include "http/request.h"

static struct network proxies[2];
static char text[4096];
static struct request request;

static void read_request(const char *fields)
{
    const char *error = NULL;
    int n = snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: a\r\n%s\r\n", fields);
    memset(&request, 0, sizeof request);
    assert_int_equal(request_parse(&request, text, (size_t)n, &error), 0);
}

/* The client of a request with these fields that comes from the peer, which is a trusted proxy. */
static const char *client(const char *fields, const char *peer)
{
    static char out[INET6_ADDRSTRLEN];
    uint8_t address[16] = {0};
    read_request(fields);
    if (peer)
        assert_true(forwarded_hop(peer, strlen(peer), address));
    forwarded_client(&request, proxies, 2, address);
    assert_non_null(inet_ntop(AF_INET6, address, out, sizeof out));
    return out;
}

#define FOR "X-Forwarded-For: "

static void the_right_most_stranger_counts(void **state)
{
    assert_string_equal(client("", "10.0.0.1"), "::ffff:10.0.0.1");
    assert_string_equal(client(FOR "192.0.2.7\r\n", "10.0.0.1"), "::ffff:192.0.2.7");
    /* What stands to the left of the first stranger is what that stranger says. */
    assert_string_equal(client(FOR "203.0.113.9, 192.0.2.7\r\n", "10.0.0.1"), "::ffff:192.0.2.7");
    assert_string_equal(
        client(FOR "203.0.113.9, 192.0.2.7, 10.0.0.2,2001:db8:1::5\r\n", "10.0.0.1"),
        "::ffff:192.0.2.7");
    assert_string_equal(client(FOR "10.0.0.3, 10.0.0.2\r\n", "10.0.0.1"), "::ffff:10.0.0.3");
    assert_string_equal(client(FOR "2001:db8:2::9\r\n", "10.0.0.1"), "2001:db8:2::9");
    assert_string_equal(client(FOR "10.0.0.9, ::ffff:192.0.2.7\r\n", "10.0.0.1"),
                        "::ffff:192.0.2.7");
}

static void several_fields_are_one_list(void **state)
{
    assert_string_equal(client(FOR "203.0.113.9\r\n" FOR "192.0.2.7\r\n", "10.0.0.1"),
                        "::ffff:192.0.2.7");
    assert_string_equal(
        client(FOR "192.0.2.7\r\nVia: x\r\nx-forwarded-FOR: 10.0.0.2\r\n", "10.0.0.1"),
        "::ffff:192.0.2.7");
    assert_string_equal(client(FOR "192.0.2.7\r\n" FOR "\r\n" FOR ", ,\t,\r\n", "10.0.0.1"),
                        "::ffff:192.0.2.7");
}

static void garbage_ends_the_way(void **state)
{
    assert_string_equal(client(FOR "192.0.2.7, garbage\r\n", "10.0.0.1"), "::ffff:10.0.0.1");
    assert_string_equal(client(FOR "192.0.2.7, unknown, 10.0.0.2\r\n", "10.0.0.1"),
                        "::ffff:10.0.0.2");
    assert_string_equal(client(FOR "unknown\r\n", NULL), "::"); /* by a Unix socket */
    assert_string_equal(client(FOR "192.0.2.7\r\n", NULL), "::ffff:192.0.2.7");
}

static bool is_hop(const char *hop, const char *expected)
{
    uint8_t address[16], other[16];
    char mapped[64];
    snprintf(mapped, sizeof mapped, strchr(expected, ':') ? "%s" : "::ffff:%s", expected);
    assert_int_equal(inet_pton(AF_INET6, mapped, other), 1);
    return forwarded_hop(hop, strlen(hop), address) && memcmp(address, other, 16) == 0;
}

static void a_hop_is_an_address_as_proxies_write_it(void **state)
{
    assert_true(is_hop("192.0.2.7", "192.0.2.7"));
    assert_true(is_hop("192.0.2.7:8080", "192.0.2.7"));
    assert_true(is_hop("\"192.0.2.7:8080\"", "192.0.2.7"));
    assert_true(is_hop("2001:db8::1", "2001:db8::1"));
    assert_true(is_hop("[2001:db8::1]", "2001:db8::1"));
    assert_true(is_hop("[2001:db8::1]:8080", "2001:db8::1"));
    assert_true(is_hop("\"[2001:DB8::1]:8080\"", "2001:db8::1"));
    assert_true(is_hop("::ffff:192.0.2.7", "192.0.2.7"));
    static const char *const bad[] = {
        "",
        "unknown",
        "_hidden",
        "192.0.2",
        "192.0.2.7:",
        "192.0.2.7:99999",
        "192.0.2.7:x",
        "[2001:db8::1",
        "2001:db8::1]",
        "[2001:db8::1]8080",
        "[192.0.2.7]",
        "192.0.2.7/24",
        "2001:db8::/32",
        "[]",
        "[::1]:",
        "192.0.2.7 x",
        "\"",
        "\"192.0.2.7",
        "1.2.3.4:5:6",
        "fe80::1%eth0",
        "0x7f.0.0.1",
        "127.1",
        "2001:db8::1::2",
        ":",
        "192.0.2.07777777777777777777777777777777777777777777777777777"};
    uint8_t address[16];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (forwarded_hop(bad[i], strlen(bad[i]), address))
            fail_msg("\"%s\" is taken for an address", bad[i]);
    }
}

static void the_scheme_is_that_of_the_first_hop(void **state)
{
    read_request("X-Forwarded-Proto: https, http\r\n");
    assert_int_equal(forwarded_scheme(&request), WEB_ORIGIN_HTTPS);
    assert_true(forwarded_any(&request));
    read_request("Forwarded: for=192.0.2.7;proto=https;host=\"a.test:8080\"\r\n");
    assert_int_equal(forwarded_scheme(&request), WEB_ORIGIN_HTTPS);
    char host[FORWARDED_HOST_BYTES];
    assert_true(forwarded_host(&request, host));
    assert_string_equal(host, "a.test:8080");
    read_request("X-Forwarded-For: 192.0.2.7\r\n");
    assert_false(forwarded_any(&request));
    assert_int_equal(forwarded_scheme(&request), WEB_ORIGIN_UNKNOWN);
    assert_false(forwarded_host(&request, host));
}

int main(void)
{
    assert_true(network_parse(&proxies[0], "10.0.0.0/8", 10));
    assert_true(network_parse(&proxies[1], "2001:db8:1::/48", 15));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_right_most_stranger_counts),
        cmocka_unit_test(several_fields_are_one_list),
        cmocka_unit_test(garbage_ends_the_way),
        cmocka_unit_test(a_hop_is_an_address_as_proxies_write_it),
        cmocka_unit_test(the_scheme_is_that_of_the_first_hop),
    };
    return cmocka_run_group_tests_name("http forwarded", tests, NULL, NULL);
}
