/* SPDX-License-Identifier: ISC */
/* info_rules: what everybody may know of the moderators' rules, as JSON. */
#ifndef PLACED_API_INFO_RULES_H
#define PLACED_API_INFO_RULES_H

struct cJSON;
struct loop;

/* Add "rules", "frozen", "colours" and "regions" as PROTOCOL.md has them. Regions can be many, and
 * everybody asks when they have changed: their text is made once for all who ask on this loop. */
void info_rules_add(struct cJSON *json, struct loop *loop);

#endif
