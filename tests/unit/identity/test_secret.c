/* SPDX-License-Identifier: ISC */
/* The file of the keys: made once, rotated in one step, and refused when others could have it. */
#include "cmocka_all.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "identity/secret.h"

#define KEY_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define KEY_B "ff112233445566778899aabbccddeeff00112233445566778899aabbccddee00"

static char folder[] = "/tmp/placed-secret-XXXXXX", path[PATH_MAX];
static char error[SECRET_ERROR_BYTES];
static struct secret secret;

static int begin(void **state)
{
    snprintf(path, sizeof path, "%s/secret", folder);
    unlink(path);
    return 0;
}

static void put(const char *text, mode_t mode)
{
    unlink(path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(chmod(path, mode), 0);
}

static void the_text_has_two_keys(void **state)
{
    static const char text[] = "# words\n\ncurrent 7 " KEY_A "\nprevious 6 " KEY_B "\n";
    assert_int_equal(secret_parse(&secret, text, strlen(text), error), 0);
    assert_int_equal(secret.current.id, 7);
    assert_int_equal(secret.current.bytes[1], 0x11);
    assert_true(secret.has_previous);
    assert_int_equal(secret.previous.id, 6);
    assert_int_equal(secret.previous.bytes[0], 0xff);
}

static void what_is_no_secret(void **state)
{
    static const char *const bad[] = {
        "",
        "\n",
        "# nothing\n",
        "current 7 " KEY_A, /* cut short */
        "current 7 00112233\n",
        "current 7 " KEY_A "00\n",
        "current 7 " KEY_A " \n",
        "current 0 " KEY_A "\n",
        "current 256 " KEY_A "\n",
        "current 07 " KEY_A "\n",
        "current -1 " KEY_A "\n",
        "current  7 " KEY_A "\n",
        "current " KEY_A "\n",
        "current\n",
        "previous 7 " KEY_A "\n",
        "current 7 " KEY_A "\ncurrent 8 " KEY_B "\n",
        "current 7 " KEY_A "\nprevious 7 " KEY_B "\n",
        "current 7 " KEY_A "\nprevious 6 " KEY_B "\nprevious 5 " KEY_B "\n",
        "current 7 " KEY_A "\nnext 8 " KEY_B "\n",
        "current 7 00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF\n",
        "current 7 0011223344556677 8899aabbccddeeff00112233445566778899aabbccddeeff\n",
        "current 7 0000000000000000000000000000000000000000000000000000000000000000\n",
        "current 7 " KEY_A
        "\nprevious 6 "
        "0000000000000000000000000000000000000000000000000000000000000000\n",
        "current 7 " KEY_A "\r\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        *error = '\0';
        if (secret_parse(&secret, bad[i], strlen(bad[i]), error) == 0)
            fail_msg("taken: %s", bad[i]);
        assert_true(*error);
        assert_int_equal(secret.current.id, 0); /* nothing of it is left */
    }
    static const char nul[] = "current 7 " KEY_A "\0\n";
    assert_int_equal(secret_parse(&secret, nul, sizeof nul - 1, error), -1);
}

static void it_is_made_once_and_for_its_owner(void **state)
{
    struct stat found;
    struct secret again;
    umask(0);
    assert_int_equal(secret_make(path, error), 1);
    assert_int_equal(stat(path, &found), 0);
    assert_int_equal(found.st_mode & 07777, 0600);
    assert_int_equal(secret_read(&secret, path, false, error), 0);
    assert_int_equal(secret.current.id, 1);
    assert_false(secret.has_previous);
    assert_int_equal(secret_make(path, error), 0);
    assert_int_equal(secret_read(&again, path, false, error), 0);
    assert_memory_equal(&again, &secret, sizeof again);
    unlink(path);
    assert_int_equal(secret_make(path, error), 1);
    assert_int_equal(secret_read(&again, path, false, error), 0);
    assert_memory_not_equal(again.current.bytes, secret.current.bytes, SECRET_KEY_BYTES);
}

static void an_attempt_that_was_cut_off_is_no_obstacle(void **state)
{
    char beside[PATH_MAX + 8];
    snprintf(beside, sizeof beside, "%s.new", path);
    FILE *file = fopen(beside, "w");
    fputs("curr", file);
    fclose(file);
    assert_int_equal(secret_make(path, error), 1);
    assert_int_equal(secret_read(&secret, path, false, error), 0);
    assert_int_equal(access(beside, F_OK), -1);
}

static void a_rotation_keeps_one_key(void **state)
{
    struct secret first, second, third;
    assert_int_equal(secret_rotate(path, false, error), -1); /* there is none yet */
    assert_int_equal(secret_make(path, error), 1);
    assert_int_equal(secret_read(&first, path, false, error), 0);
    assert_int_equal(secret_rotate(path, false, error), 0);
    assert_int_equal(secret_read(&second, path, false, error), 0);
    assert_int_equal(second.current.id, 2);
    assert_true(second.has_previous);
    assert_memory_equal(&second.previous, &first.current, sizeof first.current);
    assert_int_equal(secret_rotate(path, false, error), 0);
    assert_int_equal(secret_read(&third, path, false, error), 0);
    assert_int_equal(third.current.id, 3);
    assert_memory_equal(&third.previous, &second.current, sizeof second.current);
    struct stat found;
    assert_int_equal(stat(path, &found), 0);
    assert_int_equal(found.st_mode & 07777, 0600);
}

static void ids_begin_anew_after_255(void **state)
{
    put("current 255 " KEY_A "\n", 0600);
    assert_int_equal(secret_rotate(path, false, error), 0);
    assert_int_equal(secret_read(&secret, path, false, error), 0);
    assert_int_equal(secret.current.id, 1);
    assert_int_equal(secret.previous.id, 255);
}

static void what_others_can_get_at_is_refused(void **state)
{
    static const mode_t bad[] = {0604, 0602, 0601, 0640, 0620, 0610, 0644, 0666, 0777, 0660};
    static const mode_t good[] = {0600, 0400, 0700};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        put("current 7 " KEY_A "\n", bad[i]);
        *error = '\0';
        assert_int_equal(secret_read(&secret, path, false, error), -1);
        assert_non_null(strstr(error, "chmod 600"));
        assert_int_equal(secret_rotate(path, false, error), -1);
    }
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        put("current 7 " KEY_A "\n", good[i]);
        assert_int_equal(secret_read(&secret, path, false, error), 0);
    }
    if (geteuid() == 0) {
        assert_int_equal(chown(path, 12345, 0), 0);
        assert_int_equal(secret_read(&secret, path, false, error), -1);
        assert_non_null(strstr(error, "another user"));
    }
}

