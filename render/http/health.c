/* SPDX-License-Identifier: ISC */
/* health: see health.h. */
#include "render/http/health.h"

#include <stddef.h>
#include <string.h>

#include "render/farm/farm.h"
#include "render/http/site.h"
#include "render/http/web_reply.h"
#include "render/http/web_request.h"

static void say(struct web_request *request, unsigned status, const char *text)
{
    web_reply(request, &(struct web_reply){.status = status,
                                           .type = "text/plain; charset=utf-8",
                                           .bytes = text,
                                           .len = strlen(text)});
}

/* Has a child of this pool been able to take tasks? */
static bool works(const struct pool_look *look)
{
    for (unsigned i = 0; i < look->children; i++)
        if (look->child[i].state != CHILD_STARTING)
            return true;
    return false;
}

const char *readiness_trouble(const struct site *site)
{
    static struct pool_look look; /* some kilobytes; this is the loop's thread */
    bool wanted = false;
    if (site->stopping)
        return "shutting down\n";
    /* One pool that works is enough: a broken style must not take the others out of service. */
    for (size_t i = 0; farm_pool(site->farm, i); i++) {
        pool_look(farm_pool(site->farm, i), &look);
        if (works(&look))
            return NULL;
        wanted = wanted || look.wanted > 0;
    }
    return wanted ? "no renderer is ready\n" : NULL;
}

void health_get(struct web_request *request)
{
    say(request, 200, "alive\n");
}

void readiness_get(struct web_request *request)
{
    const char *trouble = readiness_trouble(request->site);
    say(request, trouble ? 503 : 200, trouble ? trouble : "ready\n");
}
