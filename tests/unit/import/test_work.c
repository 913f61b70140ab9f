/* SPDX-License-Identifier: ISC */
/* The work folder: what is saved is loaded, nobody else may use it, and a stranger's files stay. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmocka_all.h"
#include "import/work.h"

static char folder[64];

static int make_name(void **state)
{
    strcpy(folder, "/tmp/placed-work-XXXXXX");
    return mkdtemp(folder) && rmdir(folder) == 0 ? 0 : -1;
}

static struct work *open_work(void)
{
    char error[WORK_ERROR_BYTES] = "";
    struct work *work = work_open(folder, error);
    if (!work)
        fail_msg("%s", error);
    return work;
}

static void put_file(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void what_is_saved_is_loaded(void **state)
{
    char error[WORK_ERROR_BYTES] = "";
    struct work_state *saved = calloc(1, sizeof *saved), *loaded = calloc(1, sizeof *loaded);
    struct work *work = open_work();
    assert_int_equal(work_load(work, loaded, error), 0);
    strcpy(saved->id, "0123456789abcdef0123456789abcdef");
    strcpy(saved->log, "a \"log\" with\\odd\nletters");
    saved->first = UINT64_MAX;
    saved->first_ms = 1490991480000;
    saved->last_ms = INT64_MAX;
    saved->tally.rows = UINT64_MAX - 5;
    saved->tally.taken = 17;
    for (int i = 0; i < REJECTION_COUNT; i++)
        saved->tally.rejected[i] = (uint64_t)i << 60;
    saved->tally.n_colours = TALLY_COLOURS;
    for (uint32_t i = 0; i < TALLY_COLOURS; i++)
        saved->tally.colours[i] = (struct mapped_colour){i, (uint8_t)(i % 16), UINT64_MAX - i};
    saved->n_runs = SORTER_FAN;
    for (uint32_t i = 0; i < SORTER_FAN; i++)
        saved->runs[i] = (struct run){UINT64_MAX - i, i, UINT32_MAX - i};
    for (int i = 0; i < 2; i++)
        assert_int_equal(work_save(work, saved, error), 0);
    work_close(work);
    work = open_work();
    assert_int_equal(work_load(work, loaded, error), 1);
    assert_string_equal(loaded->id, saved->id);
    assert_string_equal(loaded->log, saved->log);
    assert_true(loaded->first == saved->first && loaded->first_ms == saved->first_ms &&
                loaded->last_ms == saved->last_ms && loaded->n_runs == saved->n_runs);
    assert_true(loaded->tally.rows == saved->tally.rows && loaded->tally.taken == 17);
    assert_memory_equal(loaded->tally.rejected, saved->tally.rejected,
                        sizeof saved->tally.rejected);
    for (size_t i = 0; i < TALLY_COLOURS; i++)
        assert_true(loaded->tally.colours[i].rows == saved->tally.colours[i].rows);
    for (size_t i = 0; i < SORTER_FAN; i++)
        assert_true(loaded->runs[i].number == saved->runs[i].number &&
                    loaded->runs[i].crc == saved->runs[i].crc);
    work_clear(work);
    assert_int_equal(work_load(work, loaded, error), 0);
    work_close(work);
    assert_int_equal(access(folder, F_OK), -1); /* gone */
    free(saved);
    free(loaded);
}

static void only_one_may_use_it(void **state)
{
    char error[WORK_ERROR_BYTES] = "";
    struct work *work = open_work();
    assert_null(work_open(folder, error));
    assert_non_null(strstr(error, "another import"));
    work_clear(work);
    work_close(work);
    assert_null(work_open("/nowhere/at/all", error));
    assert_non_null(strstr(error, "No such file"));
}

static void files_of_others_stay_and_a_state_that_is_none_is_an_error(void **state)
{
    static const char *const bad[] = {"", "{", "[]", "{\"format\":\"2\"}", "{\"format\":1}"};
    char error[WORK_ERROR_BYTES] = "";
    struct work_state *loaded = calloc(1, sizeof *loaded);
    struct work *work = open_work();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        put_file("state.json", bad[i]);
        assert_int_equal(work_load(work, loaded, error), -1);
        assert_non_null(strstr(error, "state.json"));
    }
    put_file("run-12", "");
    put_file("run-of-somebody", "");
    work_clear(work);
    work_close(work);
    char path[128];
    snprintf(path, sizeof path, "%s/run-12", folder);
    assert_int_equal(access(path, F_OK), -1);
    snprintf(path, sizeof path, "%s/run-of-somebody", folder);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
    free(loaded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_is_saved_is_loaded, make_name),
        cmocka_unit_test_setup(only_one_may_use_it, make_name),
        cmocka_unit_test_setup(files_of_others_stay_and_a_state_that_is_none_is_an_error,
                               make_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
