/* SPDX-License-Identifier: ISC */
/* Networks and who is in them. */
#include "cmocka_all.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

#include "sys/network.h"

static bool holds(const char *text, const char *address)
{
    struct network network;
    uint8_t bytes[16];
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    assert_true(network_parse(&network, text, strlen(text)));
    if (inet_pton(AF_INET, address, &v4.sin_addr) == 1)
        return network_address((struct sockaddr *)&v4, bytes) && network_holds(&network, bytes);
    assert_int_equal(inet_pton(AF_INET6, address, &v6.sin6_addr), 1);
    return network_address((struct sockaddr *)&v6, bytes) && network_holds(&network, bytes);
}

static void a_network_holds_what_begins_like_it(void **state)
{
    assert_true(holds("192.0.2.7", "192.0.2.7"));
    assert_false(holds("192.0.2.7", "192.0.2.6"));
    assert_true(holds("192.0.2.7/24", "192.0.2.255"));
    assert_false(holds("192.0.2.7/24", "192.0.3.7"));
    assert_true(holds("192.0.2.128/25", "192.0.2.129"));
    assert_false(holds("192.0.2.128/25", "192.0.2.127"));
    assert_true(holds("10.0.0.0/9", "10.127.255.255"));
    assert_false(holds("10.0.0.0/9", "10.128.0.0"));
    assert_true(holds("0.0.0.0/0", "255.255.255.255"));
    assert_false(holds("0.0.0.0/0", "2001:db8::1"));
    assert_true(holds("2001:db8::/33", "2001:db8:7fff::"));
    assert_false(holds("2001:db8::/33", "2001:db8:8000::"));
    assert_true(holds("::/0", "192.0.2.1")); /* IPv4 is a part of it */
    assert_true(holds("192.0.2.0/24", "::ffff:192.0.2.1"));
    assert_true(holds("::1", "::1"));
    assert_false(holds("::1", "::2"));
    uint8_t bytes[16];
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    assert_false(network_address((struct sockaddr *)&local, bytes));
}

static void what_is_no_network(void **state)
{
    static const char *const bad[] = {
        "",           "/",      "a",           "1.2.3",      "1.2.3.4/",
        "1.2.3.4/33", "::/129", "1.2.3.4/-1",  "1.2.3.4/ 1", "1.2.3.4/0008",
        "1.2.3.4 ",   "[::1]",  "1.2.3.4/8/8", "1.2.3.4:80", "::/x"};
    struct network network;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(network_parse(&network, bad[i], strlen(bad[i])));
    assert_true(network_parse(&network, "1.2.3.4/8,", 9)); /* not past its length */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_network_holds_what_begins_like_it),
        cmocka_unit_test(what_is_no_network),
    };
    return cmocka_run_group_tests_name("network", tests, NULL, NULL);
}
