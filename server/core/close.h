/* SPDX-License-Identifier: ISC */
/* close: the codes with which a connection is closed, one row each. See PROTOCOL.md, "Closes". */
#ifndef PLACED_CORE_CLOSE_H
#define PLACED_CORE_CLOSE_H

/* X(name of the enumerator, code). */
#define CLOSE_CODES(X)                                                                             \
    X(PROTOCOL, 1002) /* a frame that breaks RFC 6455 */                                           \
    X(BAD_DATA, 1007) /* a message of the wrong length; text that is not a JSON object */          \
    X(POLICY, 1008)   /* an id that does not grow, an unknown type, refusals that are not read */  \
    X(TOO_BIG, 1009)  /* a message that is too long */                                             \
    X(UNKNOWN, 1011)  /* the outcome of an edit cannot be known */                                 \
    X(RESTART, 1012)  /* the server ends */                                                        \
    X(NO_ROOM, 1013)  /* too many connections */                                                   \
    X(BEHIND, 4001)   /* the client fell too far behind, or does not read */

enum close_code {
#define X(name, code) CLOSE_##name = code,
    CLOSE_CODES(X)
#undef X
};

#endif
