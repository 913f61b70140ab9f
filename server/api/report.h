/* SPDX-License-Identifier: ISC */
/* report: POST /report, for whoever sees something that moderators should look at. */
#ifndef PLACED_API_REPORT_H
#define PLACED_API_REPORT_H

struct http;

void report_post(struct http *http);

#endif
