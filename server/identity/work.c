/* SPDX-License-Identifier: ISC */
/* work: see work.h. */
#include "identity/work.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "core/bytes.h"
#include "core/hex.h"
#include "core/json.h"

enum {
    BODY_MAX = 4096,
    SALT_BYTES = COOKIE_ID_BYTES + 4, /* the identity and its minute */
    NONCE_BYTES = 8,
    PREFIX_BYTES = 16, /* of the hash: nobody meets it by another counter */
    COUNTER_BYTES = 4,
    BLOCK_BYTES = 32, /* of HMAC-SHA-256 */
};

static const char algorithm[] = "PBKDF2/SHA-256";

/* What is signed of a challenge: all of it that can differ. */
struct challenge {
    uint8_t salt[SALT_BYTES];
    uint8_t nonce[NONCE_BYTES];
    uint8_t prefix[PREFIX_BYTES];
    uint64_t expires; /* seconds since 1970 */
};

/* The first block of PBKDF2-HMAC-SHA-256, whose password is nonce and counter. */
static void derive(const struct challenge *challenge, uint32_t counter, uint8_t out[BLOCK_BYTES])
{
    static const uint8_t one[4] = {0, 0, 0, 1};
    uint8_t password[NONCE_BYTES + COUNTER_BYTES], round[BLOCK_BYTES];
    memcpy(password, challenge->nonce, NONCE_BYTES);
    for (unsigned i = 0; i < COUNTER_BYTES; i++)
        password[NONCE_BYTES + i] = (uint8_t)(counter >> (24 - 8 * i));
    crypto_auth_hmacsha256_state keyed, state;
    crypto_auth_hmacsha256_init(&keyed, password, sizeof password);
    state = keyed;
    crypto_auth_hmacsha256_update(&state, challenge->salt, SALT_BYTES);
    crypto_auth_hmacsha256_update(&state, one, sizeof one);
    crypto_auth_hmacsha256_final(&state, round);
    memcpy(out, round, BLOCK_BYTES);
    for (unsigned i = 1; i < WORK_COST; i++) {
        state = keyed;
        crypto_auth_hmacsha256_update(&state, round, BLOCK_BYTES);
        crypto_auth_hmacsha256_final(&state, round);
        for (unsigned j = 0; j < BLOCK_BYTES; j++)
            out[j] ^= round[j];
    }
}

enum { SIGNED_BYTES = SALT_BYTES + NONCE_BYTES + PREFIX_BYTES + 8 };

static void serialize(const struct challenge *challenge, uint8_t bytes[SIGNED_BYTES])
{
    uint8_t *at = bytes;
    memcpy(at, challenge->salt, SALT_BYTES);
    memcpy(at += SALT_BYTES, challenge->nonce, NONCE_BYTES);
    memcpy(at += NONCE_BYTES, challenge->prefix, PREFIX_BYTES);
    store_u64(at + PREFIX_BYTES, challenge->expires);
}

size_t work_challenge(char text[WORK_JSON_BYTES], const struct cookie *cookie, unsigned most,
                      const struct keys *keys, int64_t now_ms)
{
    struct challenge challenge = {.expires = (uint64_t)(now_ms / 1000) + WORK_SECONDS};
    uint8_t hash[BLOCK_BYTES], bytes[SIGNED_BYTES], mac[KEYS_MAC_BYTES];
    memcpy(challenge.salt, cookie->id, COOKIE_ID_BYTES);
    store_u32(challenge.salt + COOKIE_ID_BYTES, cookie->minute);
    randombytes_buf(challenge.nonce, NONCE_BYTES);
    derive(&challenge, randombytes_uniform(most), hash);
    memcpy(challenge.prefix, hash, PREFIX_BYTES);
    serialize(&challenge, bytes);
    keys_sign(keys->work, bytes, sizeof bytes, mac);
    struct json json;
    json_begin(&json, text, WORK_JSON_BYTES);
    json_open(&json, "parameters", '{');
    json_text(&json, "algorithm", algorithm);
    json_hex(&json, "nonce", challenge.nonce, NONCE_BYTES);
    json_hex(&json, "salt", challenge.salt, SALT_BYTES);
    json_u64(&json, "cost", WORK_COST);
    json_u64(&json, "keyLength", BLOCK_BYTES);
    json_hex(&json, "keyPrefix", challenge.prefix, PREFIX_BYTES);
    json_u64(&json, "expiresAt", challenge.expires);
    json_close(&json, '}');
    json_hex(&json, "signature", mac, sizeof mac);
    json_u64(&json, "most", most);
    return json_end(&json);
}

