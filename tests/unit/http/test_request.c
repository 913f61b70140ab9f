/* SPDX-License-Identifier: ISC */
/* Heads of requests, good and bad, by example. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/request.h"

static struct request request;
static char *text; /* on the heap, where a sanitizer sees its end */
static const char *error;

/* Scan and parse: the status, 0 when it is good, 1 when it is no whole head. */
static unsigned read_head(const char *head)
{
    size_t len = strlen(head), at = 0;
    free(text);
    text = malloc(len ? len : 1);
    memcpy(text, head, len);
    enum request_scan scan = request_scan(text, len, &at);
    if (scan == SCAN_MORE)
        return 1;
    if (scan != SCAN_END)
        return scan == SCAN_LONG ? 431 : 400;
    error = NULL;
    unsigned status = request_parse(&request, text, at, &error);
    assert_true((status == 0) == (error == NULL));
    return status;
}

static int tear_down(void **state)
{
    free(text);
    text = NULL;
    return 0;
}

static void a_head_is_split_into_its_parts(void **state)
{
    assert_int_equal(read_head("GET /a%20b?c=%41&d HTTP/1.1\r\nHost: x:1\r\nA:\r\nB:  \t\r\n"
                               "C: \t c d \t \r\nc: e\r\nAccept: a, b\r\n\r\n"),
                     0);
    assert_int_equal(request.method, METHOD_GET);
    assert_string_equal(request.path, "/a b");
    assert_int_equal(request.path_len, 4);
    assert_string_equal(request.query, "c=%41&d");
    assert_int_equal(request.query_len, 7);
    assert_false(request.plain);
    assert_string_equal(request.authority, "x:1");
    assert_int_equal(request.n_fields, 6);
    assert_string_equal(request_field(&request, "a"), "");
    assert_string_equal(request_field(&request, "b"), "");
    assert_string_equal(request_field(&request, "c"), "c d");
    assert_int_equal(request_count(&request, "c"), 2);
    assert_int_equal(request_count(&request, "d"), 0);
    assert_null(request_field(&request, "d"));
    assert_true(request_list_has(&request, "accept", "B"));
    assert_true(request_list_has(&request, "c", "e"));
    assert_false(request_list_has(&request, "accept", "c"));
    assert_true(request.keep_alive);
    assert_false(request.http_10);
    assert_false(request.chunked);
    assert_false(request.expects_continue);
    assert_int_equal(request.body_len, 0);
}

static void a_target_may_be_spelled_in_several_ways(void **state)
{
    static const char *const plain[] = {"/", "/h/0,0/5.png", "http://x/5.png"};
    static const char *const other[] = {"/?",         "/h/0%2C0/5.png",   "/h/0,0/5.png?",
                                        "/5.png?x=1", "http://x/%35.png", "/%2F"};
    char head[128];
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        snprintf(head, sizeof head, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", plain[i]);
        assert_int_equal(read_head(head), 0);
        assert_true(request.plain);
    }
    for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
        snprintf(head, sizeof head, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", other[i]);
        assert_int_equal(read_head(head), 0);
        assert_false(request.plain);
    }
}

