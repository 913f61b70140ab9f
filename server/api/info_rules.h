/* SPDX-License-Identifier: ISC */
/* info_rules: what everybody may know of the moderators' rules, as JSON. */
#ifndef PLACED_API_INFO_RULES_H
#define PLACED_API_INFO_RULES_H

struct cJSON;
struct rules;

/* Add "rules", "frozen", "colours" and "regions" as PROTOCOL.md has them. */
void info_rules_add(struct cJSON *json, struct rules *rules);

#endif