/* ---- a solution */

/* n bytes as 2n small hexadecimal digits. */
static bool get_hex(const cJSON *object, const char *name, uint8_t *bytes, size_t n)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    size_t got, len = text ? strlen(text) : 0;
    return len == 2 * n && strspn(text, "0123456789abcdef") == len &&
           sodium_hex2bin(bytes, n, text, len, NULL, &got, NULL) == 0 && got == n;
}

static bool get_number(const cJSON *object, const char *name, uint64_t max, uint64_t *number)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0) || item->valuedouble > (double)max ||
        item->valuedouble != floor(item->valuedouble))
        return false;
    *number = (uint64_t)item->valuedouble;
    return true;
}

/* What altcha calls the payload: the challenge as it was given, and the counter. */
static bool read_payload(const cJSON *payload, struct challenge *challenge,
                         uint8_t mac[KEYS_MAC_BYTES], uint32_t *counter)
{
    const cJSON *given = cJSON_GetObjectItemCaseSensitive(payload, "challenge");
    const cJSON *parameters = cJSON_GetObjectItemCaseSensitive(given, "parameters");
    const cJSON *solution = cJSON_GetObjectItemCaseSensitive(payload, "solution");
    uint64_t number;
    if (!get_hex(parameters, "salt", challenge->salt, SALT_BYTES) ||
        !get_hex(parameters, "nonce", challenge->nonce, NONCE_BYTES) ||
        !get_hex(parameters, "keyPrefix", challenge->prefix, PREFIX_BYTES) ||
        !get_number(parameters, "expiresAt", UINT64_C(1) << 52, &challenge->expires) ||
        !get_hex(given, "signature", mac, KEYS_MAC_BYTES) ||
        !get_number(solution, "counter", UINT32_MAX, &number))
        return false;
    *counter = (uint32_t)number;
    return true;
}

/* The JSON of a text that is whole and without NUL, or NULL. */
static cJSON *parse(const char *text, size_t len)
{
    char copy[BODY_MAX + 1]; /* with a NUL behind it, so that "whole" can be asked for */
    if (len > BODY_MAX || memchr(text, '\0', len))
        return NULL;
    memcpy(copy, text, len);
    copy[len] = '\0';
    return cJSON_ParseWithLengthOpts(copy, len + 1, NULL, true);
}

static bool read_body(const char *body, size_t len, struct challenge *challenge,
                      uint8_t mac[KEYS_MAC_BYTES], uint32_t *counter)
{
    char text[BODY_MAX];
    size_t n;
    const char *end;
    cJSON *json = parse(body, len);
    const char *coded = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "altcha"));
    bool good = coded &&
                sodium_base642bin((unsigned char *)text, sizeof text, coded, strlen(coded), NULL,
                                  &n, &end, sodium_base64_VARIANT_ORIGINAL) == 0 &&
                *end == '\0';
    cJSON_Delete(json);
    json = good ? parse(text, n) : NULL;
    good = json && read_payload(json, challenge, mac, counter);
    cJSON_Delete(json);
    return good;
}

const struct keys *work_check(struct cookie *cookie, const char *body, size_t len,
                              const struct keys *keys, size_t n, int64_t now_ms)
{
    struct challenge challenge;
    uint8_t bytes[SIGNED_BYTES], mac[KEYS_MAC_BYTES], hash[BLOCK_BYTES];
    uint32_t counter;
    if (!read_body(body, len, &challenge, mac, &counter))
        return NULL;
    serialize(&challenge, bytes);
    const struct keys *signer = NULL;
    for (size_t i = 0; i < n && !signer; i++) {
        if (keys_signed(keys[i].work, bytes, sizeof bytes, mac))
            signer = &keys[i];
    }
    /* Believed from here on: it is a challenge of ours. */
    if (!signer || challenge.expires < (uint64_t)(now_ms / 1000))
        return NULL;
    derive(&challenge, counter, hash);
    if (sodium_memcmp(hash, challenge.prefix, PREFIX_BYTES) != 0)
        return NULL;
    cookie->worked = true;
    memcpy(cookie->id, challenge.salt, COOKIE_ID_BYTES);
    cookie->minute = load_u32(challenge.salt + COOKIE_ID_BYTES);
    return signer;
}
