/* SPDX-License-Identifier: ISC */
/* identity: see identity.h. */
#include "identity/identity.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "identity/cookie.h"
#include "identity/issuing.h"
#include "identity/keys.h"
#include "identity/secret.h"
#include "sys/clock.h"

enum {
    KEYS_MAX = 2, /* the current key, which signs, and the one before */
    MINUTE_MS = 60000,
    CHALLENGES = 10, /* for each identity that a network may have */
    NARROW_BITS = 64,
    WIDE_BITS = 56,
    WIDEST_BITS = 48,
};

/* What is read of the secret at once, so that no request sees half of a change. */
struct keyring {
    struct keys keys[KEYS_MAX]; /* [0] is the current one */
    size_t n;
};

struct identity {
    struct identity_config config;
    struct metrics *metrics;
    char *path; /* of the secret */
    bool link;  /* it may be a symbolic link */
    bool made;
    struct issuing *issuing, *challenges;
    pthread_rwlock_t lock; /* of what follows */
    struct keyring ring;
    struct identity_bot *bots;
    size_t n_bots;
};

/* ---- opening */

static int load_keys(struct identity *identity, char error[IDENTITY_ERROR_BYTES])
{
    struct secret secret;
    struct keyring ring = {.n = 1};
    if (secret_read(&secret, identity->path, identity->link, error) != 0)
        return -1;
    keys_derive(&ring.keys[0], &secret.current);
    if (secret.has_previous)
        keys_derive(&ring.keys[ring.n++], &secret.previous);
    secret_wipe(&secret);
    pthread_rwlock_wrlock(&identity->lock);
    identity->ring = ring;
    pthread_rwlock_unlock(&identity->lock);
    sodium_memzero(&ring, sizeof ring);
    return 0;
}

static int open_secret(struct identity *identity, char error[IDENTITY_ERROR_BYTES])
{
    const struct identity_config *config = &identity->config;
    identity->link = config->secret != NULL;
    identity->path = strdup(config->secret ? config->secret : config->first);
    if (!identity->path || sodium_init() < 0) {
        snprintf(error, IDENTITY_ERROR_BYTES, "out of memory");
        return -1;
    }
    int made = config->secret ? 0 : secret_make(config->first, error);
    identity->made = made == 1;
    identity->config.secret = identity->config.first = NULL; /* the caller's */
    return made < 0 ? -1 : load_keys(identity, error);
}

struct identity *identity_open(const struct identity_config *config, struct metrics *metrics,
                               char error[IDENTITY_ERROR_BYTES])
{
    struct identity *identity = calloc(1, sizeof *identity);
    if (!identity) {
        snprintf(error, IDENTITY_ERROR_BYTES, "out of memory");
        return NULL;
    }
    identity->config = *config;
    identity->metrics = metrics;
    pthread_rwlock_init(&identity->lock, NULL);
    identity->issuing = issuing_create(config->rate);
    identity->challenges = issuing_create(CHALLENGES * config->rate);
    bool room = identity->issuing && identity->challenges;
    if (!room)
        snprintf(error, IDENTITY_ERROR_BYTES, "out of memory");
    if (!room || open_secret(identity, error) != 0) {
        identity_close(identity);
        return NULL;
    }
    return identity;
}

void identity_close(struct identity *identity)
{
    if (!identity)
        return;
    issuing_destroy(identity->issuing);
    issuing_destroy(identity->challenges);
    sodium_memzero(&identity->ring, sizeof identity->ring);
    pthread_rwlock_destroy(&identity->lock);
    free(identity->bots);
    free(identity->path);
    free(identity);
}

bool identity_made(const struct identity *identity)
{
    return identity->made;
}

int identity_reload(struct identity *identity, char error[IDENTITY_ERROR_BYTES])
{
    return load_keys(identity, error);
}

enum identity_needed identity_needed(const struct identity *identity)
{
    return identity->config.needed;
}

/* ---- what a request shows */