static void a_head_ends_where_it_ends(void **state)
{
    static const char two[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /next";
    for (size_t len = 0; len < sizeof two; len++) {
        size_t at = 0, end = sizeof "GET / HTTP/1.1\r\nHost: a\r\n\r\n" - 1;
        enum request_scan expected = len < end ? SCAN_MORE : SCAN_END;
        assert_int_equal(request_scan(two, len, &at), expected);
        assert_int_equal(at, len < end ? len : end);
    }
    size_t at = 0; /* in pieces: it goes on where it was */
    assert_int_equal(request_scan(two, 10, &at), SCAN_MORE);
    assert_int_equal(request_scan(two, 26, &at), SCAN_MORE);
    assert_int_equal(request_scan(two, 27, &at), SCAN_END);
}

static void lines_are_strict(void **state)
{
    static const char *const bad[] = {
        "GET / HTTP/1.1\nHost: a\n\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\n",
        "GET / HTTP/1.1\r\nHost: a\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\tb\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
        " GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: \x01\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: \x7f\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\x1f\r\n\r\n",
        "\x16\x03\x01",
        "\n",
        "\t",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(read_head(bad[i]), 400);
    assert_int_equal(read_head("GET / HTTP/1.1\r\nHost: a\tb\x80\xff\r\n\r\n"), 0);
    for (size_t len = 1; len <= 4; len++) { /* empty lines: whoever reads passes over them first */
        char *empty = malloc(len);
        memcpy(empty, "\r\n\r\n", len);
        size_t begin = 0;
        assert_int_equal(request_scan(empty, len, &begin), len < 4 ? SCAN_MORE : SCAN_END);
        free(empty);
    }
    size_t at = 0; /* found where it is, not at the end */
    assert_int_equal(request_scan("GET / HTTP/1.1\r\nA: b\rc", 24, &at), SCAN_BAD);
    at = 0;
    assert_int_equal(request_scan("GET /\0 HTTP/1.1\r\n\r\n", 19, &at), SCAN_BAD);
}

static void the_length_of_a_head_is_bounded(void **state)
{
    char *head = calloc(1, REQUEST_HEAD_MAX + 100);
    int n = sprintf(head, "GET / HTTP/1.1\r\nHost: a\r\nX: ");
    memset(head + n, 'x', (size_t)(REQUEST_HEAD_MAX - n - 4));
    strcpy(head + REQUEST_HEAD_MAX - 4, "\r\n\r\n");
    assert_int_equal(read_head(head), 0);
    assert_int_equal(strlen(request_field(&request, "x")), REQUEST_HEAD_MAX - n - 4);
    strcpy(head + REQUEST_HEAD_MAX - 4, "x\r\n\r\n");
    assert_int_equal(read_head(head), 431);
    free(head);
}

static void the_number_of_fields_is_bounded(void **state)
{
    char head[4096];
    for (int fields = REQUEST_FIELDS_MAX; fields <= REQUEST_FIELDS_MAX + 1; fields++) {
        char *to = head + sprintf(head, "GET / HTTP/1.1\r\nHost: a\r\n");
        for (int i = 1; i < fields; i++)
            to += sprintf(to, "X-%d: y\r\n", i);
        strcpy(to, "\r\n");
        assert_int_equal(read_head(head), fields > REQUEST_FIELDS_MAX ? 431 : 0);
    }
}

static void bad_request_lines_and_fields(void **state)
{
    static const struct {
        const char *head;
        unsigned status;
    } bad[] = {
        {"GET /\r\n\r\n", 400},
        {"GET  HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"get / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400},
        {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /  HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET / HTTP/1\r\nHost: a\r\n\r\n", 505},
        {"GET / http/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost a\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nA b: a\r\nHost: a\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n: a\r\nHost: a\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
        {"GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET *a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET http:///b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET http://a@b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /a?b#c HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
         400},
        {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
         "chunked\r\n\r\n",
         400},
        {"GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
        {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501},
        {"GET / HTTP/1.1\r\nHost: a\r\nExpect: more\r\n\r\n", 417},
        {"BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
        {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
        {"GET / HTTP/0.9\r\nHost: a\r\n\r\n", 400},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (read_head(bad[i].head) != bad[i].status)
            fail_msg("%s: %u", bad[i].head, read_head(bad[i].head));
    }
}

static void a_target_may_be_absolute(void **state)
{
    assert_int_equal(read_head("GET http://b:2/c?d HTTP/1.1\r\nHost: a\r\n\r\n"), 0);
    assert_string_equal(request.authority, "b:2");
    assert_string_equal(request.path, "/c");
    assert_string_equal(request.query, "d");
    assert_int_equal(read_head("GET HTTPS://b HTTP/1.0\r\n\r\n"), 0);
    assert_string_equal(request.authority, "b");
    assert_string_equal(request.path, "/");
    assert_int_equal(request.path_len, 1);
    assert_int_equal(read_head("GET http://b?c HTTP/1.1\r\nHost: a\r\n\r\n"), 0);
    assert_string_equal(request.path, "/");
    assert_string_equal(request.query, "c");
    assert_int_equal(read_head("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"), 0);
    assert_int_equal(request.method, METHOD_OPTIONS);
    assert_string_equal(request.path, "*");
    assert_int_equal(read_head("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"), 0);
    assert_int_equal(request.method, METHOD_OTHER);
    assert_string_equal(request.path, "");
    assert_int_equal(read_head("GET /a%00b HTTP/1.1\r\nHost: a\r\n\r\n"), 0);
    assert_int_equal(request.path_len, 4); /* whoever compares strings must look at it */
}

static void what_is_known_of_the_body(void **state)
{
    assert_int_equal(read_head("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\n"), 0);
    assert_int_equal(request.method, METHOD_POST);
    assert_int_equal(request.body_len, 12);
    assert_false(request.chunked);
    assert_int_equal(read_head("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n"
                               "Expect: 100-Continue\r\n\r\n"),
                     0);
    assert_int_equal(request.body_len, 0);
    assert_true(request.chunked);
    assert_true(request.expects_continue);
    assert_int_equal(read_head("POST / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n"), 0);
    assert_false(request.expects_continue);
}

static void who_stays_and_who_goes(void **state)
{
    static const struct {
        const char *head;
        bool stays, http_10;
    } heads[] = {
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", true, false},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", false, false},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, CLOSE\r\n\r\n", false, false},
        {"GET / HTTP/1.2\r\nHost: a\r\n\r\n", true, false},
        {"GET / HTTP/1.0\r\n\r\n", false, true},
        {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true, true},
    };
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        assert_int_equal(read_head(heads[i].head), 0);
        assert_int_equal(request.keep_alive, heads[i].stays);
        assert_int_equal(request.http_10, heads[i].http_10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_head_is_split_into_its_parts, tear_down),
        cmocka_unit_test_teardown(a_target_may_be_spelled_in_several_ways, tear_down),
        cmocka_unit_test(a_head_ends_where_it_ends),
        cmocka_unit_test_teardown(lines_are_strict, tear_down),
        cmocka_unit_test_teardown(the_length_of_a_head_is_bounded, tear_down),
        cmocka_unit_test_teardown(the_number_of_fields_is_bounded, tear_down),
        cmocka_unit_test_teardown(bad_request_lines_and_fields, tear_down),
        cmocka_unit_test_teardown(a_target_may_be_absolute, tear_down),
        cmocka_unit_test_teardown(what_is_known_of_the_body, tear_down),
        cmocka_unit_test_teardown(who_stays_and_who_goes, tear_down),
    };
    return cmocka_run_group_tests_name("http request", tests, NULL, NULL);
}
