/* SPDX-License-Identifier: ISC */
/* moderation_config: what jobs work with. */
#ifndef PLACED_MODERATION_MODERATION_CONFIG_H
#define PLACED_MODERATION_MODERATION_CONFIG_H

struct canvases;
struct control;
struct history;
struct identity;
struct log;
struct log_writer;
struct owners;
struct rules;
struct sightings;

enum { MODERATION_ERROR_BYTES = 256 };

/* All of it outlives moderation. */
struct moderation_config {
    struct log *log;
    struct log_writer *writer;
    struct canvases *canvases;
    struct owners *owners;
    struct history *history; /* NULL: none is kept */
    struct control *control;
    struct rules *rules;
    struct identity *identity;
    struct sightings *sightings; /* NULL: nobody's network is known */
};

#endif
