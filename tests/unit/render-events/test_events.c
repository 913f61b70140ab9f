/* SPDX-License-Identifier: ISC */
/*
 * test_events: what a server publishes of itself and knows of others, on a queue in memory and on
 * one that takes nothing for a while.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <ev.h>

#include "cmocka_all.h"
#include "render/events/events.h"
#include "render/events/publisher.h"
#include "render/events/server_state.h"
#include "render/queue/queue_open.h"

enum { PATIENCE_S = 60 };

static struct ev_loop *loop;

static void on_late(struct ev_loop *l, ev_timer *timer, int events)
{
    fail_msg("nothing happened for %d s", PATIENCE_S);
}

/* Run the loop until this is true, which is looked at after each of its turns. */
static void run_until(bool (*is)(void *context), void *context)
{
    ev_timer late;
    ev_timer_init(&late, on_late, PATIENCE_S, 0);
    ev_timer_start(loop, &late);
    while (!is(context))
        ev_run(loop, EVRUN_ONCE);
    ev_timer_stop(loop, &late);
}

struct hearing {
    struct events_listener listener; /* first: it is cast to this */
    unsigned n[EVENT_TYPES];
    char last[256];
};

static void heard(struct events_listener *listener, const struct event *event)
{
    struct hearing *h = (struct hearing *)listener;
    h->n[event->type]++;
    size_t len = event->text->len < sizeof h->last - 1 ? event->text->len : sizeof h->last - 1;
    memcpy(h->last, event->text->bytes, len);
    h->last[len] = '\0';
}

static struct events *create(struct queue *queue, struct hearing *hearing)
{
    char error[QUEUE_ERROR_BYTES] = "";
    struct events *events = events_create(loop, queue, "a \"host\"", error);
    if (!events)
        fail_msg("%s", error);
    *hearing = (struct hearing){.listener.heard = heard};
    events_listen(events, &hearing->listener);
    return events;
}

static bool two_servers(void *context)
{
    return view_servers(events_view(context)) == 2;
}

static bool one_server(void *context)
{
    return view_servers(events_view(context)) == 1;
}

static bool an_image(void *context)
{
    return ((struct hearing *)context)->n[EVENT_IMAGE] > 0;
}

static void servers_know_of_each_other(void **state)
{
    static const char image[] =
        "{\"t\":\"image\",\"id\":"
        "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"width\":5}";
    char error[QUEUE_ERROR_BYTES] = "";
    struct queue *queue = queue_open("memory:", NULL, error);
    struct hearing a_hears, b_hears;
    assert_non_null(queue);
    struct events *a = create(queue, &a_hears), *b = create(queue, &b_hears);
    assert_string_not_equal(events_server(a), events_server(b));
    run_until(two_servers, a);
    run_until(two_servers, b);
    queue_append(queue, QUEUE_EVENTS, "", 0, "garbage", 7, NULL);
    events_publish(a, image, strlen(image));
    run_until(an_image, &b_hears);
    assert_string_equal(b_hears.last, image);
    events_unlisten(&a_hears.listener);
    events_unlisten(&a_hears.listener);
    events_destroy(a);
    run_until(one_server, b);
    assert_int_equal(b_hears.n[EVENT_GONE], 1);
    assert_int_equal(events_lost(b), 0);
    events_unlisten(&b_hears.listener);
    events_destroy(b);
    queue_close(queue);
}

/* ---- a queue that takes, and says so when the test wants it ---- */

struct slow_queue {
    struct queue queue; /* first: it is cast to this */
    bool full;
    unsigned n;
    struct queue_outcome *outcomes[PUBLISHER_FLIGHT + 8];
    char last[QUEUE_VALUE_MAX + 1];
};

static int slow_append(struct queue *queue, enum queue_topic topic, struct queue_bytes key,
                       struct queue_bytes value, struct queue_outcome *outcome)
{
    struct slow_queue *q = (struct slow_queue *)queue;
    if (q->full)
        return -1;
    assert_int_equal(topic, QUEUE_EVENTS);
    assert_true(q->n < sizeof q->outcomes / sizeof q->outcomes[0]);
    q->outcomes[q->n++] = outcome;
    memcpy(q->last, value.bytes, value.len);
    q->last[value.len] = '\0';
    return 0;
}

static void tell_outcomes(struct slow_queue *q, bool stored)
{
    for (unsigned i = 0; i < q->n; i++)
        q->outcomes[i]->known(q->outcomes[i], stored, "");
    q->n = 0;
}

