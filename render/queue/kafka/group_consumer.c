/* SPDX-License-Identifier: ISC */
/* group_consumer: see group_consumer.h. */
#include "render/queue/kafka/group_consumer.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log/kafka/kafka_links.h"
#include "render/queue/given.h"
#include "sys/clock.h"
#include "sys/diag.h"

enum {
    SLICE_MS = 50, /* how long a wait for a task goes on before the group's events are looked at */
    COMMIT_EVERY_MS = 1000,
    COMMITTED_MS = 3000, /* how long the group's places may take to be asked for */
    LEAVE_MS = 5000,     /* how long leaving the group may take */
    DOWN_MS = 2000,      /* without a connection for so long: that is said */
};

/* What a member of a group needs, beyond what every reader has. */
static const struct log_property settings[] = {
    {"partition.assignment.strategy", "roundrobin"},
    {"session.timeout.ms", "6000"},    /* a member that died: its tasks wait so long */
    {"heartbeat.interval.ms", "1000"}, /* by which the others learn of it */
    {"auto.offset.reset", "earliest"}, /* a new group gets all that there is */
    {"enable.partition.eof", "false"},
    {"queued.min.messages", "10000"},
    {"queued.max.messages.kbytes", "4096"},
};

/* An assigned partition. */
struct slot {
    int32_t partition;
    struct given given;
    uint64_t next;    /* the least offset that was not seen yet */
    uint64_t written; /* the place that was committed; UINT64_MAX: not known */
};

struct group_consumer {
    struct queue_consumer consumer; /* first: a consumer is cast to it */
    rd_kafka_t *rk;
    const char *topic;
    struct kafka_links links;
    atomic_bool woken;

    /* of the thread that polls */
    rd_kafka_queue_t *tasks;     /* of the partitions that are assigned; NULL: none are */
    rd_kafka_message_t *current; /* whose value the caller has */
    rd_kafka_message_t *strayed; /* a task that came with the group's events */
    int64_t commit_ms;           /* when places were committed last */
    bool leaving;                /* partitions that still come are given up at once */
    char broken[QUEUE_ERROR_BYTES];

    pthread_mutex_t lock; /* of what follows */
    struct slot *slots;
    size_t n_slots;
    uint64_t number; /* of the last task given */
};

static struct group_consumer *of(struct queue_consumer *consumer)
{
    return (struct group_consumer *)consumer;
}

/* With the lock; NULL: it is not assigned. */
static struct slot *find_slot(struct group_consumer *c, int32_t partition)
{
    for (size_t i = 0; i < c->n_slots; i++)
        if (c->slots[i].partition == partition)
            return &c->slots[i];
    return NULL;
}

/* ---- committing ---- */

/* The places that have moved since they were committed; NULL: none. */
static rd_kafka_topic_partition_list_t *moved_places(struct group_consumer *c)
{
    rd_kafka_topic_partition_list_t *list = NULL;
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < c->n_slots; i++) {
        struct slot *slot = &c->slots[i];
        if (slot->given.place == slot->written || slot->given.place == 0)
            continue;
        if (!list)
            list = rd_kafka_topic_partition_list_new((int)c->n_slots);
        rd_kafka_topic_partition_list_add(list, c->topic, slot->partition)->offset =
            (int64_t)slot->given.place;
        slot->written = slot->given.place;
    }
    pthread_mutex_unlock(&c->lock);
    return list;
}

/* These were not committed: again in a second, unless they have been taken away. */
static void on_commit(rd_kafka_t *rk, rd_kafka_resp_err_t err,
                      rd_kafka_topic_partition_list_t *list, void *opaque)
{
    struct group_consumer *c = opaque;
    if (!list || err == RD_KAFKA_RESP_ERR__NO_OFFSET)
        return;
    pthread_mutex_lock(&c->lock);
    for (int i = 0; i < list->cnt; i++) {
        struct slot *slot = find_slot(c, list->elems[i].partition);
        if (slot && (err || list->elems[i].err))
            slot->written = UINT64_MAX;
    }
    pthread_mutex_unlock(&c->lock);
}

static void commit(struct group_consumer *c, bool wait)
{
    rd_kafka_topic_partition_list_t *list = moved_places(c);
    if (!list)
        return;
    rd_kafka_resp_err_t err = rd_kafka_commit(c->rk, list, !wait);
    if (err && !wait)
        on_commit(c->rk, err, list, c);
    else if (err)
        diag_info(
            "kafka: topic %s: what was done last could not be committed, and will be done "
            "again: %s",
            c->topic, rd_kafka_err2str(err));
    rd_kafka_topic_partition_list_destroy(list);
}

