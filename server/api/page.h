/* SPDX-License-Identifier: ISC */
/* page: the files of the web client. */
#ifndef PLACED_API_PAGE_H
#define PLACED_API_PAGE_H

#include <stdbool.h>

struct http;

/* Is the request's path one of them? */
bool page_exists(const struct http *http);

void page_get(struct http *http);

#endif
