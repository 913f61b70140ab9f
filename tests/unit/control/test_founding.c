/* SPDX-License-Identifier: ISC */
/* The file of the first token always has the token that is good, or there is none; and servers find
 * out that they do not have the same secret. */
#include "cmocka_all.h"
#include "fake_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control/control_founding.h"
#include "control/control_tokens.h"
#include "core/hex.h"
#include "identity/identity.h"

struct scene {
    char folder[32], path[48];
    struct fake_log fake;
    struct control_appends *appends;
    struct control_state *stands;
    struct control_founding *founding;
    uint64_t action;
};

static void wake(void *context)
{
}

static struct scene *begin(struct identity *others)
{
    char error[CONTROL_ERROR_BYTES];
    struct scene *scene = calloc(1, sizeof *scene);
    strcpy(scene->folder, "/tmp/placed-founding-XXXXXX");
    assert_non_null(mkdtemp(scene->folder));
    snprintf(scene->path, sizeof scene->path, "%s/token", scene->folder);
    fake_log_init(&scene->fake);
    scene->appends = control_appends_create(&scene->fake.log, wake, NULL, error);
    scene->stands = control_state_create();
    scene->founding = control_founding_create(
        &(struct control_founding_config){.first_token = scene->path, .others = others});
    assert_true(scene->appends && scene->stands && scene->founding);
    return scene;
}

static void end(struct scene *scene)
{
    control_appends_destroy(scene->appends);
    control_founding_destroy(scene->founding);
    control_state_destroy(scene->stands);
    unlink(scene->path);
    assert_int_equal(rmdir(scene->folder), 0);
    free(scene);
}

static void step(struct scene *scene)
{
    control_founding_step(scene->founding, scene->stands, scene->appends);
}

/* The hash of the token in the file; false when there is none. */
static bool in_file(const struct scene *scene, uint8_t hash[CONTROL_HASH_BYTES])
{
    char token[CONTROL_TOKEN_BYTES] = "";
    FILE *file = fopen(scene->path, "r");
    if (!file)
        return false;
    assert_non_null(fgets(token, sizeof token, file));
    fclose(file);
    token[strcspn(token, "\n")] = '\0';
    control_token_hash(token, hash);
    return true;
}

static void apply(struct scene *scene, const char *text)
{
    char wrong[CONTROL_WRONG_BYTES];
    struct control_record record;
    assert_int_equal(control_record_read(&record, (const uint8_t *)text, strlen(text), wrong),
                     CONTROL_READ);
    control_state_apply(scene->stands, &record, ++scene->action);
    control_record_finish(&record);
}

/* A first token of this hash is in the log. */
static void apply_token(struct scene *scene, const uint8_t hash[CONTROL_HASH_BYTES])
{
    char text[256], hex[HEX_BYTES(CONTROL_HASH_BYTES)];
    hex_encode(hex, hash, CONTROL_HASH_BYTES);
    snprintf(text, sizeof text,
             "{\"v\":1,\"t\":\"token\",\"name\":\"first\",\"first\":true,\"grants\":\"operator\","
             "\"hash\":\"%s\"}",
             hex);
    apply(scene, text);
}

static void read_back(struct scene *scene)
{
    uint8_t bytes[ORIGIN_BYTES];
    origin_store(bytes, &scene->fake.last);
    struct record record = {.offset = scene->action, .origin = {bytes, sizeof bytes}};
    control_appends_read(scene->appends, &record);
    control_appends_settle(scene->appends);
}

static void a_token_is_made_when_there_is_none_and_never_again(void **state)
{
    struct scene *scene = begin(NULL);
    uint8_t hash[CONTROL_HASH_BYTES], again[CONTROL_HASH_BYTES];
    step(scene);
    assert_false(control_founding_done(scene->founding));
    assert_true(in_file(scene, hash)); /* before it is good */
    uint64_t batch = scene->fake.last.batch;
    apply_token(scene, hash);
    read_back(scene);
    step(scene);
    assert_true(control_founding_done(scene->founding));
    for (int i = 0; i < 3; i++)
        step(scene);
    assert_true(scene->fake.last.batch == batch);
    assert_true(in_file(scene, again));
    assert_memory_equal(hash, again, sizeof hash);
    end(scene);
}

