/* SPDX-License-Identifier: ISC */
/* control_meaning: a reader for each type that a server acts on; the others have no members that
 * matter here. */
#include "control/control_meaning.h"

#include <arpa/inet.h>
#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/canvas.h"
#include "core/decimal.h"
#include "core/hex.h"
#include "core/utf8.h"
#include "sys/network.h"

enum {
    FACTOR_MAX = 1000,
    PLANE_MIN = POSITION_MIN * CANVAS_WIDTH,
    PLANE_MAX = (POSITION_MAX + 1) * CANVAS_WIDTH - 1,
    PLANE_SPAN = POSITION_SPAN * CANVAS_WIDTH,
    V4_BITS = 96,
};

#define TIME_MAX (INT64_C(1) << 52) /* ms: what JSON's numbers hold exactly, and half of it */

static int complain(char wrong[CONTROL_WRONG_BYTES], const char *member, const char *expected)
{
    snprintf(wrong, CONTROL_WRONG_BYTES, "\"%s\" is not %s", member, expected);
    return -1;
}

/* ---- members ---- */

static const cJSON *member(const cJSON *record, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(record, name);
    return item && !cJSON_IsNull(item) ? item : NULL;
}

/* A whole number from min to max. */
static bool whole(const cJSON *item, double min, double max, int64_t *value)
{
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= min && item->valuedouble <= max) ||
        item->valuedouble != floor(item->valuedouble))
        return false;
    *value = (int64_t)item->valuedouble;
    return true;
}

/* A point in time; absent: 0. */
static int read_time(const cJSON *record, const char *name, int64_t *value,
                     char wrong[CONTROL_WRONG_BYTES])
{
    const cJSON *item = member(record, name);
    *value = 0;
    if (item && !whole(item, 1, (double)TIME_MAX, value))
        return complain(wrong, name, "a time in ms since 1970");
    return 0;
}

static int read_span(const cJSON *record, int64_t *from, int64_t *until,
                     char wrong[CONTROL_WRONG_BYTES])
{
    if (read_time(record, "from", from, wrong) != 0 ||
        read_time(record, "until", until, wrong) != 0)
        return -1;
    return *from && *until && *until <= *from ? complain(wrong, "until", "after \"from\"") : 0;
}

/* absent: *value stays. */
static int read_flag(const cJSON *record, const char *name, bool *value,
                     char wrong[CONTROL_WRONG_BYTES])
{
    const cJSON *item = member(record, name);
    if (item && !cJSON_IsBool(item))
        return complain(wrong, name, "true or false");
    if (item)
        *value = cJSON_IsTrue(item);
    return 0;
}

/* How many percent of the cost a factor means; absent: *percent stays. */
static int read_factor(const cJSON *record, const char *name, double least, uint32_t *percent,
                       char wrong[CONTROL_WRONG_BYTES])
{
    const cJSON *item = member(record, name);
    if (!item)
        return 0;
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= least && item->valuedouble <= FACTOR_MAX))
        return complain(wrong, name, "a factor of at most 1000");
    *percent = (uint32_t)(item->valuedouble * 100 + 0.5);
    return 0;
}

static int read_colours(const cJSON *item, uint16_t *colours, char wrong[CONTROL_WRONG_BYTES])
{
    const cJSON *colour;
    uint16_t mask = 0;
    cJSON_ArrayForEach(colour, item)
    {
        int64_t index;
        if (!whole(colour, 0, CANVAS_COLOURS - 1, &index))
            return complain(wrong, "colours", "a list of colours, 0 to 15");
        mask |= (uint16_t)(1u << index);
    }
    if (!cJSON_IsArray(item) || mask == 0)
        return complain(wrong, "colours", "a list of colours, 0 to 15");
    *colours = mask;
    return 0;
}

/* What people are told: the text of the first of these members that is there, else `otherwise`.
 * Control characters become blanks. */
static int read_words(const cJSON *record, const char *const *names, const char *otherwise,
                      char words[RULESET_WORDS], char wrong[CONTROL_WRONG_BYTES])
{
    const char *text = otherwise;
    for (; *names; names++) {
        const cJSON *item = member(record, *names);
        if (item && !cJSON_IsString(item))
            return complain(wrong, *names, "a text");
        if (item && item->valuestring[0]) {
            text = item->valuestring;
            break;
        }
    }
    size_t len = utf8_cut(text, strlen(text), RULESET_WORDS - 1);
    memset(words, 0, RULESET_WORDS);
    for (size_t i = 0; i < len; i++)
        words[i] = (uint8_t)text[i] < ' ' || text[i] == 0x7f ? ' ' : text[i];
    return 0;
}

