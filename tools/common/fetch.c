/* SPDX-License-Identifier: ISC */
/* fetch: libcurl, told not to trust the other side. */
#include "fetch.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fetch_url.h"
#include "stop.h"
#include "sys/clock.h"

enum {
    BUSY_TRIES = 30,  /* with a pause before each: half a minute at least */
    BROKEN_TRIES = 3, /* connections that end too early */
    PAUSE_MS = 1000,
    PAUSE_MAX_S = 5, /* of what Retry-After says */
    SLICE_MS = 100,
    CONNECT_S = 10,
    LEAST_BYTES_S = 1000,
    REDIRECTIONS = 3,
    URL_BYTES = 300,
};

struct fetch {
    CURL *curl;
    char base[URL_BYTES];                    /* without the slash */
    char socket[URL_BYTES];                  /* of a server's Unix socket; "": none */
    struct curl_slist *fields, *json_fields; /* of every request; of one with a body, too */
    bool heedless;
    char why[CURL_ERROR_SIZE];

    /* the answer that is being read */
    uint8_t *bytes;
    size_t len, room, limit;
    bool too_large, no_memory;
};

static size_t on_bytes(char *bytes, size_t one, size_t len, void *user)
{
    struct fetch *f = user;
    if (len > f->limit - f->len) {
        f->too_large = true;
        return 0;
    }
    if (len > f->room - f->len) {
        size_t room = f->room * 2 > f->len + len ? f->room * 2 : f->len + len;
        room = room < f->limit ? room : f->limit;
        uint8_t *grown = realloc(f->bytes, room);
        f->no_memory = !grown;
        if (!grown)
            return 0;
        f->bytes = grown;
        f->room = room;
    }
    memcpy(f->bytes + f->len, bytes, len);
    f->len += len;
    return len;
}

static int on_progress(void *user, curl_off_t total, curl_off_t now, curl_off_t up_total,
                       curl_off_t up)
{
    const struct fetch *f = user;
    return !f->heedless && stop_asked(); /* anything but 0 ends the transfer */
}

static void drop(struct fetch *f)
{
    free(f->bytes);
    f->bytes = NULL;
    f->len = f->room = 0;
    f->too_large = f->no_memory = false;
}

/* False when a stop was asked for. */
static bool pause_ms(int64_t ms)
{
    for (; ms > 0 && !stop_asked(); ms -= SLICE_MS)
        clock_pause_ms(ms < SLICE_MS ? ms : SLICE_MS);
    return !stop_asked();
}

static bool is_broken(CURLcode code)
{
    return code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR || code == CURLE_GOT_NOTHING ||
           code == CURLE_PARTIAL_FILE || code == CURLE_HTTP2 || code == CURLE_HTTP2_STREAM;
}

static int complain(char error[FETCH_ERROR_BYTES], const char *url, const char *what,
                    const char *detail)
{
    snprintf(error, FETCH_ERROR_BYTES, "%.120s: %.60s%.200s", url, what, detail);
    return -1;
}

/* What went wrong below HTTP. */
static int complain_transfer(struct fetch *f, CURLcode code, const char *url,
                             char error[FETCH_ERROR_BYTES])
{
    char limit[64];
    snprintf(limit, sizeof limit, "the answer is larger than %zu bytes", f->limit);
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return complain(error, url, "interrupted", "");
    if (f->no_memory)
        return complain(error, url, "no memory", "");
    if (f->too_large || code == CURLE_FILESIZE_EXCEEDED)
        return complain(error, url, limit, "");
    return complain(error, url, "", f->why[0] ? f->why : curl_easy_strerror(code));
}

/* One request. 0 and the status, or -1. *broken: it may help to try again. */
static int request(struct fetch *f, const char *url, long *status, bool *broken,
                   char error[FETCH_ERROR_BYTES])
{
    drop(f);
    f->why[0] = '\0';
    *broken = false;
    if (curl_easy_setopt(f->curl, CURLOPT_URL, url) != CURLE_OK)
        return complain(error, url, "no memory", "");
    curl_easy_setopt(f->curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)f->limit);
    CURLcode code = curl_easy_perform(f->curl);
    *broken = is_broken(code);
    if (code != CURLE_OK)
        return complain_transfer(f, code, url, error);
    curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, status);
    return 0;
}

