/* SPDX-License-Identifier: ISC */
/* report: see report.h. */
#include "report.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/hex.h"

const char *report_result(const struct verdict *verdict)
{
    static const char *const names[] = {
        [VERDICT_SAME] = "same", [VERDICT_DIFFERENT] = "different", [VERDICT_FAILED] = "failed"};
    return names[verdict->result];
}

/* ---- for people ---- */

static void say_side(const struct side *side)
{
    if (side)
        printf("%s: %s %s, version %" PRIu64 "\n", side->who, side_kind_name(side), side->where,
               side->version);
}

static void say_ahead(const struct side *more, const struct side *less)
{
    if (more->version > less->version)
        printf("%s is ahead: it goes to version %" PRIu64 ", %s ends at %" PRIu64
               "; compared is what both have\n",
               more->who, more->version, less->who, less->version);
}

bool report_text(const struct side *a, const struct side *b, const struct verdict *v)
{
    say_side(a);
    say_side(b);
    if (a && b) {
        say_ahead(a, b);
        say_ahead(b, a);
    }
    if (a)
        printf("compared up to version %" PRIu64 ": %zu canvases, %" PRIu64
               " complete blocks, %" PRIu64 " records, %" PRIu64 " edits\n",
               v->version, v->canvases, v->blocks, v->compared.records, v->compared.edits);
    for (size_t i = 0; i < v->n_findings; i++) {
        char text[DIFFERENCE_TEXT_BYTES];
        printf("different: %s: %s\n", v->findings[i].who,
               difference_say(&v->findings[i].difference, text));
    }
    if (v->result == VERDICT_FAILED)
        printf("failed: %s\n", v->error);
    if (v->result == VERDICT_SAME)
        printf("same\n");
    return fflush(stdout) == 0 && !ferror(stdout);
}

/* ---- for programs ---- */

/* As digits: cJSON's numbers are doubles. */
static void add_u64(cJSON *object, const char *name, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, value);
    cJSON_AddRawToObject(object, name, text);
}

static void add_hex(cJSON *object, const char *name, const uint8_t *bytes, size_t n)
{
    char text[HEX_BYTES(DIGEST_BYTES)];
    if (bytes)
        hex_encode(text, bytes, n);
    if (bytes)
        cJSON_AddStringToObject(object, name, text);
    else
        cJSON_AddNullToObject(object, name);
}

static void add_side(cJSON *report, const char *name, const struct side *side)
{
    if (!side) {
        cJSON_AddNullToObject(report, name);
        return;
    }
    cJSON *object = cJSON_AddObjectToObject(report, name);
    cJSON_AddStringToObject(object, "kind", side_kind_name(side));
    cJSON_AddStringToObject(object, "where", side->where);
    add_u64(object, "version", side->version);
    add_hex(object, "genesis", side_genesis(side), GENESIS_BYTES);
}

static void add_canvas(cJSON *object, struct position position)
{
    cJSON *canvas = cJSON_AddArrayToObject(object, "canvas");
    cJSON_AddItemToArray(canvas, cJSON_CreateNumber(position.gx));
    cJSON_AddItemToArray(canvas, cJSON_CreateNumber(position.gy));
}

static void add_finding(cJSON *list, const struct finding *finding)
{
    const struct difference *d = &finding->difference;
    char text[DIFFERENCE_TEXT_BYTES];
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "who", finding->who);
    if (d->has_position)
        add_canvas(object, d->position);
    if (d->has_block)
        add_u64(object, "block", d->block);
    if (d->has_offset)
        add_u64(object, "offset", d->offset);
    if (d->has_edit)
        add_u64(object, "edit", d->edit);
    cJSON_AddStringToObject(object, "what", d->what);
    cJSON_AddStringToObject(object, "expected", d->expected);
    cJSON_AddStringToObject(object, "found", d->found);
    cJSON_AddStringToObject(object, "text", difference_say(d, text));
    cJSON_AddItemToArray(list, object);
}

static void add_chains(cJSON *report, const struct verdict *v)
{
    cJSON *list = cJSON_AddArrayToObject(report, "chains");
    for (size_t i = 0; i < v->n_chains; i++) {
        const struct chain *chain = &v->chains[i];
        cJSON *object = cJSON_CreateObject();
        add_canvas(object, chain->position);
        add_u64(object, "blocks", chain->blocks);
        add_hex(object, "chain", chain->chain, DIGEST_BYTES);
        cJSON_AddItemToArray(list, object);
    }
}

bool report_json(const struct side *a, const struct side *b, const struct verdict *v)
{
    cJSON *report = cJSON_CreateObject();
    cJSON_AddStringToObject(report, "result", report_result(v));
    add_side(report, "a", a);
    add_side(report, "b", b);
    cJSON *compared = cJSON_AddObjectToObject(report, "compared");
    add_u64(compared, "version", v->version);
    add_u64(compared, "canvases", v->canvases);
    add_u64(compared, "blocks", v->blocks);
    add_u64(compared, "records", v->compared.records);
    add_u64(compared, "edits", v->compared.edits);
    cJSON *differences = cJSON_AddArrayToObject(report, "differences");
    for (size_t i = 0; i < v->n_findings; i++)
        add_finding(differences, &v->findings[i]);
    add_chains(report, v);
    if (v->result == VERDICT_FAILED)
        cJSON_AddStringToObject(report, "error", v->error);
    else
        cJSON_AddNullToObject(report, "error");
    char *text = cJSON_Print(report);
    cJSON_Delete(report);
    if (text)
        puts(text);
    bool good = text && fflush(stdout) == 0 && !ferror(stdout);
    free(text);
    return good;
}
