/* SPDX-License-Identifier: ISC */
/* admin_dead: tasks that failed for good: looked at, and put back. */
#ifndef PLACED_RENDER_HTTP_ADMIN_DEAD_H
#define PLACED_RENDER_HTTP_ADMIN_DEAD_H

struct web_request;

/* ?n=N (100) ->
 * {"count","dead":[{"offset","topic","group","name","batch","why","attempts","time"}]}, the newest
 * first */
void admin_dead_get(struct web_request *request);

/* {"offsets":[...]} or {"all":true} -> {"requeued","unknown","no_task","failed"}: how many of each
 */
void admin_dead_requeue_post(struct web_request *request);

#endif