const char *identity_cookie_name(const struct identity_request *request)
{
    return request->tls ? COOKIE_NAME_TLS : COOKIE_NAME_PLAIN;
}

static const char *other_name(const struct identity_request *request)
{
    return request->tls ? COOKIE_NAME_PLAIN : COOKIE_NAME_TLS;
}

static void find_cookie(const struct identity_request *request, const char *name,
                        struct cookie_shown *shown)
{
    memset(shown, 0, sizeof *shown);
    if (request->cookies)
        cookie_find(request->cookies, name, shown);
}

const char *identity_cookie_other(const struct identity_request *request)
{
    struct cookie_shown shown;
    find_cookie(request, other_name(request), &shown);
    return shown.count > 0 ? other_name(request) : NULL;
}

static bool is_v4(const uint8_t address[16])
{
    static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};
    return memcmp(address, prefix, sizeof prefix) == 0;
}

/* Whoever shows nothing is known by the network. Everybody has networks, if the address is known.
 */
static void be_network(const struct keys *keys, const struct identity_request *request,
                       struct visitor *visitor)
{
    uint8_t prefix[KEYS_PREFIX_BYTES];
    const uint8_t *address = request->address;
    unsigned narrow = is_v4(address) ? KEYS_ADDRESS_BITS : NARROW_BITS;
    memset(visitor, 0, sizeof *visitor);
    memcpy(visitor->address, address, sizeof visitor->address);
    visitor->kind = VISITOR_NETWORK;
    keys_prefix(prefix, address, narrow);
    visitor->author = keys_author(keys, KEYS_OF_NETWORK, prefix, sizeof prefix);
    if (sodium_is_zero(address, sizeof visitor->address))
        return;
    visitor->networks[VISITOR_NETWORK_NARROW] = keys_network(keys, address, narrow);
    if (is_v4(address))
        return;
    visitor->networks[VISITOR_NETWORK_WIDE] = keys_network(keys, address, WIDE_BITS);
    visitor->networks[VISITOR_NETWORK_WIDEST] = keys_network(keys, address, WIDEST_BITS);
}

static void be_cookie(const struct keys *keys, const struct cookie *cookie, struct visitor *visitor)
{
    visitor->kind = VISITOR_COOKIE;
    visitor->author = keys_author(keys, KEYS_OF_COOKIE, cookie->id, COOKIE_ID_BYTES);
    visitor->since_ms = (int64_t)cookie->minute * MINUTE_MS;
}

/* Token and name. False when there is neither; *result is then as it was. */
static bool read_vouched(const struct identity *identity, const struct keys *keys,
                         const struct identity_request *request, struct visitor *visitor,
                         enum identity_result *result)
{
    const char *token;
    size_t len;
    if (request->authorization && bots_bearer(request->authorization, &token, &len)) {
        const struct identity_bot *bot = bots_find(identity->bots, identity->n_bots, token, len);
        *result = bot ? IDENTITY_FOUND : IDENTITY_BAD;
        if (bot) {
            visitor->kind = VISITOR_BOT;
            visitor->author = keys_author(keys, KEYS_OF_BOT, bot->name, strlen(bot->name));
        }
        return true;
    }
    if (request->name) {
        visitor->kind = VISITOR_SIGNED_ON;
        visitor->author = keys_author(keys, KEYS_OF_NAME, request->name, strlen(request->name));
        *result = IDENTITY_FOUND;
        return true;
    }
    return false;
}

/* A cookie that counts here: the key that has signed it, or NULL. */
static const struct keys *read_cookie(const struct identity *identity,
                                      const struct cookie_shown *shown, int64_t now_ms,
                                      struct cookie *cookie)
{
    if (shown->count != 1)
        return NULL;
    return cookie_read(cookie, shown->text, shown->len, identity->ring.keys, identity->ring.n,
                       now_ms);
}

