/* SPDX-License-Identifier: ISC */
/* admin_estimate: see admin_estimate.h. */
#include "render/http/admin_estimate.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>

#include "render/batch/batches.h"
#include "render/batch/sampling.h"
#include "render/batch/work.h"
#include "render/farm/farm.h"
#include "render/http/site.h"
#include "render/http/web_input.h"
#include "render/http/web_reply.h"
#include "render/http/web_request.h"

static struct sampling *running; /* of the one request that waits; the loop's thread */

static double rounded(double value, double step)
{
    return round(value / step) * step;
}

static void on_done(void *context, const struct estimate *estimate, const struct grid *grid,
                    const char *wrong)
{
    struct web_request *request = context;
    running = NULL;
    request->ended = NULL;
    if (wrong) {
        web_reply_later(request, 503, 10, wrong);
        return;
    }
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "jobs", (double)grid->jobs);
    cJSON_AddNumberToObject(json, "tiles", (double)grid->tiles);
    cJSON_AddNumberToObject(json, "seconds", rounded(estimate->seconds, 0.001));
    cJSON_AddNumberToObject(json, "seconds_error", rounded(estimate->seconds_error, 0.001));
    cJSON_AddNumberToObject(json, "bytes", round(estimate->bytes));
    cJSON_AddNumberToObject(json, "bytes_error", round(estimate->bytes_error));
    cJSON_AddNumberToObject(json, "sampled", estimate->sampled);
    web_reply_json(request, &(struct web_reply){.status = 200}, json);
}

static void on_ended(struct web_request *request)
{
    (void)request; /* its client has left before there was an answer */
    if (running)
        sampling_stop(running);
    running = NULL;
}

static void estimate(struct web_request *request, const struct batch_wish *wish, unsigned samples)
{
    struct batch_style style;
    struct batch_refusal refusal;
    struct grid grid;
    if (batches_check(work_batches(request->site->work), wish, &style, &grid, &refusal) != 0) {
        web_reply_error(request, refusal.status, refusal.words);
        return;
    }
    if (running) {
        web_reply_later(request, 503, 10, "another estimate is being made");
        return;
    }
    struct sampling_config config = {
        .loop = request->site->loop,
        .farm = request->site->farm,
        .pool = style.pool,
        .state = {.wish = *wish},
        .samples = samples,
        .done = on_done,
        .context = request,
    };
    memcpy(config.state.hash, style.hash, sizeof config.state.hash);
    running = sampling_start(&config);
    if (running)
        request->ended = on_ended;
    else
        web_reply_later(request, 503, 10, "out of memory");
}

void admin_estimate_post(struct web_request *request)
{
    struct batch_wish wish;
    cJSON *json = web_json(request);
    if (!json)
        return;
    const char *wrong = batch_wish_read(&wish, json);
    const cJSON *samples = cJSON_GetObjectItemCaseSensitive(json, "samples");
    double n = samples && cJSON_IsNumber(samples) ? samples->valuedouble : 0;
    if (!wrong && samples && (!(n >= 1 && n <= SAMPLING_MAX) || n != floor(n)))
        wrong = "samples: expected a whole number from 1 to 50";
    cJSON_Delete(json);
    if (wrong)
        web_reply_error(request, 400, wrong);
    else
        estimate(request, &wish, (unsigned)n);
}
