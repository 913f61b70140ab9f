/* SPDX-License-Identifier: ISC */
/* message: the fields of each type, in the order of PROTOCOL.md. */
#include "core/message.h"

#include <stdio.h>

#include "core/json.h"

struct refusal_row {
    const char *name;
    uint32_t retry_ms;
    unsigned status;
};

static const struct refusal_row refusals[] = {
#define X(name, reason, retry_ms, status) [REFUSAL_##name] = {#reason, retry_ms, status},
    REFUSALS(X)
#undef X
};

unsigned refusal_status(enum refusal reason)
{
    return refusals[reason].status;
}

static void write_energy(struct json *json, const struct message *m)
{
    const struct message_energy *energy = &m->energy;
    json_text(json, "policy", energy->policy);
    if (energy->capacity == 0)
        return;
    json_u64(json, "capacity", energy->capacity);
    json_u64(json, "blank", energy->blank);
    json_u64(json, "painted", energy->painted);
    json_i64(json, "energy", energy->energy);
    if (energy->n_curve == 0)
        return;
    json_open(json, "curve", '[');
    for (size_t i = 0; i < energy->n_curve && i < MESSAGE_CURVE_MAX; i++)
        json_u64(json, NULL, energy->curve[i]);
    json_close(json, ']');
}

static void write_hello(struct json *json, const struct message *m)
{
    json_text(json, "protocol", PROTOCOL_NAME);
    json_u64(json, "version", m->version);
    json_open(json, "energy", '{');
    write_energy(json, m);
    json_close(json, '}');
    json_text(json, "user", m->user);
    json_bool(json, "readonly", m->readonly);
    json_u64(json, "online", m->online);
    if (m->has_genesis)
        json_hex(json, "genesis", m->genesis, GENESIS_BYTES);
    else
        json_text(json, "genesis", NULL);
    json_open(json, "canvas", '[');
    json_i64(json, NULL, m->canvas.gx);
    json_i64(json, NULL, m->canvas.gy);
    json_close(json, ']');
    json_bool(json, "open", m->open);
}

static void write_placed(struct json *json, const struct message *m)
{
    json_u64(json, "id", m->id);
    json_u64(json, "version", m->version);
}

uint64_t message_retry_ms(const struct message *refused)
{
    return refused->retry_ms ? refused->retry_ms : refusals[refused->reason].retry_ms;
}

/* What is said of a refusal besides its reason. */
static void write_why(struct json *json, const struct message *m)
{
    json_u64(json, "retry_ms", message_retry_ms(m));
    if (m->until_ms > 0)
        json_i64(json, "until", m->until_ms);
    if (m->words && m->words[0]) {
        char words[MESSAGE_WORDS_MAX + 1];
        snprintf(words, sizeof words, "%s", m->words);
        json_words(json, "words", words);
    }
}

static void write_refused(struct json *json, const struct message *m)
{
    json_u64(json, "id", m->id);
    json_text(json, "reason", refusals[m->reason].name);
    write_why(json, m);
}

static void write_online(struct json *json, const struct message *m)
{
    json_u64(json, "count", m->online);
}

static void write_checksum(struct json *json, const struct message *m)
{
    uint8_t sum[8];
    for (size_t i = 0; i < sizeof sum; i++)
        sum[i] = (uint8_t)(m->checksum >> 8 * (sizeof sum - 1 - i));
    json_u64(json, "version", m->version);
    json_hex(json, "sum", sum, sizeof sum);
}

static void write_reset(struct json *json, const struct message *m)
{
    json_u64(json, "version", m->version);
}

static void write_notice(struct json *json, const struct message *m)
{
    json_bool(json, "readonly", m->readonly);
}

static void write_rules(struct json *json, const struct message *m)
{
    json_u64(json, "serial", m->serial);
    json_bool(json, "open", m->open);
}

static const struct {
    const char *name;
    void (*write)(struct json *json, const struct message *message);
} types[] = {
#define X(name, type) [MESSAGE_##name] = {#type, write_##type},
    MESSAGE_TYPES(X)
#undef X
};

const char *message_type_name(enum message_type type)
{
    return types[type].name;
}

size_t message_error_json(const struct message *refused, char text[MESSAGE_JSON_BYTES])
{
    struct json json;
    json_begin(&json, text, MESSAGE_JSON_BYTES);
    json_text(&json, "error", refusals[refused->reason].name);
    write_why(&json, refused);
    return json_end(&json);
}

size_t message_json(const struct message *message, char text[MESSAGE_JSON_BYTES])
{
    struct json json;
    json_begin(&json, text, MESSAGE_JSON_BYTES);
    json_text(&json, "type", types[message->type].name);
    types[message->type].write(&json, message);
    return json_end(&json);
}
