/* SPDX-License-Identifier: ISC */
/* web_rest: see web_rest.h. */
#include "render/http/web_rest.h"

#include <microhttpd.h>
#include <stdbool.h>

#include "render/http/web_connection.h"
#include "render/http/web_request.h"

void web_rest(struct web_request *request)
{
    request->suspended = true;
    MHD_suspend_connection(request->mhd);
}

void web_wake(struct web_request *request)
{
    if (!request->suspended)
        return;
    request->suspended = false;
    *request->connection->woken = true;
    MHD_resume_connection(request->mhd);
}
