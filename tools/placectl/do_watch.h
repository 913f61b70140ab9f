/* SPDX-License-Identifier: ISC */
/* do_watch: what people report, and what detectors see. */
#ifndef PLACED_PLACECTL_DO_WATCH_H
#define PLACED_PLACECTL_DO_WATCH_H

#include "common/ctl.h"

int do_reports(struct ctl *ctl, const struct arguments *arguments);
int do_report_close(struct ctl *ctl, const struct arguments *arguments);
int do_suspects(struct ctl *ctl, const struct arguments *arguments);
int do_rules(struct ctl *ctl, const struct arguments *arguments);
int do_rule_on(struct ctl *ctl, const struct arguments *arguments);
int do_rule_simulate(struct ctl *ctl, const struct arguments *arguments);
int do_rule_off(struct ctl *ctl, const struct arguments *arguments);
int do_detect(struct ctl *ctl, const struct arguments *arguments);

#endif
