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

/* All places of the plane. Asks again when one has come meanwhile: they are in order, so that it
 * may have pushed another one off the end. False when out of memory. */
static bool list_all(struct canvases *canvases, struct place_list *list)
{
    while ((list->n = canvases_list(canvases, list->places, list->room)) > list->room) {
        size_t room = list->n + 16;
        struct canvas_place **places = realloc(list->places, room * sizeof(struct canvas_place *));
        if (!places)
            return false;
        list->places = places;
        list->room = room;
    }
    return true;
}

/* Keep those that have been painted. */
static bool list_painted(struct plane_source *source)
{
    struct place_list *list = &source->painted;
    if (!list_all(source->canvases, list))
        return false;
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++) {
        if (place_version(list->places[i]) > 0)
            list->places[n++] = list->places[i];
    }
    list->n = n;
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
    if (i >= source->painted.n)
        return false;
    const struct canvas_place *place = source->painted.places[i];
    *canvas = (struct checkpoint_canvas){.position = place_position(place),
                                         .version = place_version(place)};
    return true;
}

static void copy(struct checkpoint_source *base, size_t i, struct checkpoint_canvas *canvas)
{
    struct plane_source *source = of_checkpoint(base);
    struct canvas_place *place = source->painted.places[i];
    place_copy(place, source->copy);
    *canvas = (struct checkpoint_canvas){.position = place_position(place),
                                         .version = source->copy->version,
                                         .checksum = source->copy->checksum,
                                         .pixels = source->copy->pixels};
}

static void prove(struct checkpoint_source *base, struct anchor *anchor)
{
    struct plane_state state;
    canvases_state(of_checkpoint(base)->canvases, &state);
    *anchor = state.anchor;
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

/* The places that a picture shows; their memory is the caller's to free. None when out of memory.
 */
static struct place_list list_shown(struct plane_source *source, struct picture_name name)
{
    struct place_list list = {0};
    size_t n = 0;
    if (!list_all(source->canvases, &list))
        list.n = 0;
    for (size_t i = 0; i < list.n; i++) {
        if (picture_name_holds(name, place_position(list.places[i])))
            list.places[n++] = list.places[i];
    }
    list.n = n;
    return list;
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
    struct place_list list = list_shown(source, name);
    for (size_t i = 0; i < list.n; i++) {
        if (place_version(list.places[i]) > *newest)
            *newest = place_version(list.places[i]);
    }
    free(list.places);
    return list.n > 0;
}

static size_t painted(struct picture_source *base, struct picture_name name,
                      struct picture_canvas *into, size_t room)
{
    size_t found = 0;
    struct place_list list = list_shown(of_pictures(base), name);
    for (size_t i = 0; i < list.n; i++) {
        uint64_t at = place_version(list.places[i]);
        if (at == 0)
            continue;
        if (found < room)
            into[found] =
                (struct picture_canvas){.position = place_position(list.places[i]), .version = at};
        found++;
    }
    free(list.places);
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
        .checkpoint = {.begin = begin, .look = look, .copy = copy, .prove = prove},
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
    free(source->painted.places);
}
