/* SPDX-License-Identifier: ISC */
/* rule_watch: see rule_watch.h. */
#include "moderation/rule_watch.h"

#include "moderation/detectors.h"

void rule_watch_init(struct rule_watch *watch, int rule)
{
    *watch = (struct rule_watch){.rule = rule, .threshold = detector_rules[rule].threshold};
}

void rule_watch_finish(struct rule_watch *watch)
{
    if (watch->detector)
        detector_destroy(watch->detector);
    suspects_destroy(watch->suspects);
    watch->detector = NULL;
    watch->suspects = NULL;
}

int rule_watch_set(struct rule_watch *watch, enum rule_mode mode, uint32_t threshold)
{
    if (threshold == 0)
        threshold = detector_rules[watch->rule].threshold;
    bool anew = mode == RULE_OFF || threshold != watch->threshold || !watch->detector;
    if (anew || mode != watch->mode) {
        watch->found = 0;
        watch->last_ms = 0;
        watch->changed = true;
    }
    watch->mode = mode;
    watch->threshold = threshold;
    if (!anew)
        return 0;
    rule_watch_finish(watch);
    if (mode == RULE_OFF)
        return 0;
    watch->suspects = suspects_create();
    if (watch->suspects)
        watch->detector = detectors_create(watch->rule, threshold, watch->suspects);
    if (watch->detector)
        return 0;
    rule_watch_finish(watch);
    watch->mode = RULE_OFF;
    return -1;
}

void rule_watch_take(struct rule_watch *watch, const struct sample *sample)
{
    if (!watch->detector)
        return;
    struct suspects_tally before = suspects_tally(watch->suspects);
    detector_take(watch->detector, sample);
    struct suspects_tally after = suspects_tally(watch->suspects);
    if (after.calls == before.calls)
        return;
    watch->found += after.findings - before.findings;
    watch->last_ms = sample->time_ms;
    watch->changed = true;
}

void rule_watch_expire(struct rule_watch *watch, int64_t before_ms)
{
    if (!watch->suspects)
        return;
    size_t before = rule_watch_count(watch);
    suspects_expire(watch->suspects, before_ms);
    watch->changed = watch->changed || rule_watch_count(watch) != before;
}

size_t rule_watch_count(const struct rule_watch *watch)
{
    return watch->suspects ? suspects_count(watch->suspects) : 0;
}
