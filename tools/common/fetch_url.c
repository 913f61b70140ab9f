/* SPDX-License-Identifier: ISC */
/* fetch_url: by libcurl's own reading of URLs, so that it and we see the same. */
#include "fetch_url.h"

#include <curl/curl.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

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

bool fetch_url_may_follow(const char *from, const char *to)
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

bool fetch_url_is_base(const char *base)
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
    return good;
}

bool fetch_url_is_local(const char *base)
{
    CURLU *url = curl_url();
    bool good = url && curl_url_set(url, CURLUPART_URL, base, 0) == CURLUE_OK;
    char *host = good ? part(url, CURLUPART_HOST) : NULL;
    /* 127.0.0.1 and its like, but not 127.example.org. */
    bool local =
        host && ((strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == strlen(host)) ||
                 strcmp(host, "[::1]") == 0 || strcasecmp(host, "localhost") == 0);
    curl_free(host);
    curl_url_cleanup(url);
    return local;
}
