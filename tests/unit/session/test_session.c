/* SPDX-License-Identifier: ISC */
/* Sessions of one shard on a plane of several canvases: who is greeted how, who can go on from
 * where it was, and that what happens on one canvas is no news on another. */
#include "cmocka_all.h"
#include "core/bytes.h"
#include "core/edit.h"
#include "log_memory.h"
#include "painter.h"
#include "plane/owners.h"
#include "session/session.h"
#include "session/shard.h"

#include <stdlib.h>
#include <string.h>

enum { SECOND_US = 1000 * 1000, MESSAGES_MAX = 64 };

struct client {
    struct session session;
    struct message messages[MESSAGES_MAX];
    size_t n_messages;
    unsigned frames, attached;
    uint64_t version; /* of the last frame */
    size_t edits;
    unsigned closed; /* code */
    bool busy;
};

struct world {
    struct painter *painter;
    struct memory_partition *partition;
    struct log *log;
    struct log_writer *writer;
    struct owners *owners;
    struct rules *rules;
    struct shard_host host;
    unsigned woken;
    unsigned taken;        /* messages with edits, */
    uint64_t taken_author; /* the last one of this author */
    struct shard *shard;
};

static void note_taken(void *context, const struct visitor *visitor, int64_t now_ms)
{
    struct world *world = context;
    world->taken++;
    world->taken_author = visitor->author;
}

static void wake(struct shard_host *host)
{
    ((struct world *)((char *)host - offsetof(struct world, host)))->woken++;
}

static enum sent take_frame(struct session *session, const struct frame *frame)
{
    struct client *client = (struct client *)session;
    if (client->busy)
        return SENT_BUSY;
    client->frames++;
    client->version = load_u64(frame->payload);
    client->edits += (frame->len - 8) / EDIT_BYTES;
    for (size_t i = 0; i < frame->n_messages; i++)
        client->messages[client->n_messages++] = frame->messages[i];
    client->attached += (unsigned)frame->n_messages;
    return SENT_OK;
}

static enum sent take_messages(struct session *session, const struct message *messages, size_t n)
{
    struct client *client = (struct client *)session;
    if (client->busy)
        return SENT_BUSY;
    assert_true(client->n_messages + n <= MESSAGES_MAX);
    memcpy(client->messages + client->n_messages, messages, n * sizeof *messages);
    client->n_messages += n;
    return SENT_OK;
}

static void be_closed(struct session *session, unsigned code, const char *reason)
{
    ((struct client *)session)->closed = code;
}

static const struct session_ops ops = {
    .frame = take_frame, .messages = take_messages, .close = be_closed};

static int set_up(void **state)
{
    static struct world world;
    char error[LOG_ERROR_BYTES];
    struct shard_config config = shard_defaults;
    memset(&world, 0, sizeof world);
    config.taken = note_taken;
    config.taken_context = &world;
    world.painter = painter_create(2, 2, NULL);
    world.partition = memory_partition_create(&world.painter->env, (struct memory_faults){0});
    world.log = log_memory_open(world.partition);
    world.owners = owners_create();
    world.writer = log_writer_create(world.log, owners_outcomes(world.owners), error);
    struct rules_config free;
    memset(&free, 0, sizeof free);
    policy_parse(&free.people, "free");
    free.bots = free.people;
    world.rules = rules_create(&free, &world.painter->metrics);
    world.host.wake = wake;
    world.shard =
        shard_create(&world.painter->env, world.writer, world.painter->canvases, world.owners,
                     world.rules, &world.painter->metrics, &config, &world.host);
    painter_go_live(world.painter);
    *state = &world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;
    log_writer_destroy(world->writer);
    log_close(world->log);
    memory_partition_destroy(world->partition);
    shard_destroy(world->shard);
    owners_destroy(world->owners);
    rules_destroy(world->rules);
    painter_destroy(world->painter);
    return 0;
}

/* A client of the canvas at (gx, 0); what a turn of the shard sends it at once. */
static struct client *join(struct world *world, int gx, enum session_from from, uint64_t version)
{
    struct client *client = calloc(1, sizeof *client);
    assert_non_null(client);
    assert_int_equal(session_init(&client->session, world->shard, painter_at(world->painter, gx, 0),
                                  &ops, &(struct visitor){.author = AUTHOR_PERSON | 1}, true, from,
                                  version),
                     0);
    shard_run(world->shard);
    return client;
}

static void leave(struct client *client)
{
    session_finish(&client->session);
    free(client);
}

static void draw(struct world *world, int gx, size_t n)
{
    painter_paint(world->painter, (struct position){(int16_t)gx, 0}, n, 3);
}

/* Time passes, with turns of the shard. */
static void pass(struct world *world, unsigned ms)
{
    painter_deliver(world->painter);
    for (unsigned i = 0; i < ms; i += 50) {
        world->painter->now_us += 50 * 1000;
        shard_run(world->shard);
    }
}

static const struct message *find(const struct client *client, enum message_type type)
{
    for (size_t i = client->n_messages; i > 0; i--) {
        if (client->messages[i - 1].type == type)
            return &client->messages[i - 1];
    }
    return NULL;
}