static void commit_when_due(struct group_consumer *c)
{
    int64_t now = clock_now_ms();
    if (now - c->commit_ms < COMMIT_EVERY_MS)
        return;
    c->commit_ms = now;
    commit(c, false);
}

/* ---- partitions come and go; within rd_kafka_consumer_poll ---- */

static void forget_slots(struct group_consumer *c)
{
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < c->n_slots; i++)
        given_finish(&c->slots[i].given);
    free(c->slots);
    c->slots = NULL;
    c->n_slots = 0;
    pthread_mutex_unlock(&c->lock);
}

/* Let the tasks of a partition come by this queue; NULL: by none. */
static void forward(struct group_consumer *c, int32_t partition, rd_kafka_queue_t *queue)
{
    rd_kafka_queue_t *own = rd_kafka_queue_get_partition(c->rk, c->topic, partition);
    if (!own)
        return;
    rd_kafka_queue_forward(own, queue);
    rd_kafka_queue_destroy(own);
}

static void take_partitions(struct group_consumer *c, rd_kafka_topic_partition_list_t *list)
{
    struct slot *slots = calloc((size_t)list->cnt + 1, sizeof *slots);
    /* The list gets the group's places. When they cannot be had, librdkafka asks again itself. */
    bool known = rd_kafka_committed(c->rk, list, COMMITTED_MS) == RD_KAFKA_RESP_ERR_NO_ERROR;
    c->tasks = rd_kafka_queue_new(c->rk);
    for (int i = 0; slots && i < list->cnt; i++) {
        rd_kafka_topic_partition_t *p = &list->elems[i];
        bool asked = known && !p->err;
        uint64_t place = asked && p->offset > 0 ? (uint64_t)p->offset : 0;
        if (!asked)
            p->offset = RD_KAFKA_OFFSET_INVALID;
        else if (p->offset < 0)
            p->offset = RD_KAFKA_OFFSET_BEGINNING;
        slots[i] = (struct slot){.partition = p->partition, .next = place, .written = place};
        given_init(&slots[i].given, place);
        forward(c, p->partition, c->tasks);
    }
    pthread_mutex_lock(&c->lock);
    c->slots = slots;
    c->n_slots = slots ? (size_t)list->cnt : 0;
    pthread_mutex_unlock(&c->lock);
    rd_kafka_assign(c->rk, list);
}

static void lose_partitions(struct group_consumer *c, rd_kafka_topic_partition_list_t *list)
{
    if (!rd_kafka_assignment_lost(c->rk))
        commit(c, true);
    forget_slots(c);
    rd_kafka_assign(c->rk, NULL);
    for (int i = 0; i < list->cnt; i++)
        forward(c, list->elems[i].partition, NULL);
    if (c->tasks)
        rd_kafka_queue_destroy(c->tasks); /* with what had been fetched */
    c->tasks = NULL;
    if (c->strayed)
        rd_kafka_message_destroy(c->strayed);
    c->strayed = NULL;
}

static void on_rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t err,
                         rd_kafka_topic_partition_list_t *list, void *opaque)
{
    struct group_consumer *c = opaque;
    if (err == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS && !c->leaving)
        take_partitions(c, list);
    else
        lose_partitions(c, list);
}

/* ---- polling ---- */

/* Serve the group's events, and wait up to timeout_ms for one. */
static void serve_group(struct group_consumer *c, int timeout_ms)
{
    while (!c->strayed) {
        rd_kafka_message_t *m = rd_kafka_consumer_poll(c->rk, timeout_ms);
        if (!m)
            return;
        if (m->err) {
            snprintf(c->broken, sizeof c->broken, "kafka: topic %.100s: %.120s", c->topic,
                     rd_kafka_message_errstr(m));
            rd_kafka_message_destroy(m);
        } else {
            c->strayed = m;
        }
        timeout_ms = 0;
    }
}

/* May it be given one more? */
static bool has_room(struct group_consumer *c)
{
    size_t n = 0;
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < c->n_slots; i++)
        n += given_count(&c->slots[i].given);
    pthread_mutex_unlock(&c->lock);
    return n < QUEUE_GIVEN_MAX;
}

