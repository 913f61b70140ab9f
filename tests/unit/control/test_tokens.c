/* SPDX-License-Identifier: ISC */
/* A token is its holder's and nobody else's; the first one is in a file that others cannot read. */
#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control/control_first_token.h"
#include "control/control_tokens.h"

static struct control_holder holder(const char *name, enum control_role role,
                                    char token[CONTROL_TOKEN_BYTES])
{
    struct control_holder holder = {.role = role};
    control_token_make(token, holder.hash);
    snprintf(holder.name, sizeof holder.name, "%s", name);
    return holder;
}

static void a_token_is_found_by_what_it_is_alone(void **state)
{
    char texts[3][CONTROL_TOKEN_BYTES], text[CONTROL_TOKEN_BYTES];
    struct control_holder holders[] = {holder("ann", ROLE_OPERATOR, texts[0]),
                                       holder("bob", ROLE_VIEWER, texts[1]),
                                       holder("cat", ROLE_BOT, texts[2])};
    struct control_tokens *tokens = control_tokens_create();
    struct control_actor actor;
    assert_int_equal(control_tokens_find(tokens, texts[0], &actor), ROLE_NONE);
    assert_int_equal(control_tokens_set(tokens, holders, 3), 0);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(strlen(texts[i]), 43);
        assert_int_equal(control_tokens_find(tokens, texts[i], &actor), holders[i].role);
        assert_string_equal(actor.name, holders[i].name);
        assert_int_equal(actor.role, holders[i].role);
        for (size_t at = 0; at < 43; at += 6) { /* a character that is another one */
            strcpy(text, texts[i]);
            text[at] = text[at] == 'A' ? 'B' : 'A';
            assert_int_equal(control_tokens_find(tokens, text, &actor), ROLE_NONE);
            assert_string_equal(actor.name, "");
        }
        strcpy(text, texts[i]);
        text[42] = '\0';
        assert_int_equal(control_tokens_find(tokens, text, &actor), ROLE_NONE);
    }
    assert_int_equal(control_tokens_find(tokens, "", &actor), ROLE_NONE);
    char large[1000];
    memset(large, 'a', sizeof large);
    large[sizeof large - 1] = '\0';
    assert_int_equal(control_tokens_find(tokens, large, &actor), ROLE_NONE);
    assert_int_equal(control_tokens_set(tokens, holders + 1, 2), 0); /* ann's was taken back */
    assert_int_equal(control_tokens_find(tokens, texts[0], &actor), ROLE_NONE);
    assert_int_equal(control_tokens_find(tokens, texts[2], &actor), ROLE_BOT);
    assert_int_equal(control_tokens_set(tokens, NULL, 0), 0);
    assert_int_equal(control_tokens_find(tokens, texts[2], &actor), ROLE_NONE);
    control_tokens_destroy(tokens);
}

static void the_first_token_is_in_a_file_of_its_own(void **state)
{
    char folder[] = "/tmp/placed-token-XXXXXX", path[64], token[CONTROL_TOKEN_BYTES];
    char again[CONTROL_TOKEN_BYTES], line[80] = "", error[CONTROL_ERROR_BYTES];
    struct stat st;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/token", folder);
    mode_t mask = umask(0);
    assert_int_equal(control_first_token_make(path, token, error), 0);
    umask(mask);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    FILE *file = fopen(path, "r");
    assert_non_null(fgets(line, sizeof line, file));
    fclose(file);
    assert_int_equal(line[43], '\n');
    assert_memory_equal(line, token, 43);
    /* An old token is not made good again. */
    assert_int_equal(control_first_token_make(path, again, error), 0);
    assert_string_not_equal(again, token);
    unlink(path);
    assert_int_equal(rmdir(folder), 0); /* nothing else was left */
    assert_int_equal(control_first_token_make(path, again, error), -1);
    assert_non_null(strstr(error, path));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_found_by_what_it_is_alone),
        cmocka_unit_test(the_first_token_is_in_a_file_of_its_own),
    };
    return cmocka_run_group_tests_name("control tokens", tests, NULL, NULL);
}
