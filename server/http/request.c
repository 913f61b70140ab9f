/* SPDX-License-Identifier: ISC */
/* request: see request.h. */
#include "http/request.h"

#include <http_parser.h>
#include <string.h>
#include <strings.h>

#include "http/field.h"
#include "http/form.h"

/* What is given to http-parser's callbacks. */
struct reading {
    struct request *request;
    char *text;
    const char *url;
    size_t url_len;
    const char *error;
};

enum request_scan request_scan(const char *text, size_t len, size_t *at)
{
    for (size_t i = *at; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        char before = '\0';
        if (i > 0)
            before = text[i - 1];
        /* Lines end in CR LF and in nothing else, none is continued in the next one, and there are
         * no control characters. */
        if ((c == '\n') != (before == '\r') || (c < ' ' && c != '\r' && c != '\n' && c != '\t') ||
            c == 0x7f || ((c == ' ' || c == '\t') && (i == 0 || before == '\n')))
            return SCAN_BAD;
        if (i >= REQUEST_HEAD_MAX)
            return SCAN_LONG;
        if (c == '\n' && i >= 3 && text[i - 2] == '\n') {
            *at = i + 1;
            return SCAN_END;
        }
    }
    *at = len;
    return SCAN_MORE;
}

static int on_url(http_parser *parser, const char *at, size_t len)
{
    struct reading *reading = parser->data;
    if (!reading->url)
        reading->url = at;
    reading->url_len += len;
    return 0;
}

static int on_name(http_parser *parser, const char *at, size_t len)
{
    struct reading *reading = parser->data;
    struct request *request = reading->request;
    if (memchr(at, ' ', len)) {
        reading->error = "header: a name with a blank in it";
        return -1;
    }
    if (request->n_fields == REQUEST_FIELDS_MAX) {
        reading->error = "header: too many fields";
        return -1;
    }
    request->fields[request->n_fields++] =
        (struct request_field){.name = (uint16_t)(at - reading->text)};
    reading->text[at - reading->text + (ptrdiff_t)len] = '\0'; /* the colon */
    return 0;
}

static int on_value(http_parser *parser, const char *at, size_t len)
{
    struct reading *reading = parser->data;
    struct request *request = reading->request;
    struct request_field *field = &request->fields[request->n_fields - 1];
    if (len == 0) { /* `at` is then somewhere behind it: let it be the NUL behind the name */
        field->value = (uint16_t)(field->name + strlen(reading->text + field->name));
        return 0;
    }
    while (len > 0 && (at[len - 1] == ' ' || at[len - 1] == '\t'))
        len--;
    field->value = (uint16_t)(at - reading->text);
    /* A blank, or the CR that ends the line, which has been read before. */
    reading->text[at - reading->text + (ptrdiff_t)len] = '\0';
    return 0;
}

/* The body is read elsewhere, and an upgrade is a matter of who serves the path. */
static int on_headers_complete(http_parser *parser)
{
    http_parser_pause(parser, 1);
    return 0;
}

/* Split the target into authority, path and query. The status of the error, or 0. */
static unsigned split_target(struct request *request, char *url, size_t len)
{
    url[len] = '\0'; /* the blank behind it */
    char *path = url;
    if (*url != '/' && !(len == 1 && *url == '*')) { /* absolute: http://host/path */
        char *authority = strstr(url, "://");
        if (!authority ||
            (strncasecmp(url, "http://", 7) != 0 && strncasecmp(url, "https://", 8) != 0))
            return 400;
        authority += 3;
        path = authority + strcspn(authority, "/?");
        /* The authority moves to the front by one, so that a NUL fits between it and the path. */
        size_t n = (size_t)(path - authority);
        if (n == 0 || memchr(authority, '@', n))
            return 400;
        memmove(authority - 1, authority, n);
        authority[n - 1] = '\0';
        request->authority = authority - 1;
    }
    size_t path_len = strcspn(path, "?");
    bool asks = path[path_len] == '?';
    request->query = asks ? path + path_len + 1 : "";
    request->query_len = strlen(request->query);
    if (strchr(path, '#'))
        return 400;
    size_t decoded = form_decode(path, path_len, 0);
    request->plain = decoded == path_len && !asks;
    path_len = decoded;
    path[path_len] = '\0';
    request->path = path_len > 0 ? path : "/";
    request->path_len = path_len > 0 ? path_len : 1;
    return 0;
}

static enum request_method method_of(unsigned method)
{
    switch (method) {
    case HTTP_GET:
        return METHOD_GET;
    case HTTP_HEAD:
        return METHOD_HEAD;
    case HTTP_POST:
        return METHOD_POST;
    case HTTP_OPTIONS:
        return METHOD_OPTIONS;
    default:
        return METHOD_OTHER;
    }
}

