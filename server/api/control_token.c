/* SPDX-License-Identifier: ISC */
/*
 * control_token: see control_token.h. A token is 32 random bytes. It is told once, in the answer
 * that makes it; the control log has its SHA-256, from which nobody can find it.
 */
#include "api/control_token.h"

#include <cjson/cJSON.h>
#include <sodium.h>
#include <string.h>

#include "api/control_answer.h"
#include "api/control_lists.h"
#include "api/control_request.h"
#include "core/hex.h"
#include "http/http.h"
#include "http/site.h"

enum {
    SECRET_BYTES = 32,
    TEXT_BYTES = sodium_base64_ENCODED_LEN(SECRET_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
};

_Static_assert((int)TEXT_BYTES <= (int)CONTROL_TOKEN_BYTES, "a token is longer than control takes");

static const char *text_of(const cJSON *record, const char *member)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(record, member));
    return text ? text : "";
}

static struct cJSON *make_list(struct site *site, uint64_t a, uint64_t b)
{
    return control_list(site->control, "token");
}

void control_token_list(struct control_request *r)
{
    control_lists_answer(r, make_list, 0, 0);
}

void control_token_post(struct control_request *r)
{
    const char *name = NULL, *role = NULL;
    control_field_name(r, "name", FIELD_NEEDED, CONTROL_NAME - 1, &name);
    control_field_word(r, "role", FIELD_NEEDED, "viewer|moderator|operator|bot", &role);
    if (r->error[0]) {
        control_answer_wrong(r);
        return;
    }
    cJSON *other = control_get(r->http->site->control, "token", name);
    cJSON_Delete(other);
    if (other) {
        control_answer_error(r, 409, "name: there is a token of this name; remove it before");
        return;
    }
    uint8_t secret[SECRET_BYTES], hash[crypto_hash_sha256_BYTES];
    char text[TEXT_BYTES], hex[HEX_BYTES(crypto_hash_sha256_BYTES)];
    randombytes_buf(secret, sizeof secret);
    sodium_bin2base64(text, sizeof text, secret, sizeof secret,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    crypto_hash_sha256(hash, (const uint8_t *)text, strlen(text));
    hex_encode(hex, hash, sizeof hash);
    cJSON *fields = cJSON_CreateObject(), *more = cJSON_CreateObject();
    cJSON_AddStringToObject(fields, "grants", role);
    cJSON_AddStringToObject(fields, "hash", hex);
    cJSON_AddStringToObject(more, "token", text);
    sodium_memzero(secret, sizeof secret);
    sodium_memzero(text, sizeof text);
    control_answer_append(r, "token", name, fields, more);
}

/* Without an operator's token nobody could make another one. */
static bool is_last_operator(struct control_request *r, const char *name)
{
    cJSON *tokens = control_list(r->http->site->control, "token"), *token;
    bool is_operator = false, others = false;
    cJSON_ArrayForEach(token, tokens)
    {
        if (strcmp(text_of(token, "grants"), "operator") != 0)
            continue;
        if (strcmp(text_of(token, "name"), name) == 0)
            is_operator = true;
        else
            others = true;
    }
    cJSON_Delete(tokens);
    return is_operator && !others;
}

void control_token_post_remove(struct control_request *r)
{
    const char *name = NULL;
    if (!control_field_name(r, "name", FIELD_NEEDED, CONTROL_NAME - 1, &name))
        control_answer_wrong(r);
    else if (is_last_operator(r, name))
        control_answer_error(r, 409, "name: it is the last one of an operator");
    else
        control_answer_remove(r, "token", name, "name: there is no such token");
}
