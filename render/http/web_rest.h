/* SPDX-License-Identifier: ISC */
/* web_rest: a request whose answer is not there yet rests: its connection is polled by nobody. */
#ifndef PLACED_RENDER_HTTP_WEB_REST_H
#define PLACED_RENDER_HTTP_WEB_REST_H

struct web_request;

/* From a callback of the daemon for this request. */
void web_rest(struct web_request *request);

/* Let it go on, in this turn of the loop or the next. Fine when it does not rest. */
void web_wake(struct web_request *request);

#endif