static bool read_hex(const char *text, size_t len, uint8_t *bytes, size_t n)
{
    if (len != 2 * n)
        return false;
    for (size_t i = 0; i < len; i++) {
        char digit = text[i];
        int value = digit >= '0' && digit <= '9'   ? digit - '0'
                    : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                                                   : -1;
        if (value < 0)
            return false;
        bytes[i / 2] = (uint8_t)(i % 2 ? bytes[i / 2] << 4 | value : value);
    }
    return true;
}

/* ---- names ---- */

static bool network_name(const char *text, char name[CONTROL_NAME])
{
    char address[INET6_ADDRSTRLEN];
    struct network network;
    if (!network_parse(&network, text, strlen(text)))
        return false;
    for (unsigned bit = network.bits; bit < 128; bit++)
        network.address[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
    bool v4 =
        network.bits >= V4_BITS && memcmp(network.address, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12) == 0;
    if (v4)
        inet_ntop(AF_INET, network.address + 12, address, sizeof address);
    else
        inet_ntop(AF_INET6, network.address, address, sizeof address);
    int len =
        snprintf(name, CONTROL_NAME, "%s/%u", address, v4 ? network.bits - V4_BITS : network.bits);
    return len > 0 && len < CONTROL_NAME;
}

static bool author_name(const char *text, char name[CONTROL_NAME])
{
    uint64_t author;
    if (text[0] == 'A')
        text++;
    if (!hex_to_u64(text, &author))
        return false;
    hex_from_u64(name, author);
    return true;
}

static bool pseudonym_name(const char *text, char name[CONTROL_NAME])
{
    uint64_t network;
    if (strncmp(text, "net:", 4) != 0 || !hex_to_u64(text + 4, &network) || network == 0)
        return false;
    snprintf(name, CONTROL_NAME, "%s", text);
    return true;
}

static bool position_read(const char *text, struct position *position)
{
    int64_t gx, gy;
    const char *comma = strchr(text, ',');
    return comma &&
           decimal_parse_canonical(text, (size_t)(comma - text), POSITION_MIN, POSITION_MAX, &gx) &&
           decimal_parse_canonical(comma + 1, strlen(comma + 1), POSITION_MIN, POSITION_MAX, &gy) &&
           position_from(gx, gy, position);
}

bool control_name_canonical(enum control_type type, const char *text, char name[CONTROL_NAME])
{
    struct position position;
    size_t len = strlen(text);
    if (len == 0 || len >= CONTROL_NAME)
        return false;
    for (size_t i = 0; i < len; i++) {
        if ((uint8_t)text[i] < ' ' || text[i] == 0x7f)
            return false;
    }
    snprintf(name, CONTROL_NAME, "%s", text);
    switch (type) {
    case CONTROL_BAN:
        return author_name(text, name) || pseudonym_name(text, name) || network_name(text, name);
    case CONTROL_ENERGY:
    case CONTROL_FORGET:
        return author_name(text, name);
    case CONTROL_CANVAS:
        return position_read(text, &position);
    case CONTROL_PALETTE:
    case CONTROL_SECRET:
        return strcmp(text, "*") == 0;
    case CONTROL_REGION:
        return strcmp(text, "*") != 0; /* which means everywhere, in a freeze */
    default:
        return true;
    }
}

/* ---- types ---- */

static int read_ban(const char *name, const cJSON *record, struct ban *ban,
                    char wrong[CONTROL_WRONG_BYTES])
{
    static const char *const words[] = {"words", "why", NULL};
    struct network network;
    if (strncmp(name, "net:", 4) == 0) {
        ban->of = BAN_NETWORK;
        hex_to_u64(name + 4, &ban->id);
    } else if (hex_to_u64(name, &ban->id)) {
        ban->of = BAN_AUTHOR;
    } else {
        ban->of = BAN_CIDR;
        network_parse(&network, name, strlen(name));
        memcpy(ban->address, network.address, sizeof ban->address);
        ban->bits = network.bits;
    }
    if (read_time(record, "until", &ban->until_ms, wrong) != 0 ||
        read_factor(record, "slow", 1, &ban->slow, wrong) != 0)
        return -1;
    return read_words(record, words, "", ban->words, wrong);
}

static int read_rectangle(const cJSON *record, struct region *region,
                          char wrong[CONTROL_WRONG_BYTES])
{
    int64_t x, y, w, h;
    if (!whole(member(record, "x"), PLANE_MIN, PLANE_MAX, &x))
        return complain(wrong, "x", "a column of the plane");
    if (!whole(member(record, "y"), PLANE_MIN, PLANE_MAX, &y))
        return complain(wrong, "y", "a row of the plane");
    if (!whole(member(record, "w"), 1, PLANE_SPAN, &w))
        return complain(wrong, "w", "a width");
    if (!whole(member(record, "h"), 1, PLANE_SPAN, &h))
        return complain(wrong, "h", "a height");
    region->x = (int32_t)x;
    region->y = (int32_t)y;
    region->w = (int32_t)w;
    region->h = (int32_t)h;
    return 0;
}

static int read_region(const char *name, const cJSON *record, struct region *region,
                       char wrong[CONTROL_WRONG_BYTES])
{
    static const char *const words[] = {"words", NULL};
    const cJSON *colours = member(record, "colours");
    snprintf(region->name, sizeof region->name, "%s", name);
    region->percent = 100;
    region->colours = RULESET_ALL_COLOURS;
    if (read_rectangle(record, region, wrong) != 0 ||
        read_flag(record, "closed", &region->closed, wrong) != 0 ||
        read_factor(record, "factor", 0, &region->percent, wrong) != 0 ||
        (colours && read_colours(colours, &region->colours, wrong) != 0) ||
        read_span(record, &region->from_ms, &region->until_ms, wrong) != 0)
        return -1;
    return read_words(record, words, name, region->words, wrong);
}

static int read_canvas(const char *name, const cJSON *record, struct control_canvas *canvas,
                       char wrong[CONTROL_WRONG_BYTES])
{
    position_read(name, &canvas->position);
    if (!member(record, "open"))
        return complain(wrong, "open", "there");
    if (read_flag(record, "open", &canvas->open, wrong) != 0)
        return -1;
    return read_span(record, &canvas->from_ms, &canvas->until_ms, wrong);
}

static int read_freeze(const cJSON *record, struct control_freeze *freeze,
                       char wrong[CONTROL_WRONG_BYTES])
{
    static const char *const words[] = {"words", "why", NULL};
    if (read_time(record, "until", &freeze->until_ms, wrong) != 0)
        return -1;
    return read_words(record, words, "", freeze->words, wrong);
}

static int read_token(const cJSON *record, struct control_token *token,
                      char wrong[CONTROL_WRONG_BYTES])
{
    const cJSON *hash = member(record, "hash"), *grants = member(record, "grants");
    if (!cJSON_IsString(hash) ||
        !read_hex(hash->valuestring, strlen(hash->valuestring), token->hash, sizeof token->hash))
        return complain(wrong, "hash", "a SHA-256 in hex");
    token->role = cJSON_IsString(grants) ? control_role_find(grants->valuestring) : ROLE_NONE;
    if (token->role == ROLE_NONE)
        return complain(wrong, "grants", "viewer, moderator, operator or bot");
    return read_flag(record, "first", &token->first, wrong);
}

static int read_fingerprint(const cJSON *record, uint64_t *fingerprint,
                            char wrong[CONTROL_WRONG_BYTES])
{
    const cJSON *item = member(record, "fingerprint");
    return cJSON_IsString(item) && hex_to_u64(item->valuestring, fingerprint)
               ? 0
               : complain(wrong, "fingerprint", "16 hexadecimal digits");
}

int control_meaning_read(enum control_type type, const char *name, const cJSON *record,
                         union control_meaning *meaning, char wrong[CONTROL_WRONG_BYTES])
{
    memset(meaning, 0, sizeof *meaning);
    switch (type) {
    case CONTROL_BAN:
        return read_ban(name, record, &meaning->ban, wrong);
    case CONTROL_REGION:
        return read_region(name, record, &meaning->region, wrong);
    case CONTROL_CANVAS:
        return read_canvas(name, record, &meaning->canvas, wrong);
    case CONTROL_PALETTE:
        return read_colours(member(record, "colours"), &meaning->colours, wrong);
    case CONTROL_FREEZE:
        return read_freeze(record, &meaning->freeze, wrong);
    case CONTROL_TOKEN:
        return read_token(record, &meaning->token, wrong);
    case CONTROL_ENERGY:
    case CONTROL_FORGET:
        hex_to_u64(name, &meaning->author);
        return 0;
    case CONTROL_SECRET:
        return read_fingerprint(record, &meaning->fingerprint, wrong);
    default:
        return 0;
    }
}
