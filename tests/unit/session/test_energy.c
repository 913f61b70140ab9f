/* SPDX-License-Identifier: ISC */
/* test_energy: what a session says of energy, and of the rules, from the edit to the log and back.
 */
#include "cmocka_all.h"
#include "core/bytes.h"
#include "core/edit.h"
#include "log_memory.h"
#include "plane/reader.h"
#include "session/session.h"
#include "session/shard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGES_MAX = 400 };

struct client {
    struct session session;
    struct message messages[MESSAGES_MAX];
    char words[RULESET_WORDS]; /* of the last refusal */
    char user[32];
    size_t n, read; /* read: by the test */
    unsigned closed;
    uint32_t id;
};

struct world {
    struct env env;
    uint64_t now_us, random;
    struct metrics metrics;
    struct canvases *canvases;
    struct owners *owners;
    struct rules *rules;
    struct memory_partition *partition;
    struct log *log;
    struct log_writer *writer;
    struct reader *reader;
    struct shard_host host;
    struct shard *shard;
};

static uint64_t now_us(struct env *env)
{
    return ((struct world *)env)->now_us;
}

static int64_t time_ms(struct env *env)
{
    return (int64_t)(((struct world *)env)->now_us / 1000);
}

static void fill_random(struct env *env, void *bytes, size_t len)
{
    struct world *w = (struct world *)env;
    for (size_t i = 0; i < len; i++) {
        w->random = w->random * 6364136223846793005 + 1442695040888963407;
        ((uint8_t *)bytes)[i] = (uint8_t)(w->random >> 33);
    }
}

static void wake(struct shard_host *host)
{
}

static enum sent take_frame(struct session *session, const struct frame *frame)
{
    return SENT_OK;
}

static void take_message(struct session *session, const struct message *message)
{
    struct client *client = (struct client *)session;
    assert_true(client->n < MESSAGES_MAX);
    client->messages[client->n++] = *message;
    if (message->type == MESSAGE_REFUSED)
        snprintf(client->words, sizeof client->words, "%s", message->words ? message->words : "");
    if (message->type == MESSAGE_HELLO)
        snprintf(client->user, sizeof client->user, "%s", message->user);
}

static enum sent take_messages(struct session *session, const struct message *messages, size_t n)
{
    for (size_t i = 0; i < n; i++)
        take_message(session, &messages[i]);
    return SENT_OK;
}

static void be_closed(struct session *session, unsigned code, const char *reason)
{
    ((struct client *)session)->closed = code;
}

static const struct session_ops ops = {
    .frame = take_frame, .messages = take_messages, .close = be_closed};

static int set_up_with(void **state, const char *policy, unsigned message_rate,
                       struct memory_faults faults)
{
    static const volatile int stop = 0;
    static struct world w;
    char error[LOG_ERROR_BYTES];
    struct shard_config config = shard_defaults;
    struct rules_config rules;
    memset(&w, 0, sizeof w);
    memset(&rules, 0, sizeof rules);
    assert_true(policy_parse(&rules.people, policy));
    rules.bots = rules.people;
    config.message_rate = message_rate;
    w.env = (struct env){.now_us = now_us, .time_ms = time_ms, .random = fill_random};
    w.now_us = UINT64_C(1700000000000000);
    w.partition = memory_partition_create(&w.env, faults);
    w.log = log_memory_open(w.partition);
    w.canvases = canvases_create(2, 1, &w.metrics, &w.env, NULL);
    w.owners = owners_create();
    w.rules = rules_create(&rules, &w.metrics);
    w.reader = reader_create(w.log, error);
    w.writer = log_writer_create(w.log, owners_outcomes(w.owners), error);
    reader_add(w.reader, canvases_fold(w.canvases));
    reader_add(w.reader, rules_fold(w.rules));
    reader_add(w.reader, owners_fold(w.owners));
    w.host.wake = wake;
    w.shard =
        shard_create(&w.env, w.writer, w.canvases, w.owners, w.rules, &w.metrics, &config, &w.host);
    *state = &w;
    return reader_start(w.reader, NULL, &stop) == READER_OK ? 0 : -1;
}

static int set_up(void **state)
{
    return set_up_with(state, "sephsplace", 0, (struct memory_faults){0});
}

static int set_up_free(void **state)
{
    return set_up_with(state, "free", 0, (struct memory_faults){0});
}

