/* SPDX-License-Identifier: ISC */
/* net_rate: the detector of networks that draw fast: edits a second, over the last ten seconds. */
#ifndef PLACED_MODERATION_NET_RATE_H
#define PLACED_MODERATION_NET_RATE_H

#include "moderation/detector.h"

/* NULL when out of memory. */
struct detector *net_rate_create(void);

#endif