/* ---- greeting ---- */

static void the_hello_says_which_canvas_and_which_log(void **state)
{
    struct world *world = *state;
    struct client *first = join(world, 1, FROM_PRESENT, 0);
    const struct message *hello = find(first, MESSAGE_HELLO);
    assert_non_null(hello);
    assert_true(position_equal(hello->canvas, (struct position){1, 0}));
    assert_true(hello->open && !hello->has_genesis && hello->version == 0);
    uint8_t edit[EDIT_BYTES] = {0}, genesis[GENESIS_BYTES] = {1, 2, 3};
    struct record record = {.offset = world->painter->offset++,
                            .value = {edit, sizeof edit},
                            .genesis = {genesis, sizeof genesis}};
    painter_fold(world->painter, &record);
    draw(world, -1, 1); /* on a canvas that is not open */
    struct client *second = join(world, -1, FROM_PRESENT, 0);
    hello = find(second, MESSAGE_HELLO);
    assert_true(position_equal(hello->canvas, (struct position){-1, 0}));
    assert_true(!hello->open && hello->has_genesis && hello->version == 2);
    assert_memory_equal(hello->genesis, genesis, sizeof genesis);
    assert_int_equal(hello->online, 2);
    leave(first);
    leave(second);
}

/* ---- resuming ---- */

static bool was_reset(const struct client *client)
{
    return find(client, MESSAGE_RESET) != NULL;
}

static void a_client_of_a_quiet_canvas_goes_on_from_any_version_that_is_not_below_it(void **state)
{
    struct world *world = *state;
    draw(world, 0, 1);
    for (int i = 0; i < 9; i++)
        draw(world, 1, 1);
    for (uint64_t from = 0; from <= 12; from++) {
        struct client *client = join(world, 0, FROM_VERSION, from);
        assert_int_equal(was_reset(client), from > 10); /* 10 is the plane's */
        if (from >= 1 && from <= 10)
            assert_true(find(client, MESSAGE_HELLO)->version == from && client->frames == 0);
        leave(client);
    }
    /* It is sent what comes then, and nothing from before. */
    struct client *client = join(world, 0, FROM_VERSION, 7);
    draw(world, 0, 3);
    pass(world, 500);
    assert_int_equal(client->frames, 1);
    assert_int_equal(client->edits, 3);
    assert_true(client->version == 11);
    leave(client);
}

static void what_was_missed_is_sent_and_what_the_ring_lacks_is_a_reset(void **state)
{
    struct world *world = *state;
    draw(world, 0, 5); /* version 1: before the ring, which begins when somebody comes */
    struct client *first = join(world, 0, FROM_PRESENT, 0);
    draw(world, 1, 1);
    draw(world, 0, 2); /* version 3 */
    draw(world, 1, 1);
    draw(world, 0, 4); /* version 5 */
    static const struct {
        uint64_t from;
        size_t edits;
    } cases[] = {{1, 6}, {2, 6}, {3, 4}, {4, 4}, {5, 0}};
    pass(world, 500);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct client *client = join(world, 0, FROM_VERSION, cases[i].from);
        pass(world, 500);
        assert_false(was_reset(client));
        assert_int_equal(client->edits, cases[i].edits);
        leave(client);
    }
    struct client *garbage = join(world, 0, FROM_GARBAGE, 0);
    assert_true(was_reset(garbage) && find(garbage, MESSAGE_RESET)->version == 5);
    leave(garbage);
    leave(first);
}

static void a_replay_that_costs_more_than_the_picture_is_a_reset(void **state)
{
    struct world *world = *state;
    struct client *first = join(world, 0, FROM_PRESENT, 0);
    place_set_picture_bytes(painter_at(world->painter, 0, 0), 100);
    draw(world, 0, FRAME_EDITS_MAX);
    struct client *near = join(world, 0, FROM_VERSION, 0);
    assert_false(was_reset(near)); /* one frame is always cheap enough */
    draw(world, 0, 1);
    struct client *far = join(world, 0, FROM_VERSION, 0);
    assert_true(was_reset(far));
    leave(first);
    leave(near);
    leave(far);
}

/* ---- one canvas and another ---- */

static void what_happens_on_one_canvas_is_no_news_on_another(void **state)
{
    struct world *world = *state;
    struct client *here = join(world, 0, FROM_PRESENT, 0), *there = join(world, 1, FROM_PRESENT, 0);
    pass(world, 5000);
    size_t messages = here->n_messages;
    unsigned woken = world->woken;
    draw(world, -1, 1); /* nobody watches it: nobody is woken */
    painter_deliver(world->painter);
    assert_int_equal(world->woken, woken);
    for (int i = 0; i < 10; i++) {
        draw(world, 1, 2);
        pass(world, 1000);
    }
    assert_int_equal(there->frames, 10);
    assert_int_equal(there->edits, 20);
    assert_int_equal(here->frames, 0);
    assert_int_equal(here->n_messages, messages);
    const struct message *checksum = find(there, MESSAGE_CHECKSUM);
    assert_non_null(checksum);
    struct canvas *canvas = malloc(sizeof *canvas);
    place_copy(painter_at(world->painter, 1, 0), canvas);
    assert_true(checksum->version == canvas->version && checksum->checksum == canvas->checksum);
    assert_true(there->attached > 0); /* with a frame: it cost no send of its own */
    free(canvas);
    leave(here);
    leave(there);
}

