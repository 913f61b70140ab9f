/* SPDX-License-Identifier: ISC */
/* who_asks: see who_asks.h. */
#include "http/who_asks.h"

#include <string.h>

#include "http/http.h"
#include "http/site.h"
#include "identity/identity.h"

bool who_asks(struct http *http, struct visitor *visitor)
{
    struct identity_request request;
    if (!who_asks_shows(http, &request))
        return false;
    identity_read(http->site->identity, &request, visitor);
    return true;
}

bool who_asks_shows(struct http *http, struct identity_request *request)
{
    memset(request, 0, sizeof *request);
    who_asks_address(http, request->address);
    return true;
}

bool who_asks_by_proxy(const struct http *http)
{
    return false;
}

void who_asks_address(const struct http *http, uint8_t address[16])
{
    memset(address, 0, 16);
}