static int set_up_slow(void **state)
{
    return set_up_with(state, "free", 4, (struct memory_faults){0});
}

static int set_up_refusing(void **state)
{
    return set_up_with(state, "sephsplace", 0, (struct memory_faults){.refuse = 1000});
}

static int set_up_not_knowing(void **state)
{
    return set_up_with(state, "sephsplace", 0, (struct memory_faults){.unknown = 1000});
}

static int tear_down(void **state)
{
    struct world *w = *state;
    log_writer_destroy(w->writer);
    reader_destroy(w->reader);
    shard_destroy(w->shard);
    log_close(w->log);
    memory_partition_destroy(w->partition);
    rules_destroy(w->rules);
    owners_destroy(w->owners);
    canvases_destroy(w->canvases);
    return 0;
}

/* Time passes in turns of the loop, and what was given to the log is read back. */
static void pass(struct world *w, unsigned ms)
{
    for (unsigned i = 0; i < ms; i += 10) {
        size_t delivered;
        w->now_us += 10 * 1000;
        shard_run(w->shard);
        assert_int_equal(reader_step(w->reader, 0, &delivered), READER_OK);
        shard_run(w->shard);
    }
}

static struct client *join(struct world *w, uint64_t author)
{
    struct client *client = calloc(1, sizeof *client);
    struct visitor visitor = {.author = AUTHOR_PERSON | author, .kind = VISITOR_COOKIE};
    assert_non_null(client);
    assert_int_equal(session_init(&client->session, w->shard,
                                  canvases_find(w->canvases, (struct position){0, 0}), &ops,
                                  &visitor, true, FROM_PRESENT, 0),
                     0);
    shard_run(w->shard);
    return client;
}

static void leave(struct client *client)
{
    session_finish(&client->session);
    free(client);
}

static void draw(struct client *client, uint32_t n)
{
    uint8_t message[SESSION_MESSAGE_BYTES];
    store_u32(message, ++client->id);
    for (uint32_t i = 0; i < n; i++)
        edit_store(message + 4 + EDIT_BYTES * i, edit_pack(i, 500, 3));
    assert_int_equal(session_message(&client->session, message, 4 + EDIT_BYTES * n), 0);
}

/* The next message that is none of `online` and `checksum`. */
static const struct message *next(struct client *client)
{
    while (client->read < client->n) {
        const struct message *message = &client->messages[client->read++];
        if (message->type != MESSAGE_ONLINE && message->type != MESSAGE_CHECKSUM)
            return message;
    }
    return NULL;
}

static const struct message *expect(struct client *client, enum message_type type)
{
    const struct message *message = next(client);
    assert_non_null(message);
    assert_int_equal(message->type, type);
    return message;
}

/* ---- */

static void the_hello_says_what_one_has_and_is_called(void **state)
{
    struct client *client = join(*state, 3), *same = join(*state, 3), *other = join(*state, 4);
    const struct message *hello = expect(client, MESSAGE_HELLO);
    assert_string_equal(hello->energy.policy, "sephsplace");
    assert_int_equal(hello->energy.capacity, 10000);
    assert_int_equal(hello->energy.blank, 400);
    assert_int_equal(hello->energy.painted, 1000);
    assert_int_equal(hello->energy.energy, 10000);
    assert_true(strlen(client->user) > 3);
    assert_string_equal(client->user, same->user);
    assert_string_not_equal(client->user, other->user);
    leave(client);
    leave(same);
    leave(other);
}

static void energy_is_told_after_each_placed_and_on_request(void **state)
{
    struct client *client = join(*state, 3);
    expect(client, MESSAGE_HELLO);
    draw(client, 5);
    pass(*state, 500);
    assert_int_equal(expect(client, MESSAGE_PLACED)->id, 1);
    int64_t energy = expect(client, MESSAGE_ENERGY)->energy.energy;
    assert_true(energy >= 8000 && energy < 8500);
    draw(client, 5); /* on painted pixels now */
    pass(*state, 500);
    assert_int_equal(expect(client, MESSAGE_PLACED)->id, 2);
    energy = expect(client, MESSAGE_ENERGY)->energy.energy;
    assert_true(energy >= 3000 && energy < 4500);
    for (int i = 0; i < 3; i++) {
        session_ask_energy(&client->session);
        shard_run(((struct world *)*state)->shard);
        int64_t asked = expect(client, MESSAGE_ENERGY)->energy.energy;
        assert_true(asked >= energy && asked < energy + 1000); /* asking takes nothing */
    }
    assert_null(next(client));
    leave(client);
}

