/* SPDX-License-Identifier: ISC */
/* plane_source: for now of a plane of one canvas. */
#include "derived/plane_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct plane_source *of_checkpoint(struct checkpoint_source *source)
{
    return (struct plane_source *)((char *)source - offsetof(struct plane_source, checkpoint));
}

static struct plane_source *of_pictures(struct picture_source *source)
{
    return (struct plane_source *)((char *)source - offsetof(struct plane_source, pictures));
}

/* ---- checkpoints ---- */

static bool begin(struct checkpoint_source *base, struct checkpoint_plane *plane)
{
    struct plane_source *source = of_checkpoint(base);
    reducer_copy(source->reducer, source->copy);
    plane->version = source->copy->version;
    plane->anchor = source->copy->anchor;
    plane->has_genesis = source->copy->has_genesis;
    memcpy(plane->genesis, source->copy->genesis, GENESIS_BYTES);
    memcpy(plane->cluster, source->cluster, sizeof plane->cluster);
    memcpy(plane->topic, source->topic, sizeof plane->topic);
    return true;
}

static bool look(struct checkpoint_source *base, size_t i, struct checkpoint_canvas *canvas)
{
    struct plane_source *source = of_checkpoint(base);
    *canvas = (struct checkpoint_canvas){.version = source->copy->version,
                                         .checksum = source->copy->checksum,
                                         .pixels = source->copy->pixels};
    return i == 0 && source->copy->version > 0;
}

static void copy(struct checkpoint_source *base, size_t i, struct checkpoint_canvas *canvas)
{
    look(base, i, canvas);
}

static bool take(struct checkpoint_sink *sink, const struct checkpoint_canvas *found)
{
    struct canvas *canvas = (struct canvas *)(sink->pixels - offsetof(struct canvas, pixels));
    canvas->checksum = found->checksum;
    return true;
}

enum checkpoint_load plane_source_load(struct checkpoint *checkpoint,
                                       struct checkpoint_plane *plane, struct canvas *canvas)
{
    canvas_init(canvas);
    struct checkpoint_sink sink = {.pixels = canvas->pixels, .take = take};
    enum checkpoint_load result = checkpoint_load(checkpoint, plane, &sink);
    canvas->version = plane->version;
    canvas->anchor = plane->anchor;
    canvas->has_genesis = plane->has_genesis;
    memcpy(canvas->genesis, plane->genesis, GENESIS_BYTES);
    return result;
}

/* ---- pictures ---- */

static bool version(struct picture_source *base, struct picture_name name, uint64_t *version_)
{
    *version_ = reducer_version(of_pictures(base)->reducer);
    return name.zoom == 0 && name.x == 0 && name.y == 0;
}

static size_t painted(struct picture_source *base, struct picture_name name,
                      struct picture_canvas *into, size_t room)
{
    return 0;
}

static void copy_canvas(struct picture_source *base, struct position position, struct canvas *into)
{
    reducer_copy(of_pictures(base)->reducer, into);
}

static bool genesis(struct picture_source *base, uint8_t genesis_[GENESIS_BYTES])
{
    return false;
}

int plane_source_init(struct plane_source *source, struct reducer *reducer, const char *cluster,
                      const char *topic)
{
    *source = (struct plane_source){
        .checkpoint = {.begin = begin, .look = look, .copy = copy},
        .pictures = {.version = version,
                     .painted = painted,
                     .copy = copy_canvas,
                     .genesis = genesis},
        .reducer = reducer,
        .copy = malloc(sizeof(struct canvas)),
    };
    snprintf(source->cluster, sizeof source->cluster, "%s", cluster);
    snprintf(source->topic, sizeof source->topic, "%s", topic);
    return source->copy ? 0 : -1;
}

void plane_source_finish(struct plane_source *source)
{
    free(source->copy);
}