/* 503: wait as long as it says, within reason. False when a stop was asked for. */
static bool wait_busy(struct fetch *f)
{
    curl_off_t seconds = 0;
    curl_easy_getinfo(f->curl, CURLINFO_RETRY_AFTER, &seconds);
    return pause_ms(seconds > 0 ? (seconds < PAUSE_MAX_S ? seconds : PAUSE_MAX_S) * 1000
                                : PAUSE_MS);
}

/* What to do with an answer that is none: 0 to ask again (for url), or -1. */
static int redirect(struct fetch *f, char url[2 * URL_BYTES], char error[FETCH_ERROR_BYTES])
{
    char *to = NULL;
    curl_easy_getinfo(f->curl, CURLINFO_REDIRECT_URL, &to);
    if (!to)
        return complain(error, url, "a redirection without Location", "");
    if (strlen(to) >= 2 * URL_BYTES || !fetch_url_may_follow(url, to))
        return complain(error, url, "redirected to another server, which is not followed: ", to);
    snprintf(url, 2 * URL_BYTES, "%s", to);
    return 0;
}

int fetch_get(struct fetch *f, const char *path, size_t limit, uint8_t **bytes, size_t *len,
              char error[FETCH_ERROR_BYTES])
{
    char url[2 * URL_BYTES], text[64];
    int busy = 0, times_broken = 0, redirections = 0;
    if (snprintf(url, sizeof url, "%s%s", f->base, path) >= (int)sizeof url)
        return complain(error, f->base, "too long a path: ", path);
    f->limit = limit;
    for (;;) {
        long status = 0;
        bool broken;
        if (request(f, url, &status, &broken, error) != 0) {
            if (!broken || ++times_broken >= BROKEN_TRIES || !pause_ms(PAUSE_MS))
                return -1;
        } else if (status == 200) {
            *bytes = f->bytes ? f->bytes : calloc(1, 1);
            *len = f->len;
            f->bytes = NULL;
            return *bytes ? 0 : complain(error, url, "no memory", "");
        } else if (status == 503) {
            if (++busy >= BUSY_TRIES)
                return complain(error, url, "busy (503) for too long", "");
            if (!wait_busy(f))
                return complain(error, url, "interrupted", "");
        } else if (status >= 301 && status <= 308 && status != 304) {
            if (++redirections > REDIRECTIONS)
                return complain(error, url, "too many redirections", "");
            if (redirect(f, url, error) != 0)
                return -1;
        } else {
            snprintf(text, sizeof text, "expected status 200, got %ld", status);
            return complain(error, url, text, "");
        }
    }
}

static bool set_fields(struct fetch *f, const char *json)
{
    struct curl_slist *fields = json ? f->json_fields : f->fields;
    if (json)
        return curl_easy_setopt(f->curl, CURLOPT_HTTPHEADER, fields) == CURLE_OK &&
               curl_easy_setopt(f->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(json)) ==
                   CURLE_OK &&
               curl_easy_setopt(f->curl, CURLOPT_POSTFIELDS, json) == CURLE_OK;
    return curl_easy_setopt(f->curl, CURLOPT_HTTPHEADER, fields) == CURLE_OK &&
           curl_easy_setopt(f->curl, CURLOPT_HTTPGET, 1L) == CURLE_OK;
}

/* Add a line to both lists. */
static bool add_field(struct fetch *f, const char *line, bool json_only)
{
    struct curl_slist *longer = curl_slist_append(f->json_fields, line);
    if (!longer)
        return false;
    f->json_fields = longer;
    longer = json_only ? f->fields : curl_slist_append(f->fields, line);
    if (!longer && !json_only)
        return false;
    f->fields = longer;
    return true;
}

/* What a body of JSON needs. Without Expect it is sent at once, and is small enough for that. */
static bool add_json_fields(struct fetch *f)
{
    return add_field(f, "Content-Type: application/json", true) && add_field(f, "Expect:", true);
}

int fetch_ask(struct fetch *f, const char *path, const char *json, size_t limit,
              struct fetch_answer *answer, char error[FETCH_ERROR_BYTES])
{
    char url[2 * URL_BYTES];
    bool broken;
    if (snprintf(url, sizeof url, "%s%s", f->base, path) >= (int)sizeof url)
        return complain(error, f->base, "too long a path: ", path);
    if ((json && !f->json_fields && !add_json_fields(f)) || !set_fields(f, json))
        return complain(error, url, "no memory", "");
    *answer = (struct fetch_answer){0};
    f->limit = limit;
    int result = request(f, url, &answer->status, &broken, error);
    curl_easy_setopt(f->curl, CURLOPT_HTTPGET, 1L);
    if (result != 0)
        return -1;
    answer->bytes = f->bytes ? f->bytes : calloc(1, 1);
    answer->len = f->len;
    f->bytes = NULL;
    return answer->bytes ? 0 : complain(error, url, "no memory", "");
}

