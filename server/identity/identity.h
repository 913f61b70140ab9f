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

#include "identity/bots.h"
#include "identity/pseudonym.h"
#include "identity/work.h"
#include "rules/visitor.h"
#include "sys/metrics.h"

struct identity;

enum {
    IDENTITY_ERROR_BYTES = 256,
    IDENTITY_COOKIE_BYTES = COOKIE_TEXT_BYTES + 1, /* of a cookie's value, with its NUL */
    IDENTITY_NAME_MAX = 255,                       /* bytes of a name of single sign-on */
};

enum identity_needed {
    IDENTITY_ANY,    /* nothing: a network may draw */
    IDENTITY_COOKIE, /* a cookie, a token or a name */
    IDENTITY_WORK,   /* and a proof of work before a cookie */
    IDENTITY_SSO,    /* a name or a token */
};

struct identity_config {
    const char *secret; /* the file of the keys, which has to be there; NULL: the next one is */
    const char *first;  /* the file of the keys, which is made when it is not there */
    enum identity_needed needed;
    unsigned rate; /* new identities an hour from one narrow network; 0: any number */
    unsigned work; /* tries that a proof of work takes at most; at least 1 */
};

/* What a request shows. */
struct identity_request {
    uint8_t address[16];       /* of the client; zeros: unknown */
    const char *cookies;       /* the value of Cookie; NULL: none */
    const char *authorization; /* NULL: none */
    const char *name;          /* of the single sign-on header, from a proxy that is trusted */
    bool tls;                  /* the browser speaks TLS, to us or to a proxy */
};

enum identity_result {
    IDENTITY_FOUND, /* *visitor says who it is */
    IDENTITY_BAD,   /* its token is nobody's: 401. *visitor is the network */
    IDENTITY_TWICE, /* it has more than one cookie of ours: 400. *visitor is the network */
};

/* NULL with a reason in error. */
struct identity *identity_open(const struct identity_config *config, struct metrics *metrics,
                               char error[IDENTITY_ERROR_BYTES]);
void identity_close(struct identity *identity); /* NULL is fine */

/* Has identity_open made the file of the keys? Then nobody else has them yet. */
bool identity_made(const struct identity *identity);

/* Read the file of the keys again. 0, or -1 with a reason in error, and the keys are as before. */
int identity_reload(struct identity *identity, char error[IDENTITY_ERROR_BYTES]);

/* Who is it? A token goes before a name, and that before a cookie. */
enum identity_result identity_read(struct identity *identity,
                                   const struct identity_request *request, struct visitor *visitor);

enum identity_issue {
    ISSUE_OK,
    ISSUE_TOO_MANY, /* for its network: *retry_ms */
    ISSUE_REFUSED,  /* the proof of work is missing or no good */
    ISSUE_NONE,     /* none are given out here */
    ISSUE_BAD,      /* its token is nobody's */
    ISSUE_TWICE,    /* it has its cookie twice */
};

/* A new identity for whoever has none: the cookie's value, "" for who has one already, and the
 * visitor that it makes of them. solution: the body of POST /identity, NULL when there is none. */
enum identity_issue identity_issue(struct identity *identity,
                                   const struct identity_request *request, const char *solution,
                                   size_t solution_len, int64_t now_ms,
                                   char cookie[IDENTITY_COOKIE_BYTES], struct visitor *visitor,
                                   uint64_t *retry_ms);

/* A challenge whose solution identity_issue takes, as JSON of *len bytes; no NUL follows. Or
 * ISSUE_NONE: no proof of work is asked for; ISSUE_TOO_MANY: one network gets ten challenges for
 * each identity that it may have, because making one costs this server a hash or two hundred. */
enum identity_issue identity_challenge(struct identity *identity,
                                       const struct identity_request *request, int64_t now_ms,
                                       char json[WORK_JSON_BYTES], size_t *len, uint64_t *retry_ms);

/* The name of the cookie that counts for this request, and the other one if it came along. */
const char *identity_cookie_name(const struct identity_request *request);
const char *identity_cookie_other(const struct identity_request *request);

/* A name for everybody to see: three parts, such as amber-fox-41, the same on all servers. */
void identity_pseudonym(uint64_t author, char name[PSEUDONYM_BYTES]);

/* The pseudonym of a network, as the log of moderators has it. IPv4 addresses have 128 bits, as
 * IPv6 ones. 0 when bits are not those of a visitor's networks. */
uint64_t identity_network(struct identity *identity, const uint8_t address[16], unsigned bits);

/* The bots whose tokens are good from now on. Copied. 0, or -1 when out of memory. */
int identity_set_bots(struct identity *identity, const struct identity_bot *bots, size_t n);

/* Eight bytes that tell this server's secret from others, and tell nothing about it. */
uint64_t identity_fingerprint(struct identity *identity);

enum identity_needed identity_needed(const struct identity *identity);

#endif
