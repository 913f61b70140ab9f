/* SPDX-License-Identifier: ISC */
/*
 * visitor: who a request or a connection comes from, as far as the rules care: an author, the
 * networks that its address lies in, and how the author is known. identity/ finds it out.
 */
#ifndef PLACED_RULES_VISITOR_H
#define PLACED_RULES_VISITOR_H

#include <stdbool.h>
#include <stdint.h>

/* Ids of people and programs have this bit. 0 is the operator by hand; 1 to 2^32 - 1 are action
 * numbers of the control log. */
#define AUTHOR_PERSON (UINT64_C(1) << 63)

enum visitor_kind {
    VISITOR_NETWORK,   /* showed nothing: draws as its network */
    VISITOR_COOKIE,    /* an anonymous identity of ours */
    VISITOR_SIGNED_ON, /* named by the header of a trusted proxy */
    VISITOR_BOT,       /* showed a bot's token */
    VISITOR_STALE, /* showed a cookie that is no good (forged, of another server, of a key that is
                      gone, without the proof of work): may look, not draw, until it gets one */
};

/* By how many leading bits an address is counted, from strict to loose. */
enum {
    VISITOR_NETWORK_NARROW, /* /32 of IPv4, /64 of IPv6 */
    VISITOR_NETWORK_WIDE,   /* /56 of IPv6 */
    VISITOR_NETWORK_WIDEST, /* /48 of IPv6 */
    VISITOR_NETWORKS,
};

struct visitor {
    uint64_t author;                     /* with AUTHOR_PERSON */
    uint64_t networks[VISITOR_NETWORKS]; /* pseudonyms; 0: there is none (a Unix socket without a
                                            forwarding field; IPv4 has the narrow one alone) */
    uint8_t address[16];                 /* IPv4 as ::ffff:a.b.c.d; zeros: unknown */
    int64_t since_ms;                    /* when the identity was issued; 0: unknown */
    uint8_t kind;                        /* enum visitor_kind */
};

#endif
