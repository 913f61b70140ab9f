/* SPDX-License-Identifier: ISC */
/* Cookies: what is signed is read back, and nothing else is. */
#include "cmocka_all.h"

#include <sodium.h>
#include <string.h>

#include "identity/cookie.h"

enum { NOW_MINUTE = 29000000 };
#define NOW_MS ((int64_t)NOW_MINUTE * 60000 + 59999)

static struct keys keys[3]; /* current, previous, a stranger's */

static struct cookie sample(void)
{
    struct cookie cookie = {.minute = NOW_MINUTE};
    for (unsigned i = 0; i < COOKIE_ID_BYTES; i++)
        cookie.id[i] = (uint8_t)(i * 17);
    return cookie;
}

static const struct keys *reads(const char *text, struct cookie *cookie)
{
    return cookie_read(cookie, text, strlen(text), keys, 2, NOW_MS);
}

static void what_is_written_is_read(void **state)
{
    struct cookie cookie = sample(), read;
    char text[COOKIE_TEXT_BYTES + 1];
    for (unsigned i = 0; i < 2; i++) {
        cookie.worked = i == 1;
        cookie_write(text, &cookie, &keys[i]);
        assert_int_equal(strlen(text), COOKIE_TEXT_BYTES);
        assert_ptr_equal(reads(text, &read), &keys[i]);
        assert_int_equal(read.worked, cookie.worked);
        assert_int_equal(read.minute, cookie.minute);
        assert_memory_equal(read.id, cookie.id, COOKIE_ID_BYTES);
    }
}

static void no_letter_may_be_another(void **state)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=., \"%\x80\xff\n";
    struct cookie cookie = sample(), read;
    char text[COOKIE_TEXT_BYTES + 1];
    cookie_write(text, &cookie, &keys[0]);
    for (unsigned i = 0; i < COOKIE_TEXT_BYTES; i++) {
        char right = text[i];
        for (const char *letter = letters; *letter; letter++) {
            text[i] = *letter;
            if ((reads(text, &read) != NULL) != (*letter == right))
                fail_msg("'%c' for '%c' at %u", *letter, right, i);
        }
        text[i] = right;
    }
    assert_non_null(reads(text, &read));
}

static void no_length_but_one(void **state)
{
    struct cookie cookie = sample(), read;
    char text[2 * COOKIE_TEXT_BYTES + 1];
    cookie_write(text, &cookie, &keys[0]);
    for (size_t len = 0; len < COOKIE_TEXT_BYTES; len++)
        assert_null(cookie_read(&read, text, len, keys, 2, NOW_MS));
    memset(text + COOKIE_TEXT_BYTES, 'A', COOKIE_TEXT_BYTES);
    for (size_t len = COOKIE_TEXT_BYTES + 1; len <= sizeof text - 1; len++)
        assert_null(cookie_read(&read, text, len, keys, 2, NOW_MS));
}

static void another_key_signs_nothing(void **state)
{
    struct cookie cookie = sample(), read;
    char text[COOKIE_TEXT_BYTES + 1];
    assert_int_equal(keys[2].id, keys[0].id);
    cookie_write(text, &cookie, &keys[2]);
    assert_null(reads(text, &read));
    cookie_write(text, &cookie, &keys[1]);
    assert_null(cookie_read(&read, text, strlen(text), keys, 1, NOW_MS)); /* a key that is gone */
}

static void the_future_is_two_minutes_away(void **state)
{
    struct cookie cookie = sample(), read;
    char text[COOKIE_TEXT_BYTES + 1];
    cookie.minute = NOW_MINUTE + COOKIE_FUTURE_MINUTES;
    cookie_write(text, &cookie, &keys[0]);
    assert_non_null(reads(text, &read));
    cookie.minute++;
    cookie_write(text, &cookie, &keys[0]);
    assert_null(reads(text, &read));
    cookie.minute = UINT32_MAX;
    cookie_write(text, &cookie, &keys[0]);
    assert_null(reads(text, &read));
    cookie.minute = 0;
    cookie_write(text, &cookie, &keys[0]);
    assert_non_null(reads(text, &read));
}

static void check_found(const char *field, unsigned count, const char *value)
{
    struct cookie_shown shown;
    cookie_find(field, "placed", &shown);
    assert_int_equal(shown.count, count);
    if (value) {
        assert_int_equal(shown.len, strlen(value));
        assert_memory_equal(shown.text, value, shown.len);
    }
}

static void a_field_is_searched_by_whole_names(void **state)
{
    check_found("placed=x", 1, "x");
    check_found("a=b; placed=x; c=d", 1, "x");
    check_found("a=b;placed=x;c=d", 1, "x");
    check_found("\t placed=x \t;", 1, "x");
    check_found("placed=", 1, "");
    check_found("placed=a=b", 1, "a=b");
    check_found("placed=x; placed=x", 2, NULL);
    check_found("placed=; placed=x", 2, NULL);
    check_found("", 0, NULL);
    check_found("placed", 0, NULL);
    check_found("placed; x=placed=y", 0, NULL);
    check_found("Placed=x; placed =x; xplaced=y; placedx=y; __Host-placed=z", 0, NULL);
    check_found(";;; ;placed=x;;", 1, "x");
}

int main(void)
{
    struct secret_key secrets[3] = {
        {.id = 7, .bytes = {1}}, {.id = 6, .bytes = {2}}, {.id = 7, .bytes = {3}}};
    assert_true(sodium_init() >= 0);
    for (unsigned i = 0; i < 3; i++)
        keys_derive(&keys[i], &secrets[i]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(no_letter_may_be_another),
        cmocka_unit_test(no_length_but_one),
        cmocka_unit_test(another_key_signs_nothing),
        cmocka_unit_test(the_future_is_two_minutes_away),
        cmocka_unit_test(a_field_is_searched_by_whole_names),
    };
    return cmocka_run_group_tests_name("identity cookie", tests, NULL, NULL);
}