/* Is it a task? Then it is given. What is not one counts as done. */
static bool give(struct group_consumer *c, const rd_kafka_message_t *m, struct queue_task *task)
{
    bool good = m->len > 0 && m->len <= QUEUE_VALUE_MAX, given = false;
    uint64_t offset = (uint64_t)m->offset, number = 0;
    pthread_mutex_lock(&c->lock);
    struct slot *slot = find_slot(c, m->partition);
    if (slot && offset >= slot->next) {
        slot->next = offset + 1;
        number = ++c->number;
        given = given_add(&slot->given, number, offset, c);
        if (given && !good)
            given_done(&slot->given, number, c);
    }
    pthread_mutex_unlock(&c->lock);
    if (!given)
        return false;
    if (!good) {
        diag_warn(
            "kafka: topic %s: record %llu of partition %d is skipped: it has %zu bytes, "
            "expected 1 to %d",
            c->topic, (unsigned long long)offset, (int)m->partition, m->len, QUEUE_VALUE_MAX);
        return false;
    }
    rd_kafka_timestamp_type_t type;
    *task = (struct queue_task){
        .number = number,
        .len = m->len,
        .value = m->payload,
        .time_ms = rd_kafka_message_timestamp(m, &type),
    };
    return true;
}

/* The next task, waiting up to timeout_ms. */
static bool take(struct group_consumer *c, int timeout_ms, struct queue_task *task)
{
    rd_kafka_message_t *m = c->strayed;
    c->strayed = NULL;
    if (!m)
        m = rd_kafka_consume_queue(c->tasks, timeout_ms);
    if (!m)
        return false;
    if (m->err)
        snprintf(c->broken, sizeof c->broken, "kafka: topic %.100s: %.120s", c->topic,
                 rd_kafka_message_errstr(m));
    else if (give(c, m, task)) {
        c->current = m;
        return true;
    }
    rd_kafka_message_destroy(m);
    return false;
}

static bool is_down(struct group_consumer *c)
{
    return atomic_load(&c->links.n_up) <= 0 &&
           clock_now_ms() - atomic_load(&c->links.down_ms) > DOWN_MS;
}

static enum queue_result poll(struct queue_consumer *consumer, int timeout_ms, bool want,
                              struct queue_task *task, char error[QUEUE_ERROR_BYTES])
{
    struct group_consumer *c = of(consumer);
    int64_t deadline_ms = clock_now_ms() + timeout_ms, left = timeout_ms;
    if (c->current)
        rd_kafka_message_destroy(c->current);
    c->current = NULL;
    c->broken[0] = '\0';
    do {
        int slice_ms = left < 0 ? 0 : left < SLICE_MS ? (int)left : SLICE_MS;
        serve_group(c, 0);
        commit_when_due(c);
        bool takes = want && c->tasks && has_room(c);
        if (takes && take(c, slice_ms, task))
            return QUEUE_GOT;
        if (!takes)
            serve_group(c, slice_ms);
        if (c->broken[0])
            break;
        left = deadline_ms - clock_now_ms();
    } while (!atomic_exchange(&c->woken, false) && left > 0);
    if (!c->broken[0] && is_down(c))
        snprintf(c->broken, sizeof c->broken, "kafka: topic %.100s: no broker is connected",
                 c->topic);
    if (!c->broken[0])
        return QUEUE_NOTHING;
    snprintf(error, QUEUE_ERROR_BYTES, "%s", c->broken);
    return QUEUE_BROKEN;
}

static void wake(struct queue_consumer *consumer)
{
    atomic_store(&of(consumer)->woken, true); /* poll looks at it every SLICE_MS */
}

static void done(struct queue_consumer *consumer, uint64_t number)
{
    struct group_consumer *c = of(consumer);
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < c->n_slots && !given_done(&c->slots[i].given, number, c); i++)
        ;
    pthread_mutex_unlock(&c->lock);
}

static uint64_t depth(struct queue_consumer *consumer)
{
    struct group_consumer *c = of(consumer);
    uint64_t n = 0;
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < c->n_slots; i++) {
        int64_t low, high, place = (int64_t)c->slots[i].given.place;
        if (rd_kafka_get_watermark_offsets(c->rk, c->topic, c->slots[i].partition, &low, &high))
            continue;
        if (place < low)
            place = low;
        if (high > place)
            n += (uint64_t)(high - place);
    }
    pthread_mutex_unlock(&c->lock);
    return n;
}