static bool is_enough(const struct identity *identity, const struct cookie *cookie)
{
    return identity->config.needed != IDENTITY_WORK || cookie->worked;
}

static enum identity_result read_locked(struct identity *identity,
                                        const struct identity_request *request,
                                        struct visitor *visitor)
{
    enum identity_result result = IDENTITY_FOUND;
    struct cookie_shown shown, other;
    struct cookie cookie;
    be_network(&identity->ring.keys[0], request, visitor);
    if (read_vouched(identity, &identity->ring.keys[0], request, visitor, &result) ||
        identity->config.needed == IDENTITY_SSO)
        return result;
    find_cookie(request, identity_cookie_name(request), &shown);
    find_cookie(request, other_name(request), &other);
    if (shown.count + other.count == 0)
        return IDENTITY_FOUND;
    if (shown.count + other.count > 1)
        return IDENTITY_TWICE;
    const struct keys *keys = read_cookie(identity, &shown, clock_wall_ms(), &cookie);
    if (keys && is_enough(identity, &cookie)) {
        be_cookie(keys, &cookie, visitor);
        return IDENTITY_FOUND;
    }
    if (!keys)
        metric_add(identity->metrics, cookies_bad_total, 1);
    /* Were it to count as none, a client behind a proxy that hashes cookies could choose its server
     * by any text, and spend what its network has on each. */
    visitor->kind = VISITOR_STALE;
    return IDENTITY_FOUND;
}

enum identity_result identity_read(struct identity *identity,
                                   const struct identity_request *request, struct visitor *visitor)
{
    pthread_rwlock_rdlock(&identity->lock);
    enum identity_result result = read_locked(identity, request, visitor);
    pthread_rwlock_unlock(&identity->lock);
    return result;
}

/* ---- new identities */

static void new_cookie(struct cookie *cookie, int64_t now_ms)
{
    *cookie = (struct cookie){.minute = (uint32_t)(now_ms / MINUTE_MS)};
    randombytes_buf(cookie->id, COOKIE_ID_BYTES);
}

/* Whom to make of a request that shows nothing good: the cookie, and the key that signs it. */
static enum identity_issue make_cookie(struct identity *identity, const char *solution, size_t len,
                                       int64_t now_ms, struct cookie *cookie,
                                       const struct keys **keys)
{
    const struct keyring *ring = &identity->ring;
    *keys = &ring->keys[0];
    if (identity->config.needed != IDENTITY_WORK) {
        new_cookie(cookie, now_ms);
        return ISSUE_OK;
    }
    if (!solution || len == 0)
        return ISSUE_REFUSED;
    *keys = work_check(cookie, solution, len, ring->keys, ring->n, now_ms);
    return *keys ? ISSUE_OK : ISSUE_REFUSED;
}

static enum identity_issue issue_locked(struct identity *identity,
                                        const struct identity_request *request,
                                        const char *solution, size_t len, int64_t now_ms,
                                        char text[IDENTITY_COOKIE_BYTES], struct visitor *visitor,
                                        uint64_t *retry_ms)
{
    enum identity_result vouched = IDENTITY_FOUND;
    struct cookie_shown shown;
    struct cookie cookie;
    be_network(&identity->ring.keys[0], request, visitor);
    if (read_vouched(identity, &identity->ring.keys[0], request, visitor, &vouched))
        return vouched == IDENTITY_FOUND ? ISSUE_OK : ISSUE_BAD;
    if (identity->config.needed == IDENTITY_SSO)
        return ISSUE_NONE;
    find_cookie(request, identity_cookie_name(request), &shown);
    if (shown.count > 1)
        return ISSUE_TWICE;
    const struct keys *keys = read_cookie(identity, &shown, now_ms, &cookie);
    if (keys && is_enough(identity, &cookie)) {
        be_cookie(keys, &cookie, visitor);
        return ISSUE_OK;
    }
    enum identity_issue issue = make_cookie(identity, solution, len, now_ms, &cookie, &keys);
    /* A solution that is no good counts, too: it has cost this server more than the client. */
    if ((issue == ISSUE_OK || (solution && len > 0)) &&
        !issuing_take(identity->issuing, visitor->networks, now_ms, retry_ms))
        return ISSUE_TOO_MANY;
    if (issue != ISSUE_OK)
        return issue;
    cookie_write(text, &cookie, keys);
    be_cookie(keys, &cookie, visitor);
    metric_add(identity->metrics, identities_total, 1);
    return ISSUE_OK;
}

