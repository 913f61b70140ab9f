/* SPDX-License-Identifier: ISC */
/* suspect_json: a finding as moderators see it. */
#ifndef PLACED_MODERATION_SUSPECT_JSON_H
#define PLACED_MODERATION_SUSPECT_JSON_H

struct cJSON;
struct sightings;
struct suspect;

/* {"rule","net"|"cell":[x,y,w,h],"score","since","last","authors":how many,"top":[{"author","name",
 * "net"}...],"networks":[{"net","authors"}...],"networks_all":how many}: at most ten authors, and
 * the twenty networks with most of them. The authors of a network are those who were seen in it
 * since ten minutes before the finding. The caller's; NULL when out of memory. */
struct cJSON *suspect_json(const struct suspect *suspect, struct sightings *sightings);

#endif