static void a_canvas_whose_viewers_have_left_is_watched_no_longer(void **state)
{
    struct world *world = *state;
    for (int round = 0; round < 3; round++) {
        struct client *here = join(world, 0, FROM_PRESENT, 0);
        struct client *there = join(world, 1, FROM_PRESENT, 0);
        draw(world, 0, 1);
        draw(world, 1, 1);
        painter_deliver(world->painter); /* both are on the list of news */
        leave(here);
        pass(world, 500);
        assert_int_equal(there->frames, 1);
        unsigned woken = world->woken;
        draw(world, 0, 1);
        painter_deliver(world->painter);
        assert_int_equal(world->woken, woken);
        leave(there);
    }
    assert_int_equal(metric_get(&world->painter->metrics, sessions), 0);
}

static void an_edit_of_a_canvas_that_is_not_open_is_refused_as_locked(void **state)
{
    struct world *world = *state;
    uint8_t message[4 + EDIT_BYTES] = {1};
    draw(world, -1, 1);
    struct client *client = join(world, -1, FROM_PRESENT, 0);
    assert_int_equal(session_message(&client->session, message, sizeof message), 0);
    pass(world, 100);
    const struct message *refused = find(client, MESSAGE_REFUSED);
    assert_true(refused && refused->id == 1 && refused->reason == REFUSAL_LOCKED);
    assert_int_equal(world->taken, 0);
    leave(client);
}

static void whoever_watches_hears_whose_edits_are_taken(void **state)
{
    struct world *world = *state;
    uint8_t message[4 + 2 * EDIT_BYTES] = {1};
    struct client *client = join(world, 0, FROM_PRESENT, 0);
    assert_int_equal(session_message(&client->session, message, sizeof message), 0);
    message[0] = 2;
    message[4] = message[5] = message[6] = 0xff; /* not on the canvas */
    assert_int_equal(session_message(&client->session, message, sizeof message), 0);
    assert_int_equal(world->taken, 1);
    assert_true(world->taken_author == (AUTHOR_PERSON | 1));
    pass(world, 100);
    message[4] = message[5] = message[6] = 0;
    message[0] = 3;
    assert_int_equal(session_message(&client->session, message, sizeof message), 0);
    assert_int_equal(world->taken, 1); /* known since a moment ago */
    world->painter->now_us += UINT64_C(61) * SECOND_US;
    message[0] = 4;
    assert_int_equal(session_message(&client->session, message, sizeof message), 0);
    assert_int_equal(world->taken, 2);
    pass(world, 100);
    leave(client);
}

static void the_number_of_people_online_counts_all_canvases(void **state)
{
    struct world *world = *state;
    struct client *here = join(world, 0, FROM_PRESENT, 0);
    pass(world, 5000);
    struct client *there = join(world, 1, FROM_PRESENT, 0);
    pass(world, 5000);
    assert_int_equal(find(here, MESSAGE_ONLINE)->online, 2);
    leave(there);
    pass(world, 5000);
    assert_int_equal(find(here, MESSAGE_ONLINE)->online, 1);
    leave(here);
}

static void one_that_does_not_read_gets_the_rest_when_it_does(void **state)
{
    struct world *world = *state;
    struct client *slow = join(world, 0, FROM_PRESENT, 0), *other = join(world, 1, FROM_PRESENT, 0);
    slow->busy = true;
    for (int i = 0; i < 5; i++) {
        draw(world, 0, 1);
        draw(world, 1, 1); /* the buffers are used by another canvas meanwhile */
        pass(world, 500);
    }
    assert_int_equal(slow->frames, 0);
    slow->busy = false;
    session_writable(&slow->session);
    assert_int_equal(slow->edits, 5);
    assert_true(slow->version == place_version(painter_at(world->painter, 0, 0)));
    slow->busy = true;
    draw(world, 0, 1);
    pass(world, 20000);
    assert_int_equal(slow->closed, 4001);
    assert_int_equal(other->closed, 0);
    leave(slow);
    leave(other);
}

int main(void)
{
#define PROMISE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        PROMISE(the_hello_says_which_canvas_and_which_log),
        PROMISE(a_client_of_a_quiet_canvas_goes_on_from_any_version_that_is_not_below_it),
        PROMISE(what_was_missed_is_sent_and_what_the_ring_lacks_is_a_reset),
        PROMISE(a_replay_that_costs_more_than_the_picture_is_a_reset),
        PROMISE(what_happens_on_one_canvas_is_no_news_on_another),
        PROMISE(a_canvas_whose_viewers_have_left_is_watched_no_longer),
        PROMISE(an_edit_of_a_canvas_that_is_not_open_is_refused_as_locked),
        PROMISE(whoever_watches_hears_whose_edits_are_taken),
        PROMISE(the_number_of_people_online_counts_all_canvases),
        PROMISE(one_that_does_not_read_gets_the_rest_when_it_does),
    };
    return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
