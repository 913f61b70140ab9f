/* SPDX-License-Identifier: ISC */
/* start: see start.h. */
#include "start.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "claims.h"
#include "conn.h"
#include "core/canvas.h"
#include "judge.h"
#include "picture.h"

enum {
    FETCH_TRIES = 10,
    FETCH_AGAIN_US = 300 * 1000,
    LEARN_US = 300 * 1000,
};

/* One try. The picture must be of the log that is followed. */
static int fetch(struct flood *flood, unsigned target, const struct board *board,
                 struct picture *picture, const char **error)
{
    const struct options *options = flood->options;
    int result = picture_fetch(&options->targets[target], flood->tls,
                               options->n_canvases ? &board->position : NULL, picture, error);
    touch_clock(flood);
    if (result != 0 || picture->genesis[0] == '\0')
        return result;
    if (flood->genesis[0] == '\0')
        memcpy(flood->genesis, picture->genesis, sizeof flood->genesis);
    *error = "the picture is of another log";
    return strcmp(flood->genesis, picture->genesis) == 0 ? 0 : -1;
}

static void begin_board(struct flood *flood, struct board *board, const struct picture *picture)
{
    reference_begin(&board->reference, picture->version, picture->pixels);
    board->reference_us = since_begun(flood);
}

/* Is there another full reader of the same canvas, which extends the reference? */
static bool is_led(const struct flood *flood, const struct conn *conn)
{
    for (unsigned i = 0; i < flood->n_full; i++) {
        const struct conn *other = &flood->conns[i];
        if (other != conn && other->board == conn->board && other->greeted &&
            other->log_number == flood->log_number)
            return true;
    }
    return false;
}

int start_at_picture(struct flood *flood, struct conn *conn, const char **error)
{
    struct extra *extra = conn_extra(conn);
    struct board *board = board_of(flood, conn);
    struct reference *ref = &board->reference;
    *error = "out of memory";
    if (!extra || (!extra->pixels && !(extra->pixels = malloc(CANVAS_PIXELS))))
        return -1;
    struct picture picture = {.pixels = extra->pixels};
    if (fetch(flood, conn->target, board, &picture, error) != 0)
        return -1;
    extra->checksum = canvas_checksum(extra->pixels);
    bool begins =
        ref->epoch == 0 || (!is_led(flood, conn) && picture.version > reference_version(ref));
    if (begins) {
        stat_add(flood->stats, restarts, ref->epoch > 0);
        begin_board(flood, board, &picture);
    }
    conn->log_number = flood->log_number;
    conn->known = true;
    conn->follower.anchored = false;
    follower_start(&conn->follower, ref, picture.version);
    if (begins)
        judge_grown(flood, board);
    return 0;
}

int start_all(struct flood *flood)
{
    for (unsigned i = 0; i < flood->n_full; i++) {
        struct conn *conn = &flood->conns[i];
        const char *error = NULL;
        int result = -1;
        for (unsigned tries = 0; result != 0 && tries < FETCH_TRIES; tries++) {
            if (tries > 0)
                usleep(FETCH_AGAIN_US);
            result = start_at_picture(flood, conn, &error);
            if (atomic_load(&flood->shared->stop))
                break;
        }
        if (result != 0) {
            snprintf(flood->stats->connect_error, STATS_TEXT_BYTES, "%s: %s",
                     flood->options->targets[conn->target].url, error);
            stat_add(flood->stats, connect_failures, FETCH_TRIES);
            stat_add(flood->stats, gave_up, flood->n_conns);
            return -1;
        }
    }
    return 0;
}

void start_learn_log(struct flood *flood, unsigned target)
{
    static uint8_t pixels[CANVAS_PIXELS];
    struct picture picture = {.pixels = pixels};
    const char *error;
    if (flood->genesis[0] != '\0' || flood->now_us < flood->learn_us)
        return;
    (void)fetch(flood, target, &flood->boards[0], &picture, &error);
    flood->learn_us = flood->now_us + LEARN_US;
}

/* ---- another log */

/* The frames that wait and the acknowledgements are of the log before, and cannot be proven. */
static void forget(struct flood *flood)
{
    for (unsigned i = 0; i < flood->n_conns; i++) {
        for (const struct waiting *w = flood->conns[i].first; w; w = w->next)
            stat_add(flood->stats, unchecked, w->n);
        judge_forget(flood, &flood->conns[i]);
    }
    for (unsigned i = 0; i < flood->n_boards; i++) {
        flood->boards[i].reference_us = since_begun(flood);
        claims_check_all(flood, &flood->boards[i]);
    }
}

/* Begin every canvas at its new picture. False when there is one that cannot be had. */
static bool begin_anew(struct flood *flood, unsigned target)
{
    static uint8_t pixels[CANVAS_PIXELS];
    for (unsigned i = 0; i < flood->n_boards; i++) {
        struct picture picture = {.pixels = pixels};
        const char *error;
        unsigned tries = 1;
        while (fetch(flood, target, &flood->boards[i], &picture, &error) != 0) {
            if (tries++ == FETCH_TRIES || atomic_load(&flood->shared->stop))
                return false;
            usleep(FETCH_AGAIN_US);
        }
        begin_board(flood, &flood->boards[i], &picture);
    }
    return true;
}

bool start_follow_log(struct flood *flood, struct conn *conn, const char *genesis)
{
    if (flood->genesis[0] == '\0' || strcmp(flood->genesis, genesis) == 0) {
        snprintf(flood->genesis, sizeof flood->genesis, "%s", genesis);
        conn->log_number = flood->log_number;
        return true;
    }
    if (genesis[0] != '\0' && strcmp(flood->left, genesis) == 0) {
        stat_add(flood->stats, mixed_logs, 1);
        stats_note(flood->stats, "%s: the log is %s again, which others had left for %s",
                   conn_name(flood, conn), genesis, flood->genesis);
        conn->log_number = NO_LOG;
        return true;
    }
    char before[SAID_GENESIS_BYTES];
    memcpy(before, flood->genesis, sizeof before);
    snprintf(flood->genesis, sizeof flood->genesis, "%s", genesis);
    forget(flood);
    if (!begin_anew(flood, conn->target)) {
        memcpy(flood->genesis, before, sizeof before);
        return false;
    }
    memcpy(flood->left, before, sizeof before);
    stat_add(flood->stats, new_logs, flood->accounts);
    conn->log_number = ++flood->log_number;
    return true;
}