/* What http-parser did not like. */
static unsigned parser_error(http_parser *parser, const char *text, const char **error)
{
    switch (HTTP_PARSER_ERRNO(parser)) {
    case HPE_INVALID_METHOD: {
        /* One that we have not heard of, or no HTTP at all? */
        size_t n = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_");
        if (n == 0 || text[n] != ' ')
            break;
        *error = "method not implemented";
        return 501;
    }
    case HPE_INVALID_VERSION:
        *error = "version: expected HTTP/1.1";
        return 505;
    case HPE_UNEXPECTED_CONTENT_LENGTH:
    case HPE_INVALID_CONTENT_LENGTH:
        *error = "content-length: expected one whole number, and no transfer-encoding";
        return 400;
    case HPE_INVALID_TRANSFER_ENCODING:
        *error = "transfer-encoding: expected chunked";
        return 400;
    default:
        break;
    }
    *error = "request: expected METHOD PATH HTTP/1.1 and header fields";
    return 400;
}

static unsigned judge(struct request *request, const http_parser *parser, const char **error)
{
    if (parser->http_major != 1) {
        *error = "version: expected HTTP/1.1";
        return parser->http_major > 1 ? 505 : 400;
    }
    request->http_10 = parser->http_minor == 0;
    request->keep_alive = http_should_keep_alive(parser) != 0;
    request->chunked = (parser->flags & F_CHUNKED) != 0;
    request->body_len =
        request->chunked || parser->content_length == UINT64_MAX ? 0 : parser->content_length;
    if (request_count(request, "transfer-encoding") > 0) {
        const char *coding = request_field(request, "transfer-encoding");
        if (request_count(request, "transfer-encoding") != 1 ||
            strcasecmp(coding, "chunked") != 0 || request->http_10) {
            *error = "transfer-encoding: expected chunked";
            return strcasecmp(coding, "chunked") == 0 ? 400 : 501;
        }
    }
    unsigned hosts = request_count(request, "host");
    if (hosts > 1 || (hosts == 0 && !request->http_10)) {
        *error = "host: expected one";
        return 400;
    }
    if (!request->authority && hosts == 1)
        request->authority = request_field(request, "host");
    const char *expect = request_field(request, "expect");
    if (expect && !request->http_10) {
        if (strcasecmp(expect, "100-continue") != 0) {
            *error = "expect: only 100-continue is understood";
            return 417;
        }
        request->expects_continue = true;
    }
    return 0;
}

/* METHOD TARGET VERSION with a blank each between them. */
static bool good_line(const char *text)
{
    unsigned blanks = 0;
    for (; *text != '\r'; text++)
        blanks += *text == ' ';
    return blanks == 2;
}

unsigned request_parse(struct request *request, char *text, size_t len, const char **error)
{
    static const http_parser_settings settings = {
        .on_url = on_url,
        .on_header_field = on_name,
        .on_header_value = on_value,
        .on_headers_complete = on_headers_complete,
    };
    struct reading reading = {.request = request, .text = text};
    http_parser parser;
    http_parser_init(&parser, HTTP_REQUEST);
    parser.data = &reading;
    request->n_fields = 0;
    request->text = text;
    request->authority = request->body = NULL;
    request->body_read = 0;
    request->expects_continue = false;
    if (!good_line(text)) {
        *error = "request: expected METHOD PATH HTTP/1.1";
        return 400;
    }
    http_parser_execute(&parser, &settings, text, len);
    if (reading.error) {
        *error = reading.error;
        return request->n_fields == REQUEST_FIELDS_MAX ? 431 : 400;
    }
    if (HTTP_PARSER_ERRNO(&parser) != HPE_PAUSED) /* which it is where the head ends */
        return parser_error(&parser, text, error);
    request->method = method_of(parser.method);
    if (parser.method == HTTP_CONNECT) {
        request->path = request->query = "";
        request->path_len = request->query_len = 0;
    } else if (split_target(request, text + (reading.url - text), reading.url_len) != 0) {
        *error = "target: expected a path";
        return 400;
    }
    return judge(request, &parser, error);
}

const char *request_field(const struct request *request, const char *name)
{
    for (unsigned i = 0; i < request->n_fields; i++) {
        if (strcasecmp(request->text + request->fields[i].name, name) == 0)
            return request->text + request->fields[i].value;
    }
    return NULL;
}

unsigned request_count(const struct request *request, const char *name)
{
    unsigned n = 0;
    for (unsigned i = 0; i < request->n_fields; i++)
        n += strcasecmp(request->text + request->fields[i].name, name) == 0;
    return n;
}

bool request_list_has(const struct request *request, const char *name, const char *token)
{
    for (unsigned i = 0; i < request->n_fields; i++) {
        if (strcasecmp(request->text + request->fields[i].name, name) == 0 &&
            field_list_has(request->text + request->fields[i].value, token))
            return true;
    }
    return false;
}