static void under_free_nothing_is_told_unless_it_is_asked_for(void **state)
{
    struct client *client = join(*state, 3);
    assert_int_equal(expect(client, MESSAGE_HELLO)->energy.capacity, 0);
    draw(client, 256);
    pass(*state, 500);
    expect(client, MESSAGE_PLACED);
    assert_null(next(client));
    session_ask_energy(&client->session);
    pass(*state, 100);
    assert_string_equal(expect(client, MESSAGE_ENERGY)->energy.policy, "free");
    leave(client);
}

static void a_refusal_says_exactly_when(void **state)
{
    struct world *w = *state;
    struct client *client = join(w, 3);
    expect(client, MESSAGE_HELLO);
    draw(client, 25);
    pass(w, 1000);
    expect(client, MESSAGE_PLACED);
    int64_t energy = expect(client, MESSAGE_ENERGY)->energy.energy;
    draw(client, 3);
    pass(w, 10);
    const struct message *refused = expect(client, MESSAGE_REFUSED);
    assert_int_equal(refused->id, 2);
    assert_int_equal(refused->reason, REFUSAL_ENERGY);
    uint64_t retry_ms = refused->retry_ms;
    assert_in_range(retry_ms, 1, 3000);
    assert_true(expect(client, MESSAGE_ENERGY)->energy.energy >= energy);
    w->now_us += (retry_ms - 10 - 1) * 1000; /* 10 have passed */
    draw(client, 3);
    assert_int_equal(client->session.refusals.n, 1);
    w->now_us += 1000;
    draw(client, 3);
    assert_int_equal(client->session.refusals.n, 1);
    pass(w, 500);
    assert_int_equal(expect(client, MESSAGE_REFUSED)->id, 3);
    assert_int_equal(expect(client, MESSAGE_ENERGY)->type, MESSAGE_ENERGY);
    assert_int_equal(expect(client, MESSAGE_PLACED)->id, 4);
    expect(client, MESSAGE_ENERGY);
    assert_int_equal(metric_get(&w->metrics, refused_energy_total), 6);
    assert_int_equal(metric_get(&w->metrics, edits_refused_total), 6);
    leave(client);
}

static void what_the_log_refuses_is_given_back(void **state)
{
    struct world *w = *state;
    struct client *client = join(w, 3);
    expect(client, MESSAGE_HELLO);
    for (int i = 0; i < 20; i++) { /* more than is there, if it were not */
        draw(client, 25);
        pass(w, 200);
        assert_int_equal(expect(client, MESSAGE_REFUSED)->reason, REFUSAL_FAILED);
    }
    assert_int_equal(rules_pending(w->rules), 0);
    assert_int_equal(metric_get(&w->metrics, refused_failed_total), 500);
    leave(client);
}

static void what_is_gathered_when_the_log_turns_read_only_is_given_back(void **state)
{
    struct world *w = *state;
    struct client *client = join(w, 3);
    expect(client, MESSAGE_HELLO);
    draw(client, 1);
    pass(w, 10); /* at once; what comes now is gathered */
    draw(client, 20);
    assert_int_equal(rules_pending(w->rules), 1000 + 19 * 400);
    memory_partition_set_stalled(w->partition, true);
    pass(w, 1000);
    assert_int_equal(rules_pending(w->rules), 0);
    assert_int_equal(metric_get(&w->metrics, refused_readonly_total), 20);
    leave(client);
}

static void what_nobody_knows_counts_as_made(void **state)
{
    struct world *w = *state;
    unsigned landed = 0, unknown = 0;
    for (uint64_t author = 1; author <= 30;
         author++) { /* half of them are in the log all the same */
        struct client *client = join(w, author);
        expect(client, MESSAGE_HELLO);
        draw(client, 5);
        const struct message *placed = NULL;
        for (int i = 0; i < 120 && !placed && !client->closed; i++) {
            pass(w, 100);
            placed = next(client);
        }
        assert_true(placed ? placed->type == MESSAGE_PLACED : client->closed == 1011);
        landed += placed != NULL;
        unknown += placed == NULL;
        struct energy energy;
        rules_energy(w->rules, &client->session.visitor, time_ms(&w->env), &energy);
        assert_true(energy.available < 10000);
        leave(client);
    }
    assert_int_equal(rules_pending(w->rules), 0);
    assert_true(unknown > 0 && landed > 0);
}

