/* SPDX-License-Identifier: ISC */
/*
 * control_record: one record of the control log, a JSON object of at most 4 kB: read from bytes
 * that anybody may have written, and made for appending. Pure. See PROTOCOL.md, "The control log".
 */
#ifndef PLACED_CONTROL_CONTROL_RECORD_H
#define PLACED_CONTROL_CONTROL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/control_actor.h"
#include "control/control_meaning.h"
#include "control/control_type.h"

struct cJSON;

enum { CONTROL_TYPE_NAME = 24 };

struct control_record {
    struct cJSON *json; /* the whole record; NULL after control_record_finish */
    const char *text;   /* the bytes that it was read from, without white space behind them */
    size_t len;
    enum control_type type;
    char type_name[CONTROL_TYPE_NAME];
    char name[CONTROL_NAME];       /* canonical, when the type is known */
    bool gone;                     /* what was of this name no longer stands */
    bool must;                     /* who does not understand it must not let anybody draw */
    union control_meaning meaning; /* when the type is known and it is not gone */
};

enum control_understood {
    CONTROL_READ,
    CONTROL_FOREIGN,   /* of another version or of an unknown type; nothing is wrong with it.
                          type_name, name, gone and must say what it is */
    CONTROL_MALFORMED, /* known by its type and name, but not understood: likewise */
    CONTROL_GARBAGE,   /* nothing is known of it; json is NULL */
};

/* Whatever it is, control_record_finish it; the bytes must live as long. wrong says what is wrong
 * with it, if something is. */
enum control_understood control_record_read(struct control_record *record, const uint8_t *bytes,
                                            size_t len, char wrong[CONTROL_WRONG_BYTES]);
void control_record_finish(struct control_record *record);

/* Can it be told at a glance that these bytes are no record of a type? False also when in doubt. */
bool control_record_is_not(const uint8_t *bytes, size_t len, const char *type);

/* Make a record of fields, which become the callee's, with what all records have besides. The JSON
 * to be freed with free(), or NULL with what is wrong: a name or a member that no reader would
 * take, too long, a member that is not the caller's to set, out of memory. */
char *control_record_write(const char *type, const char *name, struct cJSON *fields,
                           const struct control_actor *actor, uint64_t request_id, int64_t at_ms,
                           char wrong[CONTROL_WRONG_BYTES]);

#endif
