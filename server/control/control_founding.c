/* SPDX-License-Identifier: ISC */
/*
 * control_founding: when several servers start on an empty log, each writes a token; the first one
 * in the log counts, on every server (control_state), and the others take theirs back.
 */
#include "control/control_founding.h"

#include <cjson/cJSON.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control/control_first_token.h"
#include "control/control_record.h"
#include "control/control_tokens.h"
#include "core/hex.h"
#include "identity/identity.h"
#include "sys/clock.h"
#include "sys/diag.h"

enum { AGAIN_MS = 5000 };

#define FIRST_NAME "first" /* of the token */

enum step {
    IDLE,
    ON_ITS_WAY, /* into the log */
    READ,       /* it was read, or the log did not take it */
};

struct control_founding {
    struct control_founding_config config;
    char *path;
    struct control_waiter waiter; /* of the token */
    atomic_int token;             /* enum step: the appends may end it from another thread */
    bool has_file;                /* with the token of this hash, which is not settled yet */
    uint8_t hash[CONTROL_HASH_BYTES];
    bool failed; /* said why no token can be made */
    int64_t again_ms;

    bool has_published;
    uint64_t published; /* this server's fingerprint, as the log has or had it */
    uint64_t action;    /* of the fingerprint that was looked at last */
};

static const struct control_actor server = {.name = "server"};

static void on_done(struct control_waiter *waiter, uint64_t action)
{
    struct control_founding *founding =
        (struct control_founding *)((char *)waiter - offsetof(struct control_founding, waiter));
    atomic_store(&founding->token, READ);
}

struct control_founding *control_founding_create(const struct control_founding_config *config)
{
    struct control_founding *founding = calloc(1, sizeof *founding);
    if (!founding)
        return NULL;
    founding->config = *config;
    founding->waiter.done = on_done;
    founding->path = strdup(config->first_token);
    if (founding->path)
        return founding;
    free(founding);
    return NULL;
}

void control_founding_destroy(struct control_founding *founding)
{
    if (!founding)
        return;
    free(founding->path);
    free(founding);
}

/* 0, or -1 with a reason in error. */
static int append(struct control_appends *appends, const char *type, const char *name,
                  cJSON *fields, struct control_waiter *waiter, char error[CONTROL_ERROR_BYTES])
{
    uint64_t id;
    randombytes_buf(&id, sizeof id);
    char *text = control_record_write(type, name, fields, &server, id, clock_wall_ms(), error);
    int result = text ? control_appends_add(appends, text, waiter, error) : -1;
    free(text);
    return result;
}

/* ---- the first token ---- */

static void say_failure(struct control_founding *founding, const char *why)
{
    if (!founding->failed)
        diag_error("no token of an operator can be made: %s", why);
    founding->failed = true;
    founding->again_ms = clock_now_ms() + AGAIN_MS;
    atomic_store(&founding->token, IDLE);
}

/* A file with a new token. Not for every attempt: one whose outcome nobody knew may be in the log,
 * and then its token must be the one in the file. 0, or -1 with a reason in error. */
static int make_file(struct control_founding *founding, char error[CONTROL_ERROR_BYTES])
{
    char token[CONTROL_TOKEN_BYTES];
    if (founding->has_file)
        return 0;
    if (control_first_token_make(founding->path, token, error) != 0)
        return -1;
    control_token_hash(token, founding->hash);
    sodium_memzero(token, sizeof token);
    founding->has_file = true;
    return 0;
}

static void make_token(struct control_founding *founding, struct control_appends *appends)
{
    char error[CONTROL_ERROR_BYTES], hex[HEX_BYTES(CONTROL_HASH_BYTES)];
    if (make_file(founding, error) != 0) {
        say_failure(founding, error);
        return;
    }
    hex_encode(hex, founding->hash, sizeof founding->hash);
    cJSON *fields = cJSON_CreateObject();
    cJSON_AddStringToObject(fields, "grants", control_role_name(ROLE_OPERATOR));
    cJSON_AddStringToObject(fields, "hash", hex);
    cJSON_AddTrueToObject(fields, "first");
    atomic_store(&founding->token, ON_ITS_WAY);
    if (append(appends, "token", FIRST_NAME, fields, &founding->waiter, error) != 0)
        say_failure(founding, error);
}

/* It was read, or another server's was before it. */
static void look_whose(struct control_founding *founding, const struct control_state *state)
{
    const struct control_entry *entry = control_state_find(state, CONTROL_TOKEN, FIRST_NAME);
    atomic_store(&founding->token, IDLE);
    if (!control_state_has_operator(state)) {
        say_failure(founding, "the control log does not take it");
        return;
    }
    founding->has_file = founding->failed = false;
    if (entry && memcmp(entry->meaning.token.hash, founding->hash, CONTROL_HASH_BYTES) == 0) {
        diag_info("the first operator's token is in %s", founding->path);
        return;
    }
    unlink(founding->path);
    diag_info(
        "the first operator's token was made by another server of the set, in its data "
        "directory");
}

static void step_token(struct control_founding *founding, const struct control_state *state,
                       struct control_appends *appends)
{
    int step = atomic_load(&founding->token);
    bool has_operator = control_state_has_operator(state);
    if (step == READ || (step == IDLE && founding->has_file && has_operator))
        look_whose(founding, state);
    else if (step == IDLE && !has_operator && clock_now_ms() >= founding->again_ms)
        make_token(founding, appends);
}

/* ---- the fingerprint ---- */

static void warn_secret(void)
{
    diag_error(
        "this server's secret (--secret) is not that of the other servers of the set: "
        "people get another identity on each, and limits count for each apart. Copy one "
        "file to all of them");
}

/* Ours differs from what the set has: so that the others hear of it, too. False: try again. */
static bool publish(uint64_t fingerprint, struct control_appends *appends)
{
    char text[HEX_U64_BYTES], error[CONTROL_ERROR_BYTES];
    cJSON *fields = cJSON_CreateObject();
    hex_from_u64(text, fingerprint);
    cJSON_AddStringToObject(fields, "fingerprint", text);
    return append(appends, "secret", "*", fields, NULL, error) == 0;
}

/* At the start, when the file of the keys was read again, and when another server says what it
 * has. */
static void step_secret(struct control_founding *founding, const struct control_state *state,
                        struct control_appends *appends)
{
    const struct control_entry *entry = control_state_find(state, CONTROL_SECRET, "*");
    uint64_t now = identity_fingerprint(founding->config.others);
    uint64_t action = entry ? entry->action : 0;
    bool is_new = !founding->has_published || now != founding->published;
    if (!is_new && action == founding->action)
        return;
    bool same = entry && entry->meaning.fingerprint == now;
    bool was_ours =
        entry && founding->has_published && entry->meaning.fingerprint == founding->published;
    if (entry && !same && !was_ours && action != founding->action)
        warn_secret();
    founding->action = action;
    if (is_new && !same && !publish(now, appends))
        return;
    founding->has_published = true;
    founding->published = now;
}

void control_founding_step(struct control_founding *founding, const struct control_state *state,
                           struct control_appends *appends)
{
    step_token(founding, state, appends);
    if (founding->config.others)
        step_secret(founding, state, appends);
}

bool control_founding_done(const struct control_founding *founding)
{
    return atomic_load(&founding->token) == IDLE;
}
