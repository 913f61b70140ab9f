/* SPDX-License-Identifier: ISC */
/* metrics: the numbers that the server counts, one atomic each. Any thread. */
#ifndef PLACED_SYS_METRICS_H
#define PLACED_SYS_METRICS_H

#include <stdatomic.h>
#include <stdint.h>

/* X(name, type, help): the name as Prometheus shows it after "placed_". */
#define METRICS(X)                                                                                 \
    X(version, gauge, "Version of the plane: the next offset to read")                             \
    X(records_total, counter, "Records read from the log")                                         \
    X(records_skipped_total, counter, "Records skipped whole because they break the format")       \
    X(edits_folded_total, counter, "Edits folded into the canvases")                               \
    X(canvases, gauge, "Canvases that were ever painted")                                          \
    X(ring_bytes, gauge, "Memory that the recent edits of all canvases take")                      \
    X(messages_total, counter, "Messages of edits taken from clients")                             \
    X(edits_taken_total, counter, "Edits taken from clients for the log")                          \
    X(edits_refused_total, counter, "Edits refused")                                               \
    X(refused_range_total, counter, "Edits refused: x or y was out of range")                      \
    X(refused_locked_total, counter, "Edits refused: the canvas was not open")                     \
    X(refused_readonly_total, counter, "Edits refused: the log could not be written")              \
    X(refused_busy_total, counter, "Edits refused: too much was waiting")                          \
    X(refused_closed_total, counter, "Edits refused: the server was shutting down")                \
    X(refused_failed_total, counter, "Edits refused: the log did not take them")                   \
    X(refused_energy_total, counter, "Edits refused: their author had not enough of it")           \
    X(refused_network_total, counter, "Edits refused: their network drew too fast")                \
    X(refused_rate_total, counter, "Edits refused: their connection sent messages too fast")       \
    X(refused_banned_total, counter, "Edits refused: their author or its network was banned")      \
    X(refused_area_total, counter, "Edits refused: the region was closed")                         \
    X(refused_colour_total, counter, "Edits refused: the colour was not allowed there")            \
    X(refused_frozen_total, counter, "Edits refused: the canvas was frozen")                       \
    X(refused_identity_total, counter, "Edits refused: an identity was needed first")              \
    X(refused_young_total, counter, "Edits refused: the identity was too young")                   \
    X(authors, gauge, "Authors in the table of energy")                                            \
    X(batches_total, counter, "Batches given to the log")                                          \
    X(batches_failed_total, counter, "Batches that the log did not take")                          \
    X(batches_unknown_total, counter, "Batches whose outcome stayed unknown")                      \
    X(sessions, gauge, "WebSocket and event stream clients connected")                             \
    X(people, gauge, "The same without the further connections of one page")                       \
    X(sessions_total, counter, "WebSocket and event stream clients since the start")               \
    X(connections, gauge, "Sockets open")                                                          \
    X(connections_refused_total, counter, "Sockets refused at the limit")                          \
    X(address_refused_total, counter,                                                              \
      "Streams and WebSockets refused: their address has too many")                                \
    X(origins_refused_total, counter, "Requests refused because of the page that made them")       \
    X(identities_total, counter, "Identities given to those who had none")                         \
    X(identities_refused_total, counter, "Requests for an identity that were refused")             \
    X(cookies_bad_total, counter,                                                                  \
      "Cookies shown that are forged, damaged or of a key that is gone")                           \
    X(protocol_errors_total, counter, "Clients closed for breaking the protocol")                  \
    X(frames_total, counter, "Frames encoded")                                                     \
    X(deliveries_total, counter, "Frames sent to clients")                                         \
    X(delivered_bytes_total, counter, "Bytes of frames sent to clients")                           \
    X(tick_ms, gauge, "Time between two frames; more than was set: sending them takes long")       \
    X(fell_behind_total, counter, "Clients closed with 4001: too far behind")                      \
    X(resets_total, counter, "Clients sent to the picture")                                        \
    X(pictures_total, counter, "Pictures of canvases and tiles encoded")                           \
    X(history_answers_total, counter, "Answers of the history made, of all kinds")                 \
    X(jobs_total, counter, "Jobs of moderators started")                                           \
    X(jobs_failed_total, counter, "Jobs of moderators that failed")                                \
    X(job_running, gauge, "1 while a job of a moderator runs")                                     \
    X(repairs_total, counter, "Pixels repaired by moderators' jobs, once for each edit")           \
    X(operator_edits_total, counter, "Pixels painted by fills, pastes and copies of moderators")   \
    X(who_asked_total, counter, "Questions who painted a pixel")                                   \
    X(who_refused_total, counter, "The same, refused because too many waited")                     \
    X(checkpoints_total, counter, "Checkpoints written")                                           \
    X(checkpoints_failed_total, counter, "Checkpoints that could not be written")                  \
    X(history_version, gauge, "Version of the plane as far as history has read the log")           \
    X(history_blocks_total, counter, "Blocks of history completed")                                \
    X(history_failures_total, counter, "Times that history could not go on and began again")       \
    X(history_bytes, gauge, "Bytes of history on the disk")                                        \
    X(suspects, gauge, "What the rules that are on have found within the last hour")               \
    X(detections_net_rate_total, counter, "Networks found drawing fast")                           \
    X(detections_net_identities_total, counter, "Networks found making many identities")           \
    X(detections_shape_total, counter, "Cells found painted together by many")                     \
    X(watch_lost_total, counter, "Edits that came too fast for the rules that watch")              \
    X(reports_total, counter, "Reports taken from visitors")                                       \
    X(reports_refused_total, counter, "Reports refused because they came too often")               \
    X(reports_open, gauge, "Reports that no moderator has closed")                                 \
    X(polls, gauge, "Long polls that are held")                                                    \
    X(http_requests_total, counter, "HTTP requests answered")                                      \
    X(control_denied_total, counter, "Requests to the admin API that were not allowed")            \
    X(control_version, gauge, "The next action number: how far the control log has been read")     \
    X(control_failures, counter, "Records of the control log skipped: no good, or too many")       \
    X(regions, gauge, "Regions with rules of their own")                                           \
    X(bans, gauge, "Bans of authors, networks and addresses")                                      \
    X(caught_up, gauge, "1 when the log has been read to its end")                                 \
    X(log_writable, gauge, "1 when the log takes edits")

struct metrics {
#define X(name, type, help) _Atomic uint64_t name;
    METRICS(X)
#undef X
};

#define metric_add(metrics, name, n)                                                               \
    atomic_fetch_add_explicit(&(metrics)->name, (uint64_t)(n), memory_order_relaxed)
#define metric_set(metrics, name, n)                                                               \
    atomic_store_explicit(&(metrics)->name, (uint64_t)(n), memory_order_relaxed)
#define metric_get(metrics, name) atomic_load_explicit(&(metrics)->name, memory_order_relaxed)

#endif
