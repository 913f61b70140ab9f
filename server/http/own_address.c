/* SPDX-License-Identifier: ISC */
/* own_address: see own_address.h. */
#include "http/own_address.h"

#include <stdio.h>

#include "http/forwarded.h"
#include "http/http.h"
#include "http/web_origin.h"
#include "http/who_asks.h"

bool own_address(const struct http *http, char address[OWN_ADDRESS_BYTES])
{
    const struct request *request = &http->request;
    char forwarded[FORWARDED_HOST_BYTES], text[OWN_ADDRESS_BYTES];
    const char *host = request->authority;
    const char *scheme = who_asks_by_tls(http) ? "https" : "http";
    struct web_origin origin;
    if (forwarded_any(request) && who_asks_by_proxy(http) && forwarded_host(request, forwarded))
        host = forwarded;
    if (!host || snprintf(text, sizeof text, "%s://%s", scheme, host) >= (int)sizeof text ||
        !web_origin_parse(&origin, text))
        return false;
    bool usual = origin.port == (origin.scheme == WEB_ORIGIN_HTTPS ? 443 : 80);
    int n = usual ? snprintf(address, OWN_ADDRESS_BYTES, "%s://%s/", scheme, origin.host)
                  : snprintf(address, OWN_ADDRESS_BYTES, "%s://%s:%u/", scheme, origin.host,
                             (unsigned)origin.port);
    return n < OWN_ADDRESS_BYTES;
}