static void messages_that_come_too_fast_are_refused_until_the_time_said(void **state)
{
    struct world *w = *state;
    struct client *client = join(w, 3);
    expect(client, MESSAGE_HELLO);
    for (int i = 0; i < 4; i++) /* a second's worth at once */
        draw(client, 1);
    assert_int_equal(client->session.refusals.n, 0);
    draw(client, 1);
    pass(w, 10);
    const struct message *refused = expect(client, MESSAGE_REFUSED);
    assert_int_equal(refused->reason, REFUSAL_RATE);
    assert_int_equal(refused->retry_ms, 250);
    w->now_us += 239 * 1000;
    draw(client, 1);
    assert_int_equal(client->session.refusals.n, 1);
    w->now_us += 1000;
    draw(client, 1);
    assert_int_equal(client->session.refusals.n, 1);
    struct client *other = join(w, 3); /* each connection by itself */
    draw(other, 1);
    assert_int_equal(other->session.refusals.n, 0);
    leave(other);
    leave(client);
}

static void everybody_hears_of_new_rules(void **state)
{
    struct world *w = *state;
    struct client *client = join(w, 3), *other = join(w, 4);
    expect(client, MESSAGE_HELLO);
    expect(other, MESSAGE_HELLO);
    struct ruleset_parts parts = {
        .serial = 17, .colours = RULESET_ALL_COLOURS, .frozen = true, .frozen_words = "a pause"};
    rules_replace(w->rules, ruleset_create(&parts));
    shard_rules_changed(w->shard);
    shard_run(w->shard);
    const struct message *rules = expect(client, MESSAGE_RULES);
    assert_int_equal(rules->serial, 17);
    assert_true(rules->open);
    expect(other, MESSAGE_RULES);
    draw(client, 1);
    pass(w, 10);
    assert_int_equal(expect(client, MESSAGE_REFUSED)->reason, REFUSAL_FROZEN);
    assert_string_equal(client->words, "a pause");
    pass(w, 1000);
    assert_null(next(client));
    assert_null(next(other));
    leave(client);
    leave(other);
}

static void many_refusals_with_words_are_sent_and_forgotten(void **state)
{
    struct world *w = *state;
    struct client *client = join(w, 3);
    struct ruleset_parts parts = {
        .serial = 1, .colours = RULESET_ALL_COLOURS, .frozen = true, .frozen_words = "a pause"};
    rules_replace(w->rules, ruleset_create(&parts));
    expect(client, MESSAGE_HELLO);
    for (uint32_t i = 1; i <= 100; i++)
        draw(client, 1);
    pass(w, 10);
    for (uint32_t i = 1; i <= 100; i++)
        assert_int_equal(expect(client, MESSAGE_REFUSED)->id, i);
    draw(client, 1); /* one is left behind */
    leave(client);
}

int main(void)
{
#define PROMISE(f)            cmocka_unit_test_setup_teardown(f, set_up, tear_down)
#define PROMISE_WITH(f, with) cmocka_unit_test_setup_teardown(f, set_up_##with, tear_down)
    const struct CMUnitTest tests[] = {
        PROMISE(the_hello_says_what_one_has_and_is_called),
        PROMISE(energy_is_told_after_each_placed_and_on_request),
        PROMISE_WITH(under_free_nothing_is_told_unless_it_is_asked_for, free),
        PROMISE(a_refusal_says_exactly_when),
        PROMISE_WITH(what_the_log_refuses_is_given_back, refusing),
        PROMISE(what_is_gathered_when_the_log_turns_read_only_is_given_back),
        PROMISE_WITH(what_nobody_knows_counts_as_made, not_knowing),
        PROMISE_WITH(messages_that_come_too_fast_are_refused_until_the_time_said, slow),
        PROMISE(everybody_hears_of_new_rules),
        PROMISE(many_refusals_with_words_are_sent_and_forgotten),
    };
    return cmocka_run_group_tests_name("session energy", tests, NULL, NULL);
}
