/* SPDX-License-Identifier: ISC */
/* RFC 4648's own examples, and every letter. */
#include "cmocka_all.h"

#include <string.h>

#include "core/base64.h"

static void check(const char *bytes, size_t len, const char *text)
{
    char out[128];
    memset(out, 'x', sizeof out);
    assert_int_equal(base64_encode(out, (const uint8_t *)bytes, len), strlen(text));
    assert_int_equal(BASE64_BYTES(len), strlen(text));
    assert_memory_equal(out, text, strlen(text));
    assert_int_equal(out[strlen(text)], 'x');
}

static void the_examples_of_the_rfc(void **state)
{
    static const char *const texts[] = {"",         "Zg==",     "Zm8=",    "Zm9v",
                                        "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check("foobar", i, texts[i]);
}

static void every_letter(void **state)
{
    char bytes[48];
    for (unsigned i = 0; i < 16; i++) {
        unsigned three = (4 * i) << 18 | (4 * i + 1) << 12 | (4 * i + 2) << 6 | (4 * i + 3);
        bytes[3 * i] = (char)(three >> 16);
        bytes[3 * i + 1] = (char)(three >> 8);
        bytes[3 * i + 2] = (char)three;
    }
    check(bytes, sizeof bytes, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_of_the_rfc),
        cmocka_unit_test(every_letter),
    };
    return cmocka_run_group_tests_name("base64", tests, NULL, NULL);
}
