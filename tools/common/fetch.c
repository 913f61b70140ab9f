/* SPDX-License-Identifier: ISC */
/* fetch: libcurl, told not to trust the other side. */
#include "fetch.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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
    char base[URL_BYTES]; /* without the slash */
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
    return stop_asked(); /* anything but 0 ends the transfer */
}

static void drop(struct fetch *f)
{
    free(f->bytes);
    f->bytes = NULL;
    f->len = f->room = 0;
    f->too_large = f->no_memory = false;
}

/* A part of a URL, for curl_free, or NULL. */
static char *part(CURLU *url, CURLUPart which)
{
    char *text = NULL;
    return curl_url_get(url, which, &text, CURLU_DEFAULT_PORT) == CURLUE_OK ? text : NULL;
}

static bool equal_parts(CURLU *a, CURLU *b, CURLUPart which)
{
    char *x = part(a, which), *y = part(b, which);
    bool equal = x && y && strcasecmp(x, y) == 0;
    curl_free(x);
    curl_free(y);
    return equal;
}

/* May an answer of one URL send us to the other? On the same host: its own port, or from http to
 * https. */
static bool may_follow(const char *from, const char *to)
{
    CURLU *a = curl_url(), *b = curl_url();
    bool may = a && b && curl_url_set(a, CURLUPART_URL, from, 0) == CURLUE_OK &&
               curl_url_set(b, CURLUPART_URL, to, 0) == CURLUE_OK &&
               equal_parts(a, b, CURLUPART_HOST);
    if (may && equal_parts(a, b, CURLUPART_SCHEME)) {
        may = equal_parts(a, b, CURLUPART_PORT);
    } else if (may) {
        char *scheme = part(b, CURLUPART_SCHEME);
        may = scheme && strcasecmp(scheme, "https") == 0;
        curl_free(scheme);
    }
    curl_url_cleanup(a);
    curl_url_cleanup(b);
    return may;
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
    if (stop_asked())
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
    if (strlen(to) >= 2 * URL_BYTES || !may_follow(url, to))
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

/* Scheme, host and port of base, and nothing else. */
static bool take_base(struct fetch *f, const char *base)
{
    CURLU *url = curl_url();
    bool good = url && curl_url_set(url, CURLUPART_URL, base, 0) == CURLUE_OK;
    static const CURLUPart none[] = {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY,
                                     CURLUPART_FRAGMENT};
    for (size_t i = 0; good && i < sizeof none / sizeof *none; i++) {
        char *text = part(url, none[i]);
        good = !text;
        curl_free(text);
    }
    char *path = good ? part(url, CURLUPART_PATH) : NULL;
    good = good && (!path || strcmp(path, "/") == 0);
    curl_free(path);
    curl_url_cleanup(url);
    size_t len = strlen(base);
    if (len > 0 && base[len - 1] == '/')
        len--;
    if (!good || len >= URL_BYTES)
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
        complain(error, base, "expected http://HOST:PORT or https://HOST:PORT", "");
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
    curl_global_cleanup();
    free(f->bytes);
    free(f);
}
