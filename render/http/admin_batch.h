/* SPDX-License-Identifier: ISC */
/* admin_batch: maps that are rendered in advance: begun, listed, cancelled, resumed. */
#ifndef PLACED_RENDER_HTTP_ADMIN_BATCH_H
#define PLACED_RENDER_HTTP_ADMIN_BATCH_H

struct web_request;

/* {"style","zoom":[A,B],"box":[W,S,E,N] or absent,"scale":1|2} -> {"batch":ID,"jobs":N} */
void admin_batch_post(struct web_request *request);

/* {"batch":ID} -> {"batch":ID,"state":...} */
void admin_batch_cancel_post(struct web_request *request);
void admin_batch_resume_post(struct web_request *request);

/* {"batches":[...]}: those of this server */
void admin_batches_get(struct web_request *request);

#endif