enum identity_issue identity_issue(struct identity *identity,
                                   const struct identity_request *request, const char *solution,
                                   size_t solution_len, int64_t now_ms,
                                   char cookie[IDENTITY_COOKIE_BYTES], struct visitor *visitor,
                                   uint64_t *retry_ms)
{
    cookie[0] = '\0';
    *retry_ms = 0;
    pthread_rwlock_rdlock(&identity->lock);
    enum identity_issue issue =
        issue_locked(identity, request, solution, solution_len, now_ms, cookie, visitor, retry_ms);
    pthread_rwlock_unlock(&identity->lock);
    if (issue != ISSUE_OK)
        metric_add(identity->metrics, identities_refused_total, 1);
    return issue;
}

enum identity_issue identity_challenge(struct identity *identity,
                                       const struct identity_request *request, int64_t now_ms,
                                       char json[WORK_JSON_BYTES], size_t *len, uint64_t *retry_ms)
{
    struct cookie_shown shown;
    struct cookie cookie;
    struct visitor network;
    if (identity->config.needed != IDENTITY_WORK)
        return ISSUE_NONE;
    find_cookie(request, identity_cookie_name(request), &shown);
    pthread_rwlock_rdlock(&identity->lock);
    /* Who has an identity that was given freely keeps it, and works for it now. */
    const struct keys *keys = read_cookie(identity, &shown, now_ms, &cookie);
    if (!keys) {
        new_cookie(&cookie, now_ms);
        keys = &identity->ring.keys[0];
    }
    be_network(&identity->ring.keys[0], request, &network);
    bool may = issuing_take(identity->challenges, network.networks, now_ms, retry_ms);
    if (may)
        *len = work_challenge(json, &cookie, identity->config.work, keys, now_ms);
    pthread_rwlock_unlock(&identity->lock);
    return may ? ISSUE_OK : ISSUE_TOO_MANY;
}

/* ---- names and pseudonyms */

void identity_pseudonym(uint64_t author, char name[PSEUDONYM_BYTES])
{
    pseudonym_write(author, name);
}

uint64_t identity_network(struct identity *identity, const uint8_t address[16], unsigned bits)
{
    bool counted = is_v4(address) ? bits == KEYS_ADDRESS_BITS
                                  : bits == NARROW_BITS || bits == WIDE_BITS || bits == WIDEST_BITS;
    if (!counted)
        return 0;
    pthread_rwlock_rdlock(&identity->lock);
    uint64_t pseudonym = keys_network(&identity->ring.keys[0], address, bits);
    pthread_rwlock_unlock(&identity->lock);
    return pseudonym;
}

int identity_set_bots(struct identity *identity, const struct identity_bot *bots, size_t n)
{
    struct identity_bot *copy = calloc(n + 1, sizeof *copy);
    if (!copy)
        return -1;
    if (n > 0)
        memcpy(copy, bots, n * sizeof *copy);
    pthread_rwlock_wrlock(&identity->lock);
    struct identity_bot *old = identity->bots;
    identity->bots = copy;
    identity->n_bots = n;
    pthread_rwlock_unlock(&identity->lock);
    free(old);
    return 0;
}

uint64_t identity_fingerprint(struct identity *identity)
{
    pthread_rwlock_rdlock(&identity->lock);
    uint64_t fingerprint = identity->ring.keys[0].fingerprint;
    pthread_rwlock_unlock(&identity->lock);
    return fingerprint;
}
