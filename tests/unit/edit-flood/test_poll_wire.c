/* SPDX-License-Identifier: ISC */
/* edit-flood/poll_wire: the request of a long poll, and every answer that there is to one. */
#include "cmocka_all.h"
#include "poll_wire.h"

#include <string.h>

#define OK "HTTP/1.1 200 OK\r\n"

static enum poll_parse parse(const char *text, struct poll_answer *answer)
{
    return poll_parse((const uint8_t *)text, strlen(text), answer);
}

static void the_request(void **state)
{
    char out[256];
    static const char expected[] =
        "GET /h/0123456789abcdef/-7,8/edits/18446744073709551615 HTTP/1.1"
        "\r\nHost: [::1]:80\r\n\r\n";
    size_t len = poll_request(out, sizeof out, "[::1]:80", "0123456789abcdef0123456789abcdef",
                              (struct position){-7, 8}, UINT64_MAX);
    assert_string_equal(out, expected);
    assert_int_equal(len, strlen(expected));
    assert_int_equal(poll_request(out, len, "[::1]:80", "0123456789abcdef0123456789abcdef",
                                  (struct position){-7, 8}, UINT64_MAX),
                     0);
}

static void an_answer_with_edits(void **state)
{
    static const char text[] = OK
        "Date: today\r\ncontent-length:  5 \r\nX-Cache-Status: HIT\r\n\r\n"
        "abcdefgh";
    struct poll_answer answer;
    assert_int_equal(parse(text, &answer), POLL_WHOLE);
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.body_len, 5);
    assert_memory_equal(text + answer.head_len, "abcde", 5);
    assert_int_equal(answer.cache, POLL_CACHE_HIT);
    assert_false(answer.closes);
    assert_false(answer.moved);
    /* Cut anywhere before its end it is not whole. */
    for (size_t len = 0; len < answer.head_len + 5; len++) {
        struct poll_answer cut;
        assert_int_equal(poll_parse((const uint8_t *)text, len, &cut), POLL_MORE);
    }
}

static void the_other_answers(void **state)
{
    struct poll_answer answer;
    assert_int_equal(parse("HTTP/1.1 204 No Content\r\nX-Cache-Status: MISS\r\n\r\n", &answer),
                     POLL_WHOLE);
    assert_int_equal(answer.status, 204);
    assert_int_equal(answer.body_len, 0);
    assert_int_equal(answer.cache, POLL_CACHE_MISS);
    assert_int_equal(parse("HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n", &answer),
                     POLL_WHOLE);
    assert_int_equal(answer.body_len, 0);

    assert_int_equal(parse("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"
                           "Location: /h/0123456789abcdef/0,0/edits/41\r\n\r\n",
                           &answer),
                     POLL_WHOLE);
    assert_true(answer.moved);
    assert_int_equal(answer.moved_to, 41);
    assert_int_equal(parse("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"
                           "Location: /h/0123456789abcdef/0,0/41.png\r\n\r\n",
                           &answer),
                     POLL_WHOLE);
    assert_false(answer.moved);

    assert_int_equal(
        parse("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\n"
              "X-Cache-Status: EXPIRED\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
              &answer),
        POLL_WHOLE);
    assert_int_equal(answer.status, 503);
    assert_int_equal(answer.retry_after, 7);
    assert_int_equal(answer.cache, POLL_CACHE_OTHER);
    assert_true(answer.closes);
}

static void what_is_no_answer(void **state)
{
    static const char *const bad[] = {
        "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 20\r\nContent-Length: 0\r\n\r\n",
        "\r\n\r\n",
        OK "\r\n", /* how long? */
        OK "Content-Length: -1\r\n\r\n",
        OK "Content-Length: 1x\r\n\r\n",
        OK "Content-Length: 524289\r\n\r\n", /* longer than we take */
        OK "Content-Length: 99999999999999999999999\r\n\r\n",
        OK "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", /* twice */
        OK "Transfer-Encoding: chunked\r\n\r\n",
    };
    static uint8_t endless[POLL_HEAD_MAX];
    struct poll_answer answer;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(parse(bad[i], &answer), POLL_BAD);
    memset(endless, 'x', sizeof endless);
    assert_int_equal(poll_parse(endless, sizeof endless - 1, &answer), POLL_MORE);
    assert_int_equal(poll_parse(endless, sizeof endless, &answer), POLL_BAD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_request),
        cmocka_unit_test(an_answer_with_edits),
        cmocka_unit_test(the_other_answers),
        cmocka_unit_test(what_is_no_answer),
    };
    return cmocka_run_group_tests_name("edit-flood poll_wire", tests, NULL, NULL);
}
