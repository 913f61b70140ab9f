/* SPDX-License-Identifier: ISC */
/*
 * fuzz_request: any bytes as a request, as the server reads one. The laws: nothing outside of the
 * input is read or written; a head that comes in pieces is found where a whole one is; what is
 * accepted has the strict form; and a body is decoded alike in one piece and in many.
 * Input: a head, and behind it what may be a chunked body.
 */
#include "fuzz.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "http/chunked.h"
#include "http/field.h"
#include "http/form.h"
#include "http/request.h"
#include "http/route.h"
#include "http/web_origin.h"

static void *copy(const void *bytes, size_t len)
{
    void *made = calloc(1, len ? len : 1); /* on the heap, where a sanitizer sees its end */
    if (!made)
        abort();
    if (len > 0)
        memcpy(made, bytes, len);
    return made;
}

/* The same in pieces. */
static void check_scan(const char *text, size_t len, enum request_scan whole, size_t end)
{
    size_t at = 0;
    enum request_scan scan = SCAN_MORE;
    for (size_t have = 1; have <= len && scan == SCAN_MORE; have += 1 + have / 3)
        scan = request_scan(text, have, &at);
    if (scan == SCAN_MORE)
        scan = request_scan(text, len, &at);
    if (scan != whole || (scan == SCAN_END && at != end))
        abort();
}

static bool inside(const char *text, size_t len, const char *begin, size_t n)
{
    return begin >= text && begin + n <= text + len;
}

static void check_request(const struct request *request, const char *text, size_t len)
{
    if (request->n_fields > REQUEST_FIELDS_MAX || (request->chunked && request->body_len != 0) ||
        (request->chunked && request->http_10))
        abort();
    for (unsigned i = 0; i < request->n_fields; i++) {
        const char *name = text + request->fields[i].name, *value = text + request->fields[i].value;
        if (!inside(text, len, name, strlen(name) + 1) || *name == '\0' ||
            strpbrk(name, " :\r\n") || !inside(text, len, value, strlen(value) + 1) ||
            strpbrk(value, "\r\n") || request_count(request, name) == 0)
            abort();
        (void)field_none_match(value, "\"tag\"");
        (void)field_accepts_gzip(value);
        (void)field_is_type(value, "application/json");
    }
    if (*request->path && !inside(text, len, request->path, request->path_len + 1) &&
        strcmp(request->path, "/") != 0)
        abort();
    int64_t numbers[ROUTE_NUMBERS];
    (void)route_fits("/c/#,#/ws", request->path, numbers);
    char value[16];
    int n = form_get(request->query, request->query_len, "x", value, sizeof value);
    if (n >= (int)sizeof value || (n >= 0 && value[n] != '\0'))
        abort();
    struct web_origin origin, again;
    const char *name = request_field(request, "origin");
    if (name && web_origin_parse(&origin, name) &&
        (!web_origin_parse(&again, name) || !web_origin_equal(&origin, &again)))
        abort();
    if (request->authority)
        (void)web_origin_is_authority(&(struct web_origin){.port = 80}, request->authority,
                                      WEB_ORIGIN_UNKNOWN);
}

/* Decode it `step` bytes at a time. */
static enum chunked_result decode(const uint8_t *data, size_t len, size_t step, uint8_t *to,
                                  size_t *decoded, size_t *read)
{
    struct chunked chunked = {0};
    enum chunked_result result = CHUNKED_MORE;
    *decoded = *read = 0;
    while (*read < len && result == CHUNKED_MORE) {
        size_t n = len - *read < step ? len - *read : step, used;
        char *piece = copy(data + *read, n);
        result = chunked_decode(&chunked, piece, &n, &used);
        if (used == 0 || n > used)
            abort();
        memcpy(to + *decoded, piece, n);
        *decoded += n;
        *read += used;
        free(piece);
    }
    return result;
}

static void check_chunked(const uint8_t *data, size_t len)
{
    uint8_t *whole = copy(data, len), *pieces = copy(data, len);
    size_t decoded, read, decoded_again, read_again;
    enum chunked_result result = decode(data, len, len, whole, &decoded, &read);
    for (size_t step = 1; step < 8; step += 3) {
        if (decode(data, len, step, pieces, &decoded_again, &read_again) != result ||
            decoded_again != decoded || read_again != read || memcmp(whole, pieces, decoded) != 0)
            abort();
    }
    free(pieces);
    free(whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct request request;
    size_t end = 0;
    char *text = copy(data, len);
    enum request_scan scan = request_scan(text, len, &end);
    check_scan(text, len, scan, end);
    const char *error = NULL;
    if (scan == SCAN_END) {
        if (end > REQUEST_HEAD_MAX)
            abort();
        char *head = copy(text, end);
        unsigned status = request_parse(&request, head, end, &error);
        if ((status != 0) != (error != NULL))
            abort();
        if (status == 0)
            check_request(&request, head, end);
        free(head);
        check_chunked(data + end, len - end);
    }
    free(text);
    return 0;
}
