/* SPDX-License-Identifier: ISC */
/* activity: see activity.h. */
#include "history/activity.h"

#include <stdlib.h>

/* A multiple of step, other than the ones before, is reached or passed by the sample's record. */
static int counts(const struct activity_sample *sample, uint64_t step)
{
    return sample->edits / step > sample->before / step;
}

/* Double the step until the samples that count are few enough. */
static void thin(struct activity *activity)
{
    while (activity->n > ACTIVITY_SAMPLES_MAX) {
        size_t kept = 0;
        activity->step *= 2;
        for (size_t i = 0; i < activity->n; i++) {
            if (counts(&activity->samples[i], activity->step))
                activity->samples[kept++] = activity->samples[i];
        }
        activity->n = kept;
    }
}

/* One beyond the most, because they are thinned afterwards. */
int activity_reserve(struct activity *activity)
{
    if (activity->n < activity->room)
        return 0;
    size_t room = activity->room ? 2 * activity->room : 4;
    if (room > ACTIVITY_SAMPLES_MAX)
        room = ACTIVITY_SAMPLES_MAX + 1;
    struct activity_sample *samples = realloc(activity->samples, room * sizeof *samples);
    if (!samples)
        return -1;
    activity->samples = samples;
    activity->room = room;
    return 0;
}

int activity_add(struct activity *activity, uint64_t version, int64_t time_ms, uint32_t n)
{
    struct activity_sample sample = {.version = version,
                                     .time_ms = time_ms,
                                     .edits = activity->edits + n,
                                     .before = activity->edits};
    if (activity_reserve(activity) != 0)
        return -1;
    activity->step = activity_step(activity);
    activity->edits = sample.edits;
    if (counts(&sample, activity->step)) {
        activity->samples[activity->n++] = sample;
        thin(activity);
    }
    return 0;
}

void activity_finish(struct activity *activity)
{
    free(activity->samples);
    *activity = (struct activity){0};
}
