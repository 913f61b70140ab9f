/* SPDX-License-Identifier: ISC */
/* The control log followed for real, on the embedded log: what is appended acts before its author
 * hears of it, what is due happens at its time, and a restart finds everything. */
#include "cmocka_all.h"

#include <cjson/cJSON.h>
#include <ftw.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control/control.h"
#include "control/control_meaning.h"
#include "control/control_tokens.h"
#include "core/edit.h"
#include "core/hex.h"
#include "identity/identity.h"
#include "log/open.h"
#include "plane/canvases.h"
#include "rules/rules.h"
#include "sys/clock.h"
#include "sys/sys_env.h"

enum { PATIENCE_MS = 60000 };

struct world {
    char folder[64], log[80], token[80], secret[80];
    struct metrics metrics;
    struct canvases *canvases;
    struct rules *rules;
    struct identity *identity;
    struct control *control;
    atomic_uint changes;
    volatile int stop;
};

static const struct control_actor ann = {"ann", ROLE_OPERATOR, "because"};

static void changed(void *context)
{
    struct world *world = context;
    atomic_fetch_add(&world->changes, 1);
}

static void open_control(struct world *world)
{
    char error[CONTROL_ERROR_BYTES];
    struct control_config config = {.log = log_open(world->log, NULL, error),
                                    .canvases = world->canvases,
                                    .rules = world->rules,
                                    .identity = world->identity,
                                    .first_token = world->token,
                                    .stop = &world->stop,
                                    .changed = changed,
                                    .context = world};
    assert_non_null(config.log);
    world->control = control_create(&config, &world->metrics, error);
    if (!world->control)
        fail_msg("%s", error);
}

