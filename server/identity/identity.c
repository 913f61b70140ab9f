/* SPDX-License-Identifier: ISC */
/* identity: see identity.h. */
#include "identity/identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct identity {
    struct identity_config config;
};

struct identity *identity_open(const struct identity_config *config, struct metrics *metrics,
                               char error[IDENTITY_ERROR_BYTES])
{
    struct identity *identity = calloc(1, sizeof *identity);
    if (!identity) {
        snprintf(error, IDENTITY_ERROR_BYTES, "out of memory");
        return NULL;
    }
    identity->config = *config;
    return identity;
}

void identity_close(struct identity *identity)
{
    free(identity);
}

enum identity_result identity_read(struct identity *identity,
                                   const struct identity_request *request, struct visitor *visitor)
{
    memset(visitor, 0, sizeof *visitor);
    visitor->author = AUTHOR_PERSON;
    return IDENTITY_FOUND;
}

enum identity_issue identity_issue(struct identity *identity,
                                   const struct identity_request *request, const char *solution,
                                   int64_t now_ms, char cookie[IDENTITY_COOKIE_BYTES],
                                   struct visitor *visitor, uint64_t *retry_ms)
{
    return ISSUE_REFUSED;
}

void identity_pseudonym(uint64_t author, char name[PSEUDONYM_BYTES])
{
    snprintf(name, PSEUDONYM_BYTES, "author-%u", (unsigned)(author & 0xffff));
}

uint64_t identity_network(struct identity *identity, const uint8_t address[16], unsigned bits)
{
    return 0;
}

int identity_set_bots(struct identity *identity, const struct identity_bot *bots, size_t n)
{
    return 0;
}

uint64_t identity_fingerprint(struct identity *identity)
{
    return 0;
}

enum identity_needed identity_needed(const struct identity *identity)
{
    return identity->config.needed;
}
