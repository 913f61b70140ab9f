/* SPDX-License-Identifier: ISC */
/* The addresses that a network has. */
#include "cmocka_all.h"

#include <arpa/inet.h>
#include <string.h>

#include "addresses.h"

static const char *at(const char *text, unsigned i)
{
    static char address[INET_ADDRSTRLEN];
    struct network network;
    assert_true(network_parse(&network, text, strlen(text)));
    struct in_addr found = addresses_at(&network, i);
    return inet_ntop(AF_INET, &found, address, sizeof address);
}

static void a_network_has_its_addresses_round_and_round(void **state)
{
    assert_string_equal(at("10.1.2.3", 0), "10.1.2.3");
    assert_string_equal(at("10.1.2.3", 7), "10.1.2.3");
    assert_string_equal(at("10.1.2.3/31", 0), "10.1.2.2");
    assert_string_equal(at("10.1.2.3/31", 1), "10.1.2.3");
    assert_string_equal(at("10.1.2.3/31", 2), "10.1.2.2");
    assert_string_equal(at("10.1.2.3/29", 0), "10.1.2.1"); /* not the network's own */
    assert_string_equal(at("10.1.2.3/29", 5), "10.1.2.6"); /* nor that of all */
    assert_string_equal(at("10.1.2.3/29", 6), "10.1.2.1");
    assert_string_equal(at("127.0.0.0/8", 300), "127.0.1.45");
    assert_string_equal(at("0.0.0.0/0", 4000000000u), "238.107.40.1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_network_has_its_addresses_round_and_round),
    };
    return cmocka_run_group_tests_name("addresses", tests, NULL, NULL);
}