static void a_link_has_to_be_named(void **state)
{
    char target[PATH_MAX];
    snprintf(target, sizeof target, "%s/elsewhere", folder);
    put("current 7 " KEY_A "\n", 0600);
    assert_int_equal(rename(path, target), 0);
    assert_int_equal(symlink(target, path), 0);
    assert_int_equal(secret_read(&secret, path, false, error), -1);
    assert_non_null(strstr(error, "symbolic link"));
    assert_int_equal(secret_make(path, error), 0); /* and is not made anew */
    assert_int_equal(secret_read(&secret, path, true, error), 0);
    /* A rotation changes what the link leads to, and leaves the link. */
    assert_int_equal(secret_rotate(path, true, error), 0);
    struct stat found;
    assert_int_equal(lstat(path, &found), 0);
    assert_true(S_ISLNK(found.st_mode));
    assert_int_equal(secret_read(&secret, target, false, error), 0);
    assert_int_equal(secret.current.id, 8);
    unlink(target);
    /* One that leads nowhere is no invitation to make a file there. */
    assert_int_equal(secret_make(path, error), 0);
    assert_int_equal(secret_read(&secret, path, false, error), -1);
    assert_int_equal(access(target, F_OK), -1);
}

static void other_things_are_no_files(void **state)
{
    assert_int_equal(secret_read(&secret, path, true, error), -1);
    assert_non_null(strstr(error, "No such file"));
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(secret_read(&secret, path, true, error), -1); /* and does not wait */
    unlink(path);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(secret_read(&secret, path, true, error), -1);
    rmdir(path);
    char text[8192] = "#";
    memset(text + 1, 'x', sizeof text - 3);
    text[sizeof text - 2] = '\n';
    put(text, 0600);
    assert_int_equal(secret_read(&secret, path, true, error), -1);
    assert_non_null(strstr(error, "too long"));
}

int main(void)
{
    assert_non_null(mkdtemp(folder));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_text_has_two_keys, begin),
        cmocka_unit_test_setup(what_is_no_secret, begin),
        cmocka_unit_test_setup(it_is_made_once_and_for_its_owner, begin),
        cmocka_unit_test_setup(an_attempt_that_was_cut_off_is_no_obstacle, begin),
        cmocka_unit_test_setup(a_rotation_keeps_one_key, begin),
        cmocka_unit_test_setup(ids_begin_anew_after_255, begin),
        cmocka_unit_test_setup(what_others_can_get_at_is_refused, begin),
        cmocka_unit_test_setup(a_link_has_to_be_named, begin),
        cmocka_unit_test_setup(other_things_are_no_files, begin),
    };
    int failed = cmocka_run_group_tests_name("identity secret", tests, NULL, NULL);
    unlink(path);
    rmdir(folder);
    return failed;
}
