/* SPDX-License-Identifier: ISC */
/* site_work: the tasks of the queue are done with what the site has: its pools and styles, and its
 * events, by which all servers hear of it. */
#ifndef PLACED_RENDER_SITE_WORK_H
#define PLACED_RENDER_SITE_WORK_H

struct site;
struct site_work;

/* Begin to take tasks: fills site->work. dir: for the states of batches. NULL after a message. */
struct site_work *site_work_open(struct site *site, const char *dir);

/* Take no more tasks. */
void site_work_stop(struct site_work *work);

/* Before events, farm and queue. NULL is fine. */
void site_work_close(struct site_work *work);

#endif