static struct world *world_open(void)
{
    char error[IDENTITY_ERROR_BYTES];
    struct world *world = calloc(1, sizeof *world);
    strcpy(world->folder, "/tmp/placed-control-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    snprintf(world->log, sizeof world->log, "local:%s/c", world->folder);
    snprintf(world->token, sizeof world->token, "%s/token", world->folder);
    snprintf(world->secret, sizeof world->secret, "%s/secret", world->folder);
    struct identity_config identity = {.first = world->secret, .rate = 60, .work = 1};
    struct rules_config rules = {0};
    assert_true(policy_parse(&rules.people, "reddit"));
    rules.bots = rules.people;
    world->canvases = canvases_create(1, 1, &world->metrics, &sys_env, NULL);
    world->rules = rules_create(&rules, &world->metrics);
    world->identity = identity_open(&identity, &world->metrics, error);
    assert_true(world->canvases && world->rules && world->identity);
    open_control(world);
    return world;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    return remove(path);
}

static void world_close(struct world *world)
{
    control_destroy(world->control);
    rules_destroy(world->rules);
    identity_close(world->identity);
    canvases_destroy(world->canvases);
    nftw(world->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(world);
}

static void restart(struct world *world)
{
    control_destroy(world->control);
    open_control(world);
}

struct waiting {
    struct control_waiter waiter;
    _Atomic uint64_t action;
    atomic_bool told;
};

static void done(struct control_waiter *waiter, uint64_t action)
{
    struct waiting *waiting = (struct waiting *)waiter;
    waiting->action = action;
    waiting->told = true;
}

/* Append and wait: the action number, 0 when it is not in the log. */
static uint64_t append(struct world *world, const char *type, const char *name, const char *fields)
{
    char error[CONTROL_ERROR_BYTES];
    struct waiting waiting = {.waiter = {done}};
    if (control_append(world->control, type, name, fields ? cJSON_Parse(fields) : NULL, &ann,
                       &waiting.waiter, error) != 0)
        fail_msg("%s %s: %s", type, name, error);
    int64_t deadline = clock_now_ms() + PATIENCE_MS;
    while (!waiting.told && clock_now_ms() < deadline)
        clock_pause_ms(1);
    assert_true(waiting.told);
    return waiting.action;
}

static bool allows(struct world *world, uint32_t x, uint32_t colour)
{
    uint32_t percent;
    struct obstacle obstacle;
    struct ruleset *rules = rules_current(world->rules);
    bool allowed = ruleset_allows(rules, (struct position){0, 0}, x, 0, colour, clock_wall_ms(),
                                  &percent, &obstacle);
    ruleset_unref(rules);
    return allowed;
}

static bool is_open(struct world *world, int16_t gx, int16_t gy)
{
    struct canvas_place *place = canvases_find(world->canvases, (struct position){gx, gy});
    return place && place_open(place);
}

static void read_token(const struct world *world, char token[CONTROL_TOKEN_BYTES])
{
    FILE *file = fopen(world->token, "r");
    assert_non_null(file);
    assert_non_null(fgets(token, CONTROL_TOKEN_BYTES, file));
    fclose(file);
    token[strcspn(token, "\n")] = '\0';
}

static void the_first_operator_has_a_token_and_only_one_is_made(void **state)
{
    struct world *world = world_open();
    char token[CONTROL_TOKEN_BYTES];
    struct control_actor actor;
    read_token(world, token);
    assert_int_equal(control_token(world->control, token, &actor), ROLE_OPERATOR);
    assert_string_equal(actor.name, "first");
    assert_true(control_read(world->control) == 1);
    unlink(world->token);
    restart(world);
    assert_int_equal(control_token(world->control, token, &actor), ROLE_OPERATOR);
    assert_int_equal(access(world->token, F_OK), -1);
    assert_true(control_read(world->control) == 1);
    cJSON *tokens = control_list(world->control, "token");
    assert_int_equal(cJSON_GetArraySize(tokens), 1);
    assert_null(cJSON_GetObjectItem(cJSON_GetArrayItem(tokens, 0), "hash"));
    cJSON_Delete(tokens);
    world_close(world);
}

static void a_start_that_is_stopped_touches_nothing(void **state)
{
    struct world *world = world_open();
    char token[CONTROL_TOKEN_BYTES], again[CONTROL_TOKEN_BYTES];
    read_token(world, token);
    control_destroy(world->control);
    world->stop = 1;
    open_control(world);
    control_destroy(world->control);
    world->stop = 0;
    open_control(world);
    read_token(world, again);
    assert_string_equal(again, token); /* it was not taken for missing */
    assert_true(control_read(world->control) == 1);
    world_close(world);
}

static void what_was_appended_acts_when_its_author_hears_of_it(void **state)
{
    struct world *world = world_open();
    assert_true(
        append(world, "region", "r", "{\"x\":0,\"y\":0,\"w\":10,\"h\":10,\"closed\":true}") == 2);
    assert_false(allows(world, 5, 1));
    assert_true(allows(world, 10, 1));
    assert_true(append(world, "palette", "*", "{\"colours\":[0]}") == 3);
    assert_false(allows(world, 10, 1));
    append(world, "palette", "*", "{\"gone\":true}");
    assert_true(allows(world, 10, 1));
    append(world, "canvas", "3,-2", "{\"open\":true}");
    assert_true(is_open(world, 3, -2));
    append(world, "canvas", "0,0", "{\"open\":false}");
    assert_false(is_open(world, 0, 0));
    append(world, "canvas", "0,0", "{\"gone\":true}"); /* as it is from the start */
    assert_true(is_open(world, 0, 0));
    append(world, "canvas", "3,-2", "{\"gone\":true}");
    assert_false(is_open(world, 3, -2));
    assert_null(canvases_find(world->canvases, (struct position){3, -2}));
    unsigned changes = world->changes;
    struct ruleset *rules = rules_current(world->rules);
    uint64_t serial = ruleset_serial(rules);
    ruleset_unref(rules);
    assert_true(changes > 0);
    append(world, "ban", "8000000000000009", NULL); /* is not for everybody to hear */
    assert_int_equal(world->changes, changes);
    assert_int_equal(metric_get(&world->metrics, bans), 1);
    rules = rules_current(world->rules);
    assert_true(ruleset_serial(rules) == serial);
    assert_true(ruleset_bans_author(rules, UINT64_C(0x8000000000000009), clock_wall_ms()));
    ruleset_unref(rules);
    append(world, "freeze", "*", NULL);
    rules = rules_current(world->rules);
    assert_true(ruleset_serial(rules) > serial);
    ruleset_unref(rules);
    world_close(world);
}

static void a_restart_finds_everything_and_the_audit(void **state)
{
    struct world *world = world_open();
    append(world, "region", "r", "{\"x\":0,\"y\":0,\"w\":10,\"h\":10,\"closed\":true}");
    append(world, "canvas", "1,0", "{\"open\":true}");
    append(world, "region", "r", "{\"x\":0,\"y\":0,\"w\":20,\"h\":10,\"closed\":true}");
    append(world, "seen", "*", "{\"pairs\":[]}");
    restart(world);
    assert_false(allows(world, 15, 1));
    assert_true(is_open(world, 1, 0));
    cJSON *record = control_get(world->control, "region", "r");
    assert_int_equal(cJSON_GetObjectItem(record, "w")->valueint, 20);
    assert_int_equal(cJSON_GetObjectItem(record, "action")->valueint, 4);
    assert_string_equal(cJSON_GetObjectItem(record, "by")->valuestring, "ann");
    assert_string_equal(cJSON_GetObjectItem(record, "role")->valuestring, "operator");
    assert_string_equal(cJSON_GetObjectItem(record, "why")->valuestring, "because");
    cJSON_Delete(record);
    assert_null(control_get(world->control, "region", "s"));
    assert_null(control_get(world->control, "portal", "s"));
    append(world, "region", "q", "{\"x\":1,\"y\":0,\"w\":1,\"h\":1,\"gone\":true}");
    append(world, "region", "a b", "{\"x\":1,\"y\":0,\"w\":1,\"h\":1}");
    cJSON *list = control_list(world->control, "region");
    assert_int_equal(cJSON_GetArraySize(list), 2);
    assert_string_equal(cJSON_GetObjectItem(cJSON_GetArrayItem(list, 0), "name")->valuestring,
                        "a b");
    cJSON_Delete(list);
    cJSON *audit = control_audit(world->control, 6, 10);
    assert_int_equal(cJSON_GetArraySize(audit), 4); /* what was seen is no action */
    assert_int_equal(cJSON_GetObjectItem(cJSON_GetArrayItem(audit, 0), "action")->valueint, 4);
    cJSON *first = cJSON_GetArrayItem(audit, 3);
    assert_string_equal(cJSON_GetObjectItem(first, "t")->valuestring, "token");
    assert_null(cJSON_GetObjectItem(first, "hash"));
    cJSON_Delete(audit);
    audit = control_audit(world->control, 4, 1);
    assert_int_equal(cJSON_GetArraySize(audit), 1);
    assert_int_equal(cJSON_GetObjectItem(cJSON_GetArrayItem(audit, 0), "action")->valueint, 3);
    cJSON_Delete(audit);
    world_close(world);
}

/* Until this is so; false when it takes too long. */
static bool until(bool (*so)(struct world *world), struct world *world)
{
    int64_t deadline = clock_now_ms() + PATIENCE_MS;
    while (!so(world) && clock_now_ms() < deadline)
        clock_pause_ms(2);
    return so(world);
}

static bool second_is_open(struct world *world)
{
    return is_open(world, 1, 0);
}

static bool second_is_closed(struct world *world)
{
    return !is_open(world, 1, 0);
}

static bool nothing_is_listed(struct world *world)
{
    struct ruleset *rules = rules_current(world->rules);
    bool nothing = ruleset_parts(rules)->n_regions == 0 && ruleset_parts(rules)->n_bans == 0;
    ruleset_unref(rules);
    return nothing;
}

/* A canvas whose state changes at a time, a second from now; then it is as wanted, and everybody
 * has been told. */
static void change_canvas(struct world *world, const char *when, bool (*wanted)(struct world *))
{
    char fields[128];
    int64_t time_ms = clock_wall_ms() + 1000;
    snprintf(fields, sizeof fields, "{\"open\":true,\"%s\":%lld}", when, (long long)time_ms);
    append(world, "canvas", "1,0", fields);
    unsigned before = world->changes;
    bool early = clock_wall_ms() < time_ms; /* else the machine is slow, and it has happened */
    assert_true(!wanted(world) || clock_wall_ms() >= time_ms);
    assert_true(until(wanted, world));
    assert_true(clock_wall_ms() >= time_ms);
    int64_t deadline = clock_now_ms() + PATIENCE_MS;
    while (early && world->changes == before && clock_now_ms() < deadline)
        clock_pause_ms(2);
    assert_true(!early || world->changes > before);
}

static void what_has_a_time_happens_at_that_time_and_is_heard_of(void **state)
{
    struct world *world = world_open();
    char fields[128];
    change_canvas(world, "from", second_is_open);
    change_canvas(world, "until", second_is_closed);
    int64_t now = clock_wall_ms();
    snprintf(fields, sizeof fields, "{\"x\":0,\"y\":0,\"w\":9,\"h\":9,\"until\":%lld}",
             (long long)now + 500);
    append(world, "region", "r", fields);
    snprintf(fields, sizeof fields, "{\"until\":%lld}", (long long)now + 700);
    append(world, "ban", "10.0.0.0/8", fields);
    assert_true(until(nothing_is_listed, world));
    assert_true(clock_wall_ms() >= now + 700);
    world_close(world);
}

static void what_cannot_be_is_refused_and_nobody_is_told(void **state)
{
    struct world *world = world_open();
    struct waiting waiting = {.waiter = {done}};
    char error[CONTROL_ERROR_BYTES] = "";
    assert_int_equal(
        control_append(world->control, "ban", "nobody", NULL, &ann, &waiting.waiter, error), -1);
    assert_non_null(strstr(error, "name"));
    for (int i = 0; i < 64; i++) {
        char name[8];
        snprintf(name, sizeof name, "%d", i);
        append(world, "rule", name, "{\"mode\":\"off\"}");
    }
    assert_int_equal(
        control_append(world->control, "rule", "more", NULL, &ann, &waiting.waiter, error), -1);
    assert_non_null(strstr(error, "rule"));
    append(world, "rule", "7", "{\"gone\":true}");
    append(world, "rule", "more", NULL);
    assert_false(waiting.told);
    world_close(world);
}

/* ---- records of others */

static void put(struct world *world, const char *const *texts, size_t n)
{
    char error[LOG_ERROR_BYTES];
    struct log *log = log_open(world->log, NULL, error);
    assert_non_null(log);
    struct control_appends *appends = control_appends_create(log, NULL, NULL, error);
    assert_non_null(appends);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(control_appends_add(appends, texts[i], NULL, error), 0);
    control_appends_destroy(appends);
    log_close(log);
}

static void what_others_wrote_ends_nothing_and_what_must_be_understood_stops_edits(void **state)
{
    struct world *world = world_open();
    static const char *const garbage[] = {
        "hello",
        "[]",
        "{\"v\":1,\"t\":\"ban\",\"name\":\"x\"}",
        "{\"v\":1,\"t\":\"palette\",\"name\":\"*\",\"colours\":[99]}",
        "{\"v\":1,\"t\":\"portal\",\"name\":\"x\"}",
        "{\"v\":1,\"t\":\"region\",\"name\":\"r\",\"x\":0,\"y\":0,\"w\":9,\"h\":9,\"closed\":"
        "true}"};
    static const char *const portal[] = {"{\"v\":1,\"t\":\"portal\",\"name\":\"x\",\"must\":true}"};
    char words[CONTROL_ERROR_BYTES];
    control_destroy(world->control);
    put(world, garbage, sizeof garbage / sizeof *garbage);
    open_control(world);
    assert_true(control_ready(world->control));
    assert_false(control_trouble(world->control, words));
    assert_int_equal(metric_get(&world->metrics, control_failures), 4);
    assert_true(control_read(world->control) == 7);
    assert_true(allows(world, 9, 1) && !allows(world, 8, 1));
    control_destroy(world->control);
    put(world, portal, 1);
    open_control(world);
    assert_false(control_ready(world->control));
    assert_true(control_trouble(world->control, words));
    assert_non_null(strstr(words, "portal"));
    struct ruleset *rules = rules_current(world->rules);
    assert_true(ruleset_parts(rules)->frozen);
    ruleset_unref(rules);
    world_close(world);
}

/* ---- listeners */

struct counting {
    struct control_listener listener;
    uint64_t last;
    unsigned n;
    bool in_order;
};

static void count(struct control_listener *listener, const cJSON *record, uint64_t action)
{
    struct counting *counting = (struct counting *)listener;
    counting->in_order &= action > counting->last;
    counting->last = action;
    counting->n++;
    assert_non_null(cJSON_GetObjectItem(record, "rid"));
}

static void who_listens_hears_of_each_record_once_and_in_order(void **state)
{
    struct world *world = world_open();
    struct counting early = {.listener = {"seen", count, NULL}, .in_order = true};
    struct counting late = {.listener = {"seen", count, NULL}, .in_order = true};
    struct counting other = {.listener = {"suspect", count, NULL}, .in_order = true};
    control_listen(world->control, &early.listener);
    control_listen(world->control, &other.listener);
    control_replay(world->control);
    for (int i = 0; i < 20; i++)
        append(world, "seen", "*", "{\"pairs\":[1]}");
    append(world, "suspect", "x", "{\"pairs\":[1]}");
    struct counting late_other = {.listener = {"suspect", count, NULL}, .in_order = true};
    control_listen(world->control, &late.listener);
    control_listen(world->control, &late_other.listener);
    assert_int_equal(late.n, 0);
    control_replay(world->control);
    assert_int_equal(late.n, 20);
    assert_int_equal(late_other.n, 1);
    for (int i = 0; i < 5; i++)
        append(world, "seen", "*", "{\"pairs\":[1]}");
    control_destroy(world->control); /* its thread has ended: no lock is needed */
    world->control = NULL;
    assert_true(early.in_order && late.in_order && other.in_order);
    assert_int_equal(early.n, 25);
    assert_int_equal(late.n, 25);
    assert_int_equal(other.n, 1);
    assert_int_equal(late_other.n, 1);
    assert_true(early.last == late.last);
    world_close(world);
}

/* ---- what others are told ---- */

static void a_full_charge_is_given_once(void **state)
{
    struct world *world = world_open();
    struct visitor visitor = {.author = AUTHOR_PERSON | 7, .kind = VISITOR_COOKIE};
    struct canvas_place *place = canvases_find(world->canvases, (struct position){0, 0});
    struct reservation reservation;
    struct verdict verdict;
    struct energy energy;
    uint8_t edit[EDIT_BYTES] = {0};
    int64_t now = clock_wall_ms();
    assert_true(rules_judge(world->rules, &visitor, place, edit, 1, now, &reservation, &verdict));
    rules_keep(world->rules, &reservation, now);
    rules_energy(world->rules, &visitor, now, &energy);
    assert_true(energy.available < energy.policy->capacity / 2);
    append(world, "energy", "8000000000000007", "{\"full\":true}");
    rules_energy(world->rules, &visitor, clock_wall_ms(), &energy);
    assert_true(energy.available == energy.policy->capacity);
    now = clock_wall_ms();
    assert_true(rules_judge(world->rules, &visitor, place, edit, 1, now, &reservation, &verdict));
    rules_keep(world->rules, &reservation, now);
    restart(world); /* it was for the energy of that time */
    rules_energy(world->rules, &visitor, now, &energy);
    assert_true(energy.available < energy.policy->capacity / 2);
    world_close(world);
}

static enum identity_result who(struct world *world, const char *token, struct visitor *visitor)
{
    char authorization[CONTROL_TOKEN_BYTES + 8];
    snprintf(authorization, sizeof authorization, "Bearer %s", token);
    struct identity_request request = {.authorization = authorization};
    return identity_read(world->identity, &request, visitor);
}

static void a_bot_draws_with_its_token_until_it_is_gone(void **state)
{
    struct world *world = world_open();
    char token[CONTROL_TOKEN_BYTES], hex[2 * CONTROL_HASH_BYTES + 1], fields[160];
    uint8_t hash[CONTROL_HASH_BYTES];
    struct visitor visitor;
    struct control_actor actor;
    control_token_make(token, hash);
    hex_encode(hex, hash, sizeof hash);
    snprintf(fields, sizeof fields, "{\"grants\":\"bot\",\"hash\":\"%s\"}", hex);
    assert_int_equal(who(world, token, &visitor), IDENTITY_BAD);
    append(world, "token", "painter", fields);
    assert_int_equal(who(world, token, &visitor), IDENTITY_FOUND);
    assert_int_equal(visitor.kind, VISITOR_BOT);
    assert_int_equal(control_token(world->control, token, &actor), ROLE_BOT);
    append(world, "token", "painter", "{\"gone\":true}");
    assert_int_equal(who(world, token, &visitor), IDENTITY_BAD);
    assert_int_equal(control_token(world->control, token, &actor), ROLE_NONE);
    world_close(world);
}

/* ---- many at once */

enum { WRITERS = 4, EACH = 40 };

static void *write_many(void *arg)
{
    struct world *world = arg;
    for (int i = 0; i < EACH; i++)
        assert_true(append(world, "seen", "*", "{\"pairs\":[1]}") > 0);
    return NULL;
}

static void every_author_of_many_hears_of_his_own(void **state)
{
    struct world *world = world_open();
    pthread_t threads[WRITERS];
    for (int i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_many, world), 0);
    for (int i = 0; i < WRITERS; i++)
        pthread_join(threads[i], NULL);
    assert_true(control_read(world->control) == 1 + WRITERS * EACH);
    world_close(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_operator_has_a_token_and_only_one_is_made),
        cmocka_unit_test(a_start_that_is_stopped_touches_nothing),
        cmocka_unit_test(what_was_appended_acts_when_its_author_hears_of_it),
        cmocka_unit_test(a_restart_finds_everything_and_the_audit),
        cmocka_unit_test(what_has_a_time_happens_at_that_time_and_is_heard_of),
        cmocka_unit_test(what_cannot_be_is_refused_and_nobody_is_told),
        cmocka_unit_test(what_others_wrote_ends_nothing_and_what_must_be_understood_stops_edits),
        cmocka_unit_test(who_listens_hears_of_each_record_once_and_in_order),
        cmocka_unit_test(a_full_charge_is_given_once),
        cmocka_unit_test(a_bot_draws_with_its_token_until_it_is_gone),
        cmocka_unit_test(every_author_of_many_hears_of_his_own),
    };
    return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
