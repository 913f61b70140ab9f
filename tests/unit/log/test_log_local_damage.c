/* SPDX-License-Identifier: ISC */
/* test_log_local_damage: what is damaged, incomplete or somebody else's is never taken for a log.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <lmdb.h>

#include "local_scene.h"
#include "log/open.h"

static const struct log_options readonly = {.readonly = true};

static void flip(const char *dir, off_t at, int bit)
{
    struct stat st;
    uint8_t byte;
    int fd = open_data(dir, &st);
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= (uint8_t)(1 << bit);
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

/* Where the edits of this batch stand in data.mdb; the last such place, the others are old pages.
 */
static off_t find_batch(const char *dir, const struct log_batch *batch)
{
    struct stat st;
    int fd = open_data(dir, &st);
    uint8_t *all = malloc((size_t)st.st_size);
    assert_int_equal(pread(fd, all, (size_t)st.st_size, 0), st.st_size);
    close(fd);
    off_t at = -1;
    size_t len = batch->value.len;
    for (size_t i = 0; i + len <= (size_t)st.st_size; i++)
        if (memcmp(all + i, batch->value.data, len) == 0)
            at = (off_t)i;
    free(all);
    return at;
}

static void every_flipped_bit_of_a_record_is_found_out(void **state)
{
    enum { N = 10, VICTIM = 8 };
    /* in one commit, so that there is one copy of each record in the file */
    char *dir = make_log(N);
    char error[LOG_ERROR_BYTES] = "";
    struct log_batch batch = batch_make(1, VICTIM, SIZE, true);
    off_t value = find_batch(dir, &batch);
    assert_true(value > 0);
    off_t from = value - 24,
          to = value + (off_t)(batch.value.len + batch.authors.len) + ORIGIN_BYTES;
    int bit = 0, missed = 0;
    for (off_t at = from; at < to; at++, bit = (bit + 3) % 8) {
        flip(dir, at, bit);
        enum reading got = read_log(dir, N, error);
        flip(dir, at, bit);
        missed += got != READ_PART;
        if (got == READ_PART && !strstr(error, "offset 7 "))
            fail_msg("the message does not name the record: %s", error);
    }
    print_message("for instance: %s\n", error);
    assert_int_equal(missed, 0);
    assert_int_equal(read_log(dir, N, error), READ_ALL);
    batch_finish(&batch);
    remove_tree(dir);
}

static void a_flipped_bit_anywhere_never_changes_what_is_read(void **state)
{
    enum { N = 200, FLIPS = 400 };
    char *dir = make_log(N);
    struct stat st;
    close(open_data(dir, &st));
    unsigned count[4] = {0}, died = 0;
    uint64_t seed = 7;
    for (int i = 0; i < FLIPS; i++) {
        seed = seed * 6364136223846793005 + 1442695040888963407;
        off_t at = (off_t)((seed >> 20) % (uint64_t)st.st_size);
        flip(dir, at, (int)(seed >> 61));
        pid_t child =
            fork(); /* damaged LMDB pages may end a process: that is no wrong data either */
        if (child == 0) {
            char error[LOG_ERROR_BYTES];
            if (!freopen("/dev/null", "w", stderr))
                _exit(9);
            signal(SIGSEGV, SIG_DFL);
            signal(SIGBUS, SIG_DFL);
            signal(SIGABRT, SIG_DFL);
            alarm(120);
            _exit(10 + (int)read_log(dir, N, error));
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        flip(dir, at, (int)(seed >> 61));
        if (WIFEXITED(status) && WEXITSTATUS(status) >= 10)
            count[WEXITSTATUS(status) - 10]++;
        else
            died++;
    }
    print_message(
        "%d flips: %u without effect, %u found while reading, %u at the opening, "
        "%u ended the process\n",
        FLIPS, count[READ_ALL], count[READ_PART], count[READ_REFUSED], died);
    assert_int_equal(count[READ_WRONG], 0);
    assert_true(count[READ_PART] > 0);
    remove_tree(dir);
}

static void a_file_that_was_cut_short_is_refused(void **state)
{
    char *dir = make_log(300);
    char error[LOG_ERROR_BYTES] = "";
    struct stat st;
    int fd = open_data(dir, &st);
    assert_int_equal(ftruncate(fd, st.st_size - 4096), 0);
    close(fd);
    assert_int_equal(read_log(dir, 300, error), READ_REFUSED);
    assert_non_null(strstr(error, "cut short"));
    fd = open_data(dir, &st);
    assert_int_equal(ftruncate(fd, 5000), 0);
    close(fd);
    assert_int_equal(read_log(dir, 300, error), READ_REFUSED);
    remove_tree(dir);
}

static void a_log_with_a_record_missing_is_refused(void **state)
{
    char *dir = make_log(10), error[LOG_ERROR_BYTES] = "";
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;
    size_t victim = 4;
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 2), 0);
    assert_int_equal(mdb_env_open(env, dir, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, "records", 0, &dbi), 0);
    MDB_val key = {sizeof victim, &victim};
    assert_int_equal(mdb_del(txn, dbi, &key, NULL), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
    assert_null(log_open(dir, NULL, error));
    assert_non_null(strstr(error, "missing"));
    remove_tree(dir);
}

static void something_else_s_directory_is_refused(void **state)
{
    char *dir = make_dir(), error[LOG_ERROR_BYTES] = "";
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_open(env, dir, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, NULL, 0, &dbi), 0);
    MDB_val key = {4, (void *)(uintptr_t) "slot"}, data = {4, (void *)(uintptr_t) "data"};
    assert_int_equal(mdb_put(txn, dbi, &key, &data, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
    assert_null(log_open(dir, NULL, error));
    assert_non_null(strstr(error, "not a log"));
    assert_null(log_open(dir, &readonly, error));
    remove_tree(dir);
    assert_null(log_open("/nowhere/at/all", NULL, error));
    assert_non_null(strstr(error, "/nowhere/at/all"));
}

static void a_newer_format_is_refused(void **state)
{
    char *dir = make_log(3), error[LOG_ERROR_BYTES] = "";
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 2), 0);
    assert_int_equal(mdb_env_open(env, dir, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, "meta", 0, &dbi), 0);
    uint8_t two[4] = {2};
    MDB_val key = {6, (void *)(uintptr_t) "format"}, data = {4, two};
    assert_int_equal(mdb_put(txn, dbi, &key, &data, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
    assert_null(log_open(dir, NULL, error));
    assert_non_null(strstr(error, "newer"));
    remove_tree(dir);
}

int main(int argc, char *argv[])
{
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_flipped_bit_of_a_record_is_found_out),
        cmocka_unit_test(a_flipped_bit_anywhere_never_changes_what_is_read),
        cmocka_unit_test(a_file_that_was_cut_short_is_refused),
        cmocka_unit_test(a_log_with_a_record_missing_is_refused),
        cmocka_unit_test(something_else_s_directory_is_refused),
        cmocka_unit_test(a_newer_format_is_refused),
    };
    return cmocka_run_group_tests_name("local: damage", tests, NULL, NULL);
}
