/* SPDX-License-Identifier: ISC */
/*
 * plane_source: the plane as what checkpoints and pictures are made from, and as what a checkpoint
 * is loaded into.
 */
#ifndef PLACED_DERIVED_PLANE_SOURCE_H
#define PLACED_DERIVED_PLANE_SOURCE_H

#include "derived/checkpoint.h"
#include "derived/pictures.h"
#include "plane/canvases.h"

struct place_list {
    struct canvas_place **places;
    size_t n, room;
};

struct plane_source {
    struct checkpoint_source checkpoint;
    struct picture_source pictures; /* its `ready` is the caller's to set */
    struct canvases *canvases;
    char cluster[64], topic[256]; /* of the log */
    struct canvas *copy;          /* for the checkpoint */
    struct place_list painted;    /* of the checkpoint that is being saved */
};

/* cluster and topic: as log_identify gives them. -1 when out of memory. */
int plane_source_init(struct plane_source *source, struct canvases *canvases, const char *cluster,
                      const char *topic);
void plane_source_finish(struct plane_source *source);

/* Load a checkpoint into the canvases; it was made of the log plane->cluster, plane->topic. */
enum checkpoint_load plane_source_load(struct plane_source *source, struct checkpoint *checkpoint,
                                       struct checkpoint_plane *plane);

#endif
