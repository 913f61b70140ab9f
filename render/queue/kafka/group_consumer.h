/* SPDX-License-Identifier: ISC */
/*
 * group_consumer: a member of a consumer group. Each partition that it has been assigned has a
 * place of its own, before which all its tasks are done; that is what is committed, at most once a
 * second and when the partition is taken away.
 *
 * A task's number is never used again, so that one of a partition that was taken away, which
 * another consumer may have by now, is not found when it is done, and nothing follows from that.
 *
 * The tasks of all partitions come by a queue of their own, which is read only when a task is
 * wanted, so that the group's events (and with them the membership) need no task to be taken.
 */
#ifndef PLACED_RENDER_QUEUE_KAFKA_GROUP_CONSUMER_H
#define PLACED_RENDER_QUEUE_KAFKA_GROUP_CONSUMER_H

#include "render/queue/kafka/topics.h"

/* NULL with a reason in error. */
struct queue_consumer *group_consumer_create(const struct topics *topics, enum queue_topic topic,
                                             const char *group, char error[QUEUE_ERROR_BYTES]);

#endif