static void of_two_servers_the_slower_one_takes_its_file_back(void **state)
{
    static const uint8_t others[CONTROL_HASH_BYTES] = {1, 2, 3};
    struct scene *scene = begin(NULL);
    uint8_t hash[CONTROL_HASH_BYTES];
    step(scene);
    assert_true(in_file(scene, hash));
    apply_token(scene, others);
    apply_token(scene, hash);
    read_back(scene);
    step(scene);
    assert_false(in_file(scene, hash));
    assert_true(control_founding_done(scene->founding));
    end(scene);
}

static void a_token_that_comes_late_is_the_one_in_the_file(void **state)
{
    struct scene *scene = begin(NULL);
    uint8_t hash[CONTROL_HASH_BYTES], again[CONTROL_HASH_BYTES];
    step(scene);
    assert_true(in_file(scene, hash));
    scene->fake.outcomes->outcome(scene->fake.outcomes, scene->fake.last, LOG_REFUSED);
    control_appends_settle(scene->appends); /* nobody knows better, for now */
    step(scene);
    assert_true(control_founding_done(scene->founding));
    assert_true(in_file(scene, again));
    assert_memory_equal(hash, again, sizeof hash);
    apply_token(scene, hash);
    step(scene);
    assert_true(in_file(scene, again));
    assert_memory_equal(hash, again, sizeof hash);
    end(scene);
    scene = begin(NULL); /* and when another server's is first, it goes */
    step(scene);
    scene->fake.outcomes->outcome(scene->fake.outcomes, scene->fake.last, LOG_REFUSED);
    control_appends_settle(scene->appends);
    step(scene);
    apply_token(scene, hash);
    step(scene);
    assert_false(in_file(scene, hash));
    end(scene);
}

static void a_log_that_takes_nothing_is_no_reason_to_give_up(void **state)
{
    struct scene *scene = begin(NULL);
    uint8_t hash[CONTROL_HASH_BYTES];
    scene->fake.answer = LOG_READONLY;
    step(scene);
    assert_true(control_founding_done(scene->founding)); /* for some seconds */
    assert_true(in_file(scene, hash));
    assert_int_equal(scene->fake.last.batch, 0);
    end(scene);
}

static void a_fingerprint_is_written_when_it_is_not_the_one_that_stands(void **state)
{
    char path[64], text[128], hex[HEX_U64_BYTES], error[IDENTITY_ERROR_BYTES];
    static const uint8_t hash[CONTROL_HASH_BYTES] = {9};
    struct metrics metrics = {0};
    snprintf(path, sizeof path, "/tmp/placed-founding-%d", (int)getpid());
    struct identity *identity = identity_open(
        &(struct identity_config){.first = path, .rate = 1, .work = 1}, &metrics, error);
    assert_non_null(identity);
    hex_from_u64(hex, identity_fingerprint(identity));
    struct scene *scene = begin(identity);
    apply_token(scene, hash);
    step(scene);
    assert_int_equal(scene->fake.last.batch, 1); /* none stood */
    snprintf(text, sizeof text, "{\"v\":1,\"t\":\"secret\",\"name\":\"*\",\"fingerprint\":\"%s\"}",
             hex);
    apply(scene, text);
    step(scene);
    step(scene);
    assert_int_equal(scene->fake.last.batch, 1);
    apply(scene, "{\"v\":1,\"t\":\"secret\",\"name\":\"*\",\"fingerprint\":\"0123456789abcdef\"}");
    step(scene); /* it is said, and not written again: servers would never stop */
    assert_int_equal(scene->fake.last.batch, 1);
    end(scene);
    scene = begin(identity);
    apply_token(scene, hash);
    apply(scene, "{\"v\":1,\"t\":\"secret\",\"name\":\"*\",\"fingerprint\":\"0123456789abcdef\"}");
    step(scene);
    assert_int_equal(scene->fake.last.batch, 1); /* so that the others hear of it */
    end(scene);
    identity_close(identity);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_made_when_there_is_none_and_never_again),
        cmocka_unit_test(of_two_servers_the_slower_one_takes_its_file_back),
        cmocka_unit_test(a_token_that_comes_late_is_the_one_in_the_file),
        cmocka_unit_test(a_log_that_takes_nothing_is_no_reason_to_give_up),
        cmocka_unit_test(a_fingerprint_is_written_when_it_is_not_the_one_that_stands),
    };
    return cmocka_run_group_tests_name("control founding", tests, NULL, NULL);
}
