/* SPDX-License-Identifier: ISC */
/*
 * placed-render-map: the child program that draws maps by Mapnik. Usage:
 *
 *   placed-render-map --style FILE [--memory BYTES] [--name NAME]
 *
 * It reads the style and its data, gives up its rights, and then renders squares of 8 x 8 tiles.
 * Exits with 2 when the style cannot be read, with the reason on standard error.
 */
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/decimal.h"
#include "render/child/child.h"
#include "render/child/confine.h"
#include "render/map/map_engine.h"
#include "render/map/style.h"
#include "render/map/style_xml.h"
#include "render/map/tile_png.h"
#include "sys/descriptors.h"

struct options {
    const char *style, *name;
    uint64_t memory_bytes;
};

struct map_child {
    struct child child;
    struct map_engine *engine;
    struct tile_png *png;
    struct map_style style; /* as it was when this child read it */
};

static int read_options(struct options *options, int argc, char **argv)
{
    static const struct option known[] = {{"style", required_argument, NULL, 's'},
                                          {"memory", required_argument, NULL, 'm'},
                                          {"name", required_argument, NULL, 'n'},
                                          {0}};
    int option;
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (option == 's')
            options->style = optarg;
        else if (option == 'n')
            options->name = optarg;
        else if (option != 'm' ||
                 !decimal_parse(optarg, strlen(optarg), UINT64_MAX >> 1, &options->memory_bytes))
            return -1;
    }
    return options->style && optind == argc ? 0 : -1;
}

/* Does a style with data of these types need the network? */
static bool needs_network(const struct style_xml *xml)
{
    for (size_t i = 0; i < xml->n_types; i++)
        if (strcmp(xml->types[i], "postgis") == 0 || strcmp(xml->types[i], "pgraster") == 0)
            return true;
    return false;
}

/* Load the style and say what is needed to draw it. 0, or -1 with a reason in error. */
static int load(struct map_child *map, const char *path, struct child_rights *rights,
                char error[MAP_ENGINE_ERROR_BYTES])
{
    _Static_assert((int)STYLE_XML_ERROR_BYTES <= (int)MAP_ENGINE_ERROR_BYTES &&
                       (int)MAP_STYLE_ERROR_BYTES <= (int)MAP_ENGINE_ERROR_BYTES,
                   "one error text");
    const char *types[STYLE_XML_TYPES];
    struct style_xml *xml = style_xml_read(path, error);
    if (!xml)
        return -1;
    for (size_t i = 0; i < xml->n_types; i++)
        types[i] = xml->types[i];
    rights->read_files = true;
    rights->network = needs_network(xml);
    map->engine = map_engine_create(path, types, xml->n_types, error);
    style_xml_free(xml);
    return map->engine ? map_style_read(&map->style, path, error) : -1;
}

static int send_tile(struct map_child *map, const uint32_t *pixels, unsigned side, unsigned scale,
                     unsigned place)
{
    const unsigned tile = MAP_TILE_SIDE * scale;
    const size_t stride = (size_t)side * tile;
    const uint32_t *corner = pixels + place / side * tile * stride + place % side * tile;
    size_t len;
    const uint8_t *bytes = tile_png_encode(map->png, corner, stride, tile, &len);
    return child_send(&map->child, place, bytes, len);
}

static int render(struct child *child, const struct picture *first, unsigned place, int input,
                  char error[CHILD_ERROR_BYTES])
{
    struct map_child *map = (struct map_child *)child;
    char why[MAP_ENGINE_ERROR_BYTES];
    if (first->kind != PICTURE_MAP) {
        snprintf(error, CHILD_ERROR_BYTES, "expected a map tile");
        return -1;
    }
    /* A child that began after the files had changed must not draw them under the old name. */
    if (strcmp(first->hash, map->style.hash) != 0) {
        snprintf(error, CHILD_ERROR_BYTES,
                 "the style or its data are now those of %s: reload to see them", map->style.hash);
        return -1;
    }
    const unsigned count = picture_job_size(first);
    unsigned side = 1;
    while (side * side < count)
        side *= 2;
    const uint32_t *pixels =
        map_engine_draw(map->engine, first->z, first->x, first->y, side, first->scale, why);
    if (!pixels) {
        snprintf(error, CHILD_ERROR_BYTES, "%.*s", CHILD_ERROR_BYTES - 1, why);
        return -1;
    }
    /* Somebody waits for this one. */
    if (send_tile(map, pixels, side, first->scale, place))
        return -1;
    for (unsigned i = 0; i < count; i++)
        if (i != place && send_tile(map, pixels, side, first->scale, i))
            return -1;
    return 0;
}

int main(int argc, char **argv)
{
    standard_descriptors_open();
    struct options options = {.name = "map"};
    struct map_child map = {.child = {.render = render}};
    struct child_rights rights = {0};
    char error[MAP_ENGINE_ERROR_BYTES] = "";
    if (read_options(&options, argc, argv)) {
        fprintf(stderr, "usage: placed-render-map --style FILE [--memory BYTES] [--name NAME]\n");
        return 2;
    }
    child_begin(options.memory_bytes);
    map.png = tile_png_create(2 * MAP_TILE_SIDE);
    if (map.png && load(&map, options.style, &rights, error) == 0 &&
        child_confine(&rights, error) == 0) {
        int status = child_run(&map.child);
        /* Not exit(): what Mapnik and its libraries tear down then takes longer than all else, and
         * there is nothing of ours to save. */
        fflush(NULL);
        _exit(status);
    }
    fprintf(stderr, "map %s: %s\n", options.name, error[0] ? error : "out of memory");
    tile_png_destroy(map.png);
    map_engine_destroy(map.engine);
    return 2;
}
