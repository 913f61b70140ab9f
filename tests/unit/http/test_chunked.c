/* SPDX-License-Identifier: ISC */
/* Chunked bodies: whole, in all pairs of pieces, and broken in every way. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/chunked.h"

/* Decode text, which comes in two pieces: the result; what was decoded is in data, and what was not
 * read in *rest. */
static enum chunked_result decode(const char *text, size_t first, char data[4096], size_t *len,
                                  size_t *rest)
{
    struct chunked chunked = {0};
    size_t all = strlen(text), at = 0;
    enum chunked_result result = CHUNKED_MORE;
    *len = 0;
    while (at < all && result == CHUNKED_MORE) {
        size_t n = at < first ? first - at : all - at, used;
        char *piece = malloc(n);
        memcpy(piece, text + at, n);
        result = chunked_decode(&chunked, piece, &n, &used);
        memcpy(data + *len, piece, n);
        *len += n;
        at += used;
        free(piece);
    }
    *rest = all - at;
    return result;
}

static void bodies_in_any_two_pieces(void **state)
{
    static const struct {
        const char *text, *data;
        size_t rest;
    } good[] = {
        {"0\r\n\r\n", "", 0},
        {"0\r\n\r\nGET / HTTP/1.1\r\n", "", 16},
        {"00000000\r\n\r\n", "", 0},
        {"3\r\nabc\r\n0\r\n\r\n", "abc", 0},
        {"3;a=b;c=\"d\"\r\nabc\r\n2\r\n\r\n\r\n00;\r\nT: x\r\nU:\r\n\r\nx", "abc\r\n", 1},
        {"aA\r\n0123456789012345678901234567890123456789012345678901234567890123456789"
         "0123456789012345678901234567890123456789012345678901234567890123456789"
         "012345678901234567890123456789\r\n0\r\n\r\n",
         "0123456789012345678901234567890123456789012345678901234567890123456789"
         "0123456789012345678901234567890123456789012345678901234567890123456789"
         "012345678901234567890123456789",
         0},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        for (size_t first = 0; first <= strlen(good[i].text); first++) {
            char data[4096];
            size_t len, rest;
            assert_int_equal(decode(good[i].text, first, data, &len, &rest), CHUNKED_END);
            assert_int_equal(len, strlen(good[i].data));
            assert_memory_equal(data, good[i].data, len);
            assert_int_equal(rest, good[i].rest);
        }
    }
}

static void broken_ones_are_bad_and_short_ones_wait(void **state)
{
    static const char *const bad[] = {
        "\r\n",
        " 1\r\na\r\n0\r\n\r\n",
        "x\r\n",
        "-1\r\n",
        "1\n",
        "1\rx",
        "1 \r\n",
        "1\r\na\n",
        "1\r\nab",
        "1\r\na\rb",
        "0\r\n\n",
        "0\r\n\rx",
        "0\r\na\n",
        "0\r\na\r\r",
        "100000000\r\n",
        "1;\n",
        "0;a\n",
        "0\n",
        "1\r\na\r\n\r\n",
        "1;a\rb",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        for (size_t first = 0; first <= strlen(bad[i]); first++) {
            char data[4096];
            size_t len, rest;
            assert_int_equal(decode(bad[i], first, data, &len, &rest), CHUNKED_BAD);
        }
        char data[4096];
        size_t len, rest;
        char shorter[64]; /* and not before the last byte */
        strcpy(shorter, bad[i]);
        shorter[strlen(shorter) - 1] = '\0';
        if (strcmp(bad[i], " 1\r\na\r\n0\r\n\r\n") != 0 && strcmp(bad[i], "-1\r\n") != 0 &&
            *bad[i] != '\r' && *bad[i] != 'x' && strcmp(bad[i], "1 \r\n") != 0 &&
            strcmp(bad[i], "100000000\r\n") != 0 && strcmp(bad[i], "1\r\na\r\n\r\n") != 0)
            assert_int_equal(decode(shorter, 0, data, &len, &rest), CHUNKED_MORE);
    }
}

static void what_is_no_data_is_bounded(void **state)
{
    char text[4096], data[4096];
    size_t len, rest;
    for (int much = 900; much <= 1100; much += 200) {
        sprintf(text, "1;%0*d\r\na\r\n1;%0*d\r\nb\r\n0\r\n%0*d\r\n\r\n", much, 0, much, 0,
                much - 10, 0);
        assert_int_equal(decode(text, 0, data, &len, &rest),
                         much > 1024 ? CHUNKED_BAD : CHUNKED_END);
    }
    char *to = text + sprintf(text, "0\r\n");
    for (int i = 0; i < 300; i++)
        to += sprintf(to, "a:b\r\n");
    strcpy(to, "\r\n");
    assert_int_equal(decode(text, 0, data, &len, &rest), CHUNKED_BAD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_in_any_two_pieces),
        cmocka_unit_test(broken_ones_are_bad_and_short_ones_wait),
        cmocka_unit_test(what_is_no_data_is_bounded),
    };
    return cmocka_run_group_tests_name("http chunked", tests, NULL, NULL);
}