/* on_rebalance commits and gives the partitions up while the group still serves it. Within
 * rd_kafka_consumer_close the group may end before: when the commit finds that the broker does not
 * know the member any more. librdkafka 2.0.2 then drops the request to give them up, for whose
 * answer rd_kafka_assign waits for ever (confluentinc/librdkafka #4884). */
static void leave_group(struct group_consumer *c)
{
    int64_t deadline_ms = clock_now_ms() + LEAVE_MS;
    c->leaving = true;
    rd_kafka_unsubscribe(c->rk);
    for (int wait_ms = 0; wait_ms == 0 || c->tasks; wait_ms = SLICE_MS) {
        if (clock_now_ms() >= deadline_ms)
            return;
        if (c->strayed)
            rd_kafka_message_destroy(c->strayed);
        c->strayed = NULL;
        serve_group(c, wait_ms);
    }
    rd_kafka_consumer_close(c->rk);
}

static void destroy(struct queue_consumer *consumer)
{
    struct group_consumer *c = of(consumer);
    if (c->current)
        rd_kafka_message_destroy(c->current);
    /* Without a broker there is nobody to tell, and it would wait for one. */
    if (c->rk && atomic_load(&c->links.n_up) > 0)
        leave_group(c);
    forget_slots(c);
    if (c->strayed)
        rd_kafka_message_destroy(c->strayed);
    if (c->tasks)
        rd_kafka_queue_destroy(c->tasks);
    if (c->rk)
        rd_kafka_destroy_flags(c->rk, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

static const struct queue_consumer_ops ops = {
    .poll = poll,
    .wake = wake,
    .done = done,
    .depth = depth,
    .destroy = destroy,
};

/* ---- creation ---- */

/* The properties; NULL with a reason in error. */
static rd_kafka_conf_t *make_conf(struct group_consumer *c, const struct topics *topics,
                                  const char *group, char error[QUEUE_ERROR_BYTES])
{
    char why[QUEUE_ERROR_BYTES - 16], id[TOPIC_NAME_BYTES + QUEUE_GROUP_MAX];
    rd_kafka_conf_t *conf = kafka_conf(&topics->settings, KAFKA_READER, &c->links, error);
    if (!conf)
        return NULL;
    snprintf(id, sizeof id, "%.150s.%s", topics->settings.topic, group);
    bool good = rd_kafka_conf_set(conf, "group.id", id, why, sizeof why) == RD_KAFKA_CONF_OK;
    for (size_t i = 0; good && i < sizeof settings / sizeof settings[0]; i++)
        good = rd_kafka_conf_set(conf, settings[i].name, settings[i].value, why, sizeof why) ==
               RD_KAFKA_CONF_OK;
    if (!good) {
        snprintf(error, QUEUE_ERROR_BYTES, "kafka: %s", why);
        rd_kafka_conf_destroy(conf);
        return NULL;
    }
    rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
    rd_kafka_conf_set_offset_commit_cb(conf, on_commit);
    rd_kafka_conf_set_opaque(conf, c);
    return conf;
}

static int subscribe(struct group_consumer *c, char error[QUEUE_ERROR_BYTES])
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, c->topic, RD_KAFKA_PARTITION_UA);
    rd_kafka_poll_set_consumer(c->rk);
    rd_kafka_resp_err_t err = rd_kafka_subscribe(c->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (!err)
        return 0;
    snprintf(error, QUEUE_ERROR_BYTES, "kafka: topic %.100s: %s", c->topic, rd_kafka_err2str(err));
    return -1;
}

struct queue_consumer *group_consumer_create(const struct topics *topics, enum queue_topic topic,
                                             const char *group, char error[QUEUE_ERROR_BYTES])
{
    char why[QUEUE_ERROR_BYTES - 16];
    struct group_consumer *c = calloc(1, sizeof *c);
    if (!c || pthread_mutex_init(&c->lock, NULL) != 0) {
        snprintf(error, QUEUE_ERROR_BYTES, "no memory");
        free(c);
        return NULL;
    }
    c->consumer.ops = &ops;
    c->topic = topics->names[topic];
    kafka_links_init(&c->links);
    rd_kafka_conf_t *conf = make_conf(c, topics, group, error);
    if (!conf)
        goto fail;
    c->rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    if (!c->rk) {
        rd_kafka_conf_destroy(conf);
        snprintf(error, QUEUE_ERROR_BYTES, "kafka: %s", why);
        goto fail;
    }
    if (subscribe(c, error) == 0)
        return &c->consumer;

fail:
    destroy(&c->consumer);
    return NULL;
}