void fetch_heed_stop(struct fetch *f, bool heed)
{
    f->heedless = !heed;
}

int fetch_authorize(struct fetch *f, const char *token, bool *exposed,
                    char error[FETCH_ERROR_BYTES])
{
    char line[URL_BYTES];
    bool local = f->socket[0] || fetch_url_is_local(f->base);
    *exposed = !local && strncasecmp(f->base, "https:", 6) != 0;
    /* A token for this machine goes through no proxy. */
    if (local && curl_easy_setopt(f->curl, CURLOPT_PROXY, "") != CURLE_OK)
        return complain(error, f->base, "no memory", "");
    for (const char *c = token; *c; c++) {
        if (*c <= ' ' || *c > '~')
            return complain(error, f->base, "the token has a character that no token has", "");
    }
    if (snprintf(line, sizeof line, "Authorization: Bearer %s", token) >= (int)sizeof line)
        return complain(error, f->base, "the token is too long", "");
    curl_slist_free_all(f->fields);
    curl_slist_free_all(f->json_fields);
    f->fields = f->json_fields = NULL;
    if (!add_field(f, line, false) || !add_json_fields(f))
        return complain(error, f->base, "no memory", "");
    return 0;
}

/* unix:PATH. */
static bool take_socket(struct fetch *f, const char *base)
{
    static const char scheme[] = "unix:";
    if (strncmp(base, scheme, sizeof scheme - 1) != 0)
        return false;
    int len = snprintf(f->socket, sizeof f->socket, "%s", base + sizeof scheme - 1);
    if (len <= 0 || len >= (int)sizeof f->socket) {
        f->socket[0] = '\0';
        return false;
    }
    snprintf(f->base, sizeof f->base, "http://localhost");
    return curl_easy_setopt(f->curl, CURLOPT_UNIX_SOCKET_PATH, f->socket) == CURLE_OK;
}

/* Scheme, host and port of base, and nothing else. */
static bool take_base(struct fetch *f, const char *base)
{
    if (take_socket(f, base))
        return true;
    size_t len = strlen(base);
    if (len > 0 && base[len - 1] == '/')
        len--;
    if (!fetch_url_is_base(base) || len >= URL_BYTES)
        return false;
    memcpy(f->base, base, len);
    return true;
}

/* As the curl program does: certificates of one's own authority, instead of the system's. */
static bool set_authorities(CURL *curl)
{
    const char *file = getenv("SSL_CERT_FILE");
    return !file || !*file || curl_easy_setopt(curl, CURLOPT_CAINFO, file) == CURLE_OK;
}

static bool set_up(struct fetch *f, unsigned timeout_s)
{
    long seconds = timeout_s ? (long)timeout_s : FETCH_TIMEOUT_S;
    CURL *c = f->curl;
    return curl_easy_setopt(c, CURLOPT_ERRORBUFFER, f->why) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_bytes) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_WRITEDATA, f) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_XFERINFODATA, f) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK && set_authorities(c) &&
           curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, seconds < CONNECT_S ? seconds : CONNECT_S) ==
               CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, (long)LEAST_BYTES_S) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, seconds) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_USERAGENT, "placed-tools/" PLACED_VERSION) == CURLE_OK;
}

struct fetch *fetch_create(const char *base, unsigned timeout_s, char error[FETCH_ERROR_BYTES])
{
    struct fetch *f = calloc(1, sizeof *f);
    if (f && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
        f->curl = curl_easy_init();
    if (f && f->curl && !take_base(f, base))
        complain(error, base, "expected http://HOST:PORT, https://HOST:PORT or unix:PATH", "");
    else if (f && f->curl && set_up(f, timeout_s))
        return f;
    else
        complain(error, base, "libcurl cannot be set up", "");
    fetch_destroy(f);
    return NULL;
}

void fetch_destroy(struct fetch *f)
{
    if (!f)
        return;
    curl_easy_cleanup(f->curl);
    curl_slist_free_all(f->fields);
    curl_slist_free_all(f->json_fields);
    curl_global_cleanup();
    free(f->bytes);
    free(f);
}
