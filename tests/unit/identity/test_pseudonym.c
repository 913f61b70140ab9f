/* SPDX-License-Identifier: ISC */
/* Pseudonyms: names that stay, and that are all different words. */
#include "cmocka_all.h"

#include <stdio.h>
#include <string.h>

#include "identity/pseudonym.h"
#include "rules/visitor.h"

static const char *name_of(uint64_t author)
{
    static char name[PSEUDONYM_BYTES];
    pseudonym_write(author, name);
    return name;
}

/* What people know each other by: these must never change. */
static void names_stay(void **state)
{
    assert_string_equal(name_of(AUTHOR_PERSON), "amber-badger-0");
    assert_string_equal(name_of(UINT64_MAX), "windy-wren-47");
    assert_string_equal(name_of(AUTHOR_PERSON | (16 * 64 + 32) | 41 * 4096), "ivory-fox-41");
    assert_string_equal(name_of(AUTHOR_PERSON | 0x123456789abcdef), "noble-stoat-68");
    assert_string_equal(name_of(0), "operator");
    assert_string_equal(name_of(7), "action-7");
    assert_string_equal(name_of(UINT32_MAX), "action-4294967295");
}

static void all_words_are_there_once(void **state)
{
    char words[2][64][PSEUDONYM_BYTES];
    unsigned number;
    for (uint64_t i = 0; i < 64; i++) {
        char unused[PSEUDONYM_BYTES];
        assert_int_equal(sscanf(name_of(AUTHOR_PERSON | i), "%31[a-z]-%31[a-z]-%u", words[0][i],
                                unused, &number),
                         3);
        assert_int_equal(sscanf(name_of(AUTHOR_PERSON | i * 64), "%31[a-z]-%31[a-z]-%u", unused,
                                words[1][i], &number),
                         3);
        for (uint64_t j = 0; j < i; j++) {
            assert_string_not_equal(words[0][i], words[0][j]);
            assert_string_not_equal(words[1][i], words[1][j]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_stay),
        cmocka_unit_test(all_words_are_there_once),
    };
    return cmocka_run_group_tests_name("identity pseudonym", tests, NULL, NULL);
}
