/* SPDX-License-Identifier: ISC */
/* said: see said.h. */
#include "said.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Above that a JSON number is no longer every whole number. */
static const double WHOLE_MAX = 9007199254740992.0;

static bool take_whole(const cJSON *object, const char *name, uint64_t *value)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    if (!cJSON_IsNumber(item) || item->valuedouble < 0 || item->valuedouble > WHOLE_MAX ||
        item->valuedouble != (double)(uint64_t)item->valuedouble)
        return false;
    *value = (uint64_t)item->valuedouble;
    return true;
}

/* The member's text when it is a string of exactly `digits` hexadecimal digits, else NULL. */
static const char *hex_of(const cJSON *object, const char *name, size_t digits)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    return text && strlen(text) == digits && strspn(text, "0123456789abcdef") == digits ? text
                                                                                        : NULL;
}

static enum said_type type_of(const char *name)
{
    static const char *const names[] = {
        [SAID_HELLO] = "hello",       [SAID_PLACED] = "placed", [SAID_REFUSED] = "refused",
        [SAID_CHECKSUM] = "checksum", [SAID_RESET] = "reset",
    };
    for (size_t i = 0; i < SAID_OTHER; i++) {
        if (strcmp(name, names[i]) == 0)
            return (enum said_type)i;
    }
    return SAID_OTHER;
}

bool said_parse(const char *text, size_t len, struct said *said)
{
    memset(said, 0, sizeof *said);
    cJSON *object = cJSON_ParseWithLength(text, len);
    const char *type = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "type"));
    bool is_message = type != NULL;
    if (is_message) {
        said->type = type_of(type);
        said->has_version = take_whole(object, "version", &said->version);
        said->has_id = take_whole(object, "id", &said->id);
        take_whole(object, "retry_ms", &said->retry_ms);
        const char *sum = hex_of(object, "sum", 16), *genesis = hex_of(object, "genesis", 32);
        said->has_sum = sum && sscanf(sum, "%16" SCNx64, &said->sum) == 1;
        said->has_genesis = cJSON_GetObjectItemCaseSensitive(object, "genesis") != NULL;
        const char *reason =
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, "reason"));
        snprintf(said->reason, sizeof said->reason, "%s", reason ? reason : "");
        snprintf(said->genesis, sizeof said->genesis, "%s", genesis ? genesis : "");
    }
    cJSON_Delete(object);
    return is_message;
}
