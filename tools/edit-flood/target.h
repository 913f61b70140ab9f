/* SPDX-License-Identifier: ISC */
/* target: a server to be flooded, as its URL says. */
#ifndef PLACED_EDIT_FLOOD_TARGET_H
#define PLACED_EDIT_FLOOD_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "core/position.h"

enum {
    TARGET_TEXT = 256,
    TARGET_PATH = TARGET_TEXT + 48,
};

struct target {
    char url[TARGET_TEXT];  /* as given */
    char name[TARGET_TEXT]; /* of the host, without port and brackets */
    char host[TARGET_TEXT]; /* as a Host header has it */
    char path[TARGET_TEXT]; /* of the WebSocket */
    bool tls;
    bool loopback;
    struct sockaddr_storage address;
    socklen_t address_len;
};

/* ws://HOST[:PORT][/PATH], http://, wss://, https://, or HOST:PORT. Without a path, or with "/":
 * /ws. Asks the resolver. 0, or -1 and *error says why. */
int target_parse(struct target *target, const char *url, const char **error);

/* The path of something beside the WebSocket: "ws", "canvas.png" or "info". position: of that
 * canvas, or NULL: of the one that the target itself names. */
void target_path(const struct target *target, const struct position *position, const char *what,
                 char path[TARGET_PATH]);

/* Which canvas the target's path names; (0, 0) when it names none. */
void target_position(const struct target *target, struct position *position);

/* Is this address of this very machine's loopback? */
bool address_is_loopback(const struct sockaddr_storage *address);

#endif
