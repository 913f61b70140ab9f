/* SPDX-License-Identifier: ISC */
/*
 * identity: who is asking. Anonymous people have a signed cookie, programs a token, the members of
 * a site a name that its proxy vouches for; whoever shows nothing counts as their network. Any
 * thread.
 */
#ifndef PLACED_IDENTITY_IDENTITY_H
#define PLACED_IDENTITY_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/visitor.h"
#include "sys/metrics.h"

struct identity;

enum {
    IDENTITY_ERROR_BYTES = 256,
    IDENTITY_COOKIE_BYTES = 128, /* of a cookie's value, with its NUL */
};

enum identity_needed {
    IDENTITY_ANY,    /* nothing: a network may draw */
    IDENTITY_COOKIE, /* a cookie, a token or a name */
    IDENTITY_WORK,   /* and a proof of work before a cookie */
    IDENTITY_SSO,    /* a name or a token */
};

struct identity_config {
    const char *secret; /* the file of the keys; made when it is not there */
    const char *first;  /* the same, when it may be made (DATA/secret) */
    enum identity_needed needed;
    const char *sso_header; /* in small letters; NULL: none */
    unsigned rate;          /* new identities an hour from one narrow network */
};

/* What a request shows. */
struct identity_request {
    uint8_t address[16];       /* of the client; zeros: unknown */
    const char *cookies;       /* the value of Cookie; NULL: none. Several fields are BAD */
    const char *authorization; /* NULL: none */
    const char *name;          /* of the single sign-on header, from a proxy that is trusted */
    bool tls;                  /* the browser speaks TLS, to us or to a proxy */
};

enum identity_result {
    IDENTITY_FOUND, /* *visitor says who it is */
    IDENTITY_BAD,   /* what it shows is no good: 401. *visitor is the network */
};

/* NULL with a reason in error. */
struct identity *identity_open(const struct identity_config *config, struct metrics *metrics,
                               char error[IDENTITY_ERROR_BYTES]);
void identity_close(struct identity *identity); /* NULL is fine */

/* Who is it? */
enum identity_result identity_read(struct identity *identity,
                                   const struct identity_request *request, struct visitor *visitor);

enum identity_issue {
    ISSUE_OK,
    ISSUE_TOO_MANY, /* for its network: *retry_ms */
    ISSUE_REFUSED,  /* none are given out here, or the proof is no good */
};

/* A new identity for whoever has none: the cookie's value, and the visitor that it makes of them.
 * solution: the body of POST /identity, NULL when there is none. */
enum identity_issue identity_issue(struct identity *identity,
                                   const struct identity_request *request, const char *solution,
                                   int64_t now_ms, char cookie[IDENTITY_COOKIE_BYTES],
                                   struct visitor *visitor, uint64_t *retry_ms);

/* A name for everybody to see: three parts, such as amber-fox-41, the same on all servers. */
enum { PSEUDONYM_BYTES = 32 };
void identity_pseudonym(uint64_t author, char name[PSEUDONYM_BYTES]);

/* The pseudonym of a network, as the log of moderators has it. 0 when bits are not those of a
 * visitor's networks. */
uint64_t identity_network(struct identity *identity, const uint8_t address[16], unsigned bits);

/* The bots whose tokens are good from now on: SHA-256 of each token, and its name. Copied. 0, or -1
 * when out of memory. */
struct identity_bot {
    uint8_t hash[32];
    char name[48];
};
int identity_set_bots(struct identity *identity, const struct identity_bot *bots, size_t n);

/* Eight bytes that tell this server's secret from others, and tell nothing about it. */
uint64_t identity_fingerprint(struct identity *identity);

enum identity_needed identity_needed(const struct identity *identity);

#endif
