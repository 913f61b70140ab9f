/* SPDX-License-Identifier: ISC */
/*
 * net_identities: the detector of networks that make many identities: authors who draw and were
 * first seen there within the last ten minutes.
 */
#ifndef PLACED_MODERATION_NET_IDENTITIES_H
#define PLACED_MODERATION_NET_IDENTITIES_H

#include "moderation/detector.h"

/* NULL when out of memory. */
struct detector *net_identities_create(void);

#endif
