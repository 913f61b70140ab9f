/* SPDX-License-Identifier: ISC */
/* plane_source: what checkpoints and pictures ask, answered by the canvases. */
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

/* Which canvases have been painted. False when there is no memory for the list: then nothing may be
 * saved, because a checkpoint that leaves a canvas out would be believed. */
static bool list_painted(struct plane_source *source)
{
    size_t n = canvases_list(source->canvases, NULL, 0);
    if (n > source->room) {
        struct canvas_place **places = realloc(source->places, n * sizeof(struct canvas_place *));
        if (!places)
            return false;
        source->places = places;
        source->room = n;
    }
    n = canvases_list(source->canvases, source->places, source->room);
    source->n = 0;
    for (size_t i = 0; i < n && i < source->room; i++) {
        if (place_version(source->places[i]) > 0)
            source->places[source->n++] = source->places[i];
    }
    return true;
}

static bool begin(struct checkpoint_source *base, struct checkpoint_plane *plane)
{
    struct plane_source *source = of_checkpoint(base);
    struct plane_state state;
    canvases_state(source->canvases, &state);
    plane->version = state.version;
    plane->anchor = state.anchor;
    plane->has_genesis = state.has_genesis;
    memcpy(plane->genesis, state.genesis, GENESIS_BYTES);
    memcpy(plane->cluster, source->cluster, sizeof plane->cluster);
    memcpy(plane->topic, source->topic, sizeof plane->topic);
    return list_painted(source);
}

static bool look(struct checkpoint_source *base, size_t i, struct checkpoint_canvas *canvas)
{
    struct plane_source *source = of_checkpoint(base);
    if (i >= source->n)
        return false;
    *canvas = (struct checkpoint_canvas){.position = place_position(source->places[i]),
                                         .version = place_version(source->places[i])};
    return true;
}

static void copy(struct checkpoint_source *base, size_t i, struct checkpoint_canvas *canvas)
{
    struct plane_source *source = of_checkpoint(base);
    place_copy(source->places[i], source->copy);
    *canvas = (struct checkpoint_canvas){.position = place_position(source->places[i]),
                                         .version = source->copy->version,
                                         .checksum = source->copy->checksum,
                                         .pixels = source->copy->pixels};
}

struct load {
    struct checkpoint_sink sink;
    struct plane_source *source;
};

static bool take(struct checkpoint_sink *sink, const struct checkpoint_canvas *found)
{
    struct plane_source *source = ((struct load *)sink)->source;
    source->copy->version = found->version;
    source->copy->checksum = found->checksum;
    return canvases_load(source->canvases, found->position, source->copy) == 0;
}

enum checkpoint_load plane_source_load(struct plane_source *source, struct checkpoint *checkpoint,
                                       struct checkpoint_plane *plane)
{
    struct load load = {.sink = {.pixels = source->copy->pixels, .take = take}, .source = source};
    enum checkpoint_load result = checkpoint_load(checkpoint, plane, &load.sink);
    if (result != CHECKPOINT_LOADED)
        return result;
    struct plane_state state = {
        .version = plane->version, .anchor = plane->anchor, .has_genesis = plane->has_genesis};
    memcpy(state.genesis, plane->genesis, GENESIS_BYTES);
    canvases_resume(source->canvases, &state);
    return result;
}

/* ---- pictures ---- */

/* A list of the places that a picture shows, for free(); NULL when there are none, or no memory. */
static struct canvas_place **list_shown(struct plane_source *source, struct picture_name name,
                                        size_t *n)
{
    size_t room = canvases_list(source->canvases, NULL, 0);
    struct canvas_place **places = malloc(room * sizeof(struct canvas_place *));
    *n = 0;
    if (!places)
        return NULL;
    size_t all = canvases_list(source->canvases, places, room);
    for (size_t i = 0; i < all && i < room; i++) {
        if (picture_name_holds(name, place_position(places[i])))
            places[(*n)++] = places[i];
    }
    if (*n > 0)
        return places;
    free(places);
    return NULL;
}

static bool version(struct picture_source *base, struct picture_name name, uint64_t *newest)
{
    struct plane_source *source = of_pictures(base);
    *newest = 0;
    if (name.zoom == 0) {
        struct canvas_place *place = canvases_find(source->canvases, picture_name_first(name));
        if (place)
            *newest = place_version(place);
        return place != NULL;
    }
    size_t n;
    struct canvas_place **places = list_shown(source, name, &n);
    for (size_t i = 0; i < n; i++) {
        if (place_version(places[i]) > *newest)
            *newest = place_version(places[i]);
    }
    free(places);
    return n > 0;
}

static size_t painted(struct picture_source *base, struct picture_name name,
                      struct picture_canvas *into, size_t room)
{
    size_t n, found = 0;
    struct canvas_place **places = list_shown(of_pictures(base), name, &n);
    for (size_t i = 0; i < n; i++) {
        uint64_t at = place_version(places[i]);
        if (at == 0)
            continue;
        if (found < room)
            into[found] =
                (struct picture_canvas){.position = place_position(places[i]), .version = at};
        found++;
    }
    free(places);
    return found;
}

static void copy_canvas(struct picture_source *base, struct position position, struct canvas *into)
{
    struct canvas_place *place = canvases_find(of_pictures(base)->canvases, position);
    if (place)
        place_copy(place, into);
    else
        canvas_init(into);
}

static bool genesis(struct picture_source *base, uint8_t id[GENESIS_BYTES])
{
    return canvases_genesis(of_pictures(base)->canvases, id);
}

int plane_source_init(struct plane_source *source, struct canvases *canvases, const char *cluster,
                      const char *topic)
{
    *source = (struct plane_source){
        .checkpoint = {.begin = begin, .look = look, .copy = copy},
        .pictures = {.version = version,
                     .painted = painted,
                     .copy = copy_canvas,
                     .genesis = genesis},
        .canvases = canvases,
        .copy = malloc(sizeof(struct canvas)),
    };
    snprintf(source->cluster, sizeof source->cluster, "%s", cluster);
    snprintf(source->topic, sizeof source->topic, "%s", topic);
    return source->copy ? 0 : -1;
}

void plane_source_finish(struct plane_source *source)
{
    free(source->copy);
    free(source->places);
}