static const struct queue_ops slow_ops = {.append = slow_append};

static void on_over(struct ev_loop *l, ev_timer *timer, int events)
{
    ev_break(l, EVBREAK_ONE);
}

static void run_for(double s)
{
    struct ev_timer timer;
    ev_timer_init(&timer, on_over, s, 0);
    ev_timer_start(loop, &timer);
    ev_run(loop, 0);
    ev_timer_stop(loop, &timer);
}

static bool has_one(void *context)
{
    return ((struct slow_queue *)context)->n > 0;
}

static bool has_state(void *context)
{
    return strstr(((struct slow_queue *)context)->last, "\"t\":\"server\"") != NULL;
}

static void one_state_is_under_way_at_a_time(void **state)
{
    static struct slow_queue q = {.queue.ops = &slow_ops};
    struct publisher *p = publisher_create(loop, &q.queue, "0123456789abcdef", "host");
    assert_non_null(p);
    run_until(has_one, &q);
    assert_true(has_state(&q));
    for (int i = 0; i < 10; i++) { /* however often it changes meanwhile */
        publisher_changed(p);
        run_for(0.06);
    }
    assert_int_equal(q.n, 1);
    q.last[0] = '\0';
    q.full = true;
    tell_outcomes(&q, false);
    run_for(0.3);
    assert_int_equal(q.n, 0);
    q.full = false; /* what had changed is told when it is taken again */
    run_until(has_state, &q);
    tell_outcomes(&q, true);

    for (unsigned i = 0; i < PUBLISHER_FLIGHT + 5; i++)
        publisher_publish(p, "{}", 2);
    assert_int_equal(publisher_lost(p), 5);
    assert_true(q.n == PUBLISHER_FLIGHT || q.n == PUBLISHER_FLIGHT + 1); /* a state among them */
    tell_outcomes(&q, false);
    assert_int_equal(publisher_lost(p), PUBLISHER_FLIGHT + 5);
    q.full = true; /* nobody waits for the farewell then */
    publisher_destroy(p);
}

/* ---- a server's own state: a farm of the test's ---- */

static unsigned n_pools;
static struct pool_look pool;

struct pool *farm_pool(const struct farm *farm, size_t i)
{
    return i < n_pools ? (struct pool *)&pool : NULL;
}

void pool_look(const struct pool *p, struct pool_look *look)
{
    *look = pool;
}

static void the_largest_state_is_a_good_event(void **state)
{
    static char text[QUEUE_VALUE_MAX];
    char name[FARM_POOL_NAME_BYTES], host[EVENT_HOST_MAX + 1];
    struct event event;
    memset(name, 1, sizeof name - 1); /* what takes the most room when it is escaped */
    memset(host, 1, sizeof host - 1);
    name[sizeof name - 1] = host[sizeof host - 1] = '\0';
    memset(&pool, 0xff, sizeof pool);
    pool.name = name;
    pool.children = FARM_CHILDREN_MAX;
    pool.resting = false;
    pool.jobs = pool.failed = pool.late = pool.crashed = pool.bytes = UINT64_C(1) << 52;
    for (unsigned i = 0; i < FARM_CHILDREN_MAX; i++)
        pool.child[i] = (struct child_look){UINT32_MAX, INT32_MAX, CHILD_BUSY, UINT32_MAX};
    n_pools = 1000;
    size_t len =
        server_state_write(text, "0123456789abcdef", host, INT64_MAX, (struct farm *)&pool);
    assert_true(event_read(&event, text, len));
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(event.json, "workers")),
                     EVENT_WORKERS_MAX);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(event.json, "pools")), EVENT_POOLS_MAX);
    event_finish(&event);
    n_pools = 0;
    len = server_state_write(text, "0123456789abcdef", "h", 5, NULL);
    assert_memory_equal(text,
                        "{\"t\":\"server\",\"server\":\"0123456789abcdef\",\"host\":\"h\",\"at\":5,"
                        "\"workers\":[],\"pools\":[]}",
                        len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(servers_know_of_each_other),
        cmocka_unit_test(one_state_is_under_way_at_a_time),
        cmocka_unit_test(the_largest_state_is_a_good_event),
    };
    loop = ev_loop_new(EVFLAG_AUTO);
    int failed = cmocka_run_group_tests_name("events", tests, NULL, NULL);
    ev_loop_destroy(loop);
    return failed;
}
