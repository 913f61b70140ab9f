/* SPDX-License-Identifier: ISC */
/*
 * map_engine: the only place that is C++. Only the plugins that a style needs are loaded: that of
 * GDAL alone brings half a hundred libraries.
 */
#include "render/map/map_engine.h"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <mapnik/agg_renderer.hpp>
#include <mapnik/datasource_cache.hpp>
#include <mapnik/debug.hpp>
#include <mapnik/font_engine_freetype.hpp>
#include <mapnik/image.hpp>
#include <mapnik/load_map.hpp>
#include <mapnik/map.hpp>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <unistd.h>

struct map_engine {
    mapnik::Map map{MAP_TILE_SIDE, MAP_TILE_SIDE};
    int buffer = MAP_BUFFER;
    std::unique_ptr<mapnik::image_rgba8> image; /* of the last call, for the next of its size */
};

namespace
{

/* Half the width of the world in metres. */
constexpr double half_world = 20037508.342789244;

void say(char error[MAP_ENGINE_ERROR_BYTES], const char *why)
{
    std::snprintf(error, MAP_ENGINE_ERROR_BYTES, "%s", why);
}

void load_plugins(const char *const *types, size_t n_types)
{
    auto &plugins = mapnik::datasource_cache::instance();
    for (size_t i = 0; i < n_types; i++) {
        const std::string path = std::string(MAP_PLUGINS) + "/" + types[i] + ".input";
        /* Looked at first: Mapnik would put lines of its own before ours. */
        if (access(path.c_str(), R_OK) != 0 || !plugins.register_datasource(path))
            throw std::runtime_error("Mapnik has no data sources of type '" +
                                     std::string(types[i]) + "': expected " + path);
    }
}

mapnik::box2d<double> box_of(uint32_t z, uint64_t x, uint64_t y, unsigned side)
{
    const double tile = 2 * half_world / static_cast<double>(uint64_t{1} << z);
    const double west = static_cast<double>(x) * tile - half_world;
    const double north = half_world - static_cast<double>(y) * tile;
    return {west, north - side * tile, west + side * tile, north};
}

} // namespace

struct map_engine *map_engine_create(const char *style, const char *const *types, size_t n_types,
                                     char error[MAP_ENGINE_ERROR_BYTES])
{
    try {
        mapnik::logger::instance().set_severity(mapnik::logger::error);
        load_plugins(types, n_types);
        mapnik::freetype_engine::register_fonts(MAP_FONTS, true);
        auto engine = std::make_unique<map_engine>();
        /* Strictly: a font or column that is not there is found now and not by those who look. */
        mapnik::load_map(engine->map, style, true);
        engine->map.set_srs("epsg:3857");
        engine->buffer = std::max(engine->buffer, engine->map.buffer_size());
        return engine.release();
    } catch (const std::exception &failure) {
        say(error, failure.what());
    } catch (...) {
        say(error, "Mapnik failed without saying why");
    }
    return nullptr;
}

void map_engine_destroy(struct map_engine *engine)
{
    delete engine;
}

const uint32_t *map_engine_draw(struct map_engine *engine, uint32_t z, uint64_t x, uint64_t y,
                                unsigned side, unsigned scale, char error[MAP_ENGINE_ERROR_BYTES])
{
    try {
        mapnik::Map &map = engine->map;
        const unsigned pixels = side * scale * MAP_TILE_SIDE;
        if (engine->image && engine->image->width() == pixels) {
            engine->image->set(0);
        } else {
            engine->image.reset(); /* before the next: there is not room for both */
            engine->image = std::make_unique<mapnik::image_rgba8>(static_cast<int>(pixels),
                                                                  static_cast<int>(pixels));
        }
        map.resize(pixels, pixels);
        map.set_buffer_size(engine->buffer * static_cast<int>(scale));
        map.zoom_to_box(box_of(z, x, y, side));
        mapnik::agg_renderer<mapnik::image_rgba8> renderer(map, *engine->image, scale);
        renderer.apply();
        return reinterpret_cast<const uint32_t *>(engine->image->bytes());
    } catch (const std::exception &failure) {
        say(error, failure.what());
    } catch (...) {
        say(error, "Mapnik failed without saying why");
    }
    engine->image.reset(); /* whatever is missing, memory perhaps: begin anew */
    return nullptr;
}
