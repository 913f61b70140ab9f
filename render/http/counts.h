/* SPDX-License-Identifier: ISC */
/* counts: what the front counts, a row each: name, type, what it says. The loop's thread only. */
#ifndef PLACED_RENDER_HTTP_COUNTS_H
#define PLACED_RENDER_HTTP_COUNTS_H

#include <stdint.h>

#define COUNTS(X)                                                                                  \
    X(requests_total, counter, "HTTP requests answered")                                           \
    X(connections, gauge, "Sockets open")                                                          \
    X(connections_refused_total, counter, "Sockets refused at the limit")                          \
    X(connections_cut_total, counter, "Sockets closed because they were too slow")                 \
    X(waiting_requests, gauge, "Requests that wait for their answer")                              \
    X(streams, gauge, "Event streams open")                                                        \
    X(pictures_memory_total, counter, "Pictures answered from memory")                             \
    X(pictures_store_total, counter, "Pictures answered from the store")                           \
    X(pictures_rendered_total, counter, "Pictures answered after waiting for a renderer")          \
    X(pictures_stale_total, counter, "Old pictures answered while new ones are made")              \
    X(pictures_unknown_total, counter, "Requests for names that are no picture's")                 \
    X(pictures_full_total, counter, "Pictures refused because too much waits")                     \
    X(pictures_lent_bytes, gauge, "Bytes of large pictures that are sent, and kept nowhere else")  \
    X(pictures_failed_total, counter, "Requests for pictures that cannot be rendered")             \
    X(uploads_total, counter, "Pictures uploaded that were not there before")                      \
    X(uploads_refused_total, counter, "Uploads refused")                                           \
    X(origins_refused_total, counter, "Requests refused because of the page that made them")

struct counts {
#define X(name, type, help) uint64_t name;
    COUNTS(X)
#undef X
};

#endif
