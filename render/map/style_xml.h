/* SPDX-License-Identifier: ISC */
/*
 * style_xml: what a style file of Mapnik's says, as far as others than Mapnik need to know it. The
 * file is not trusted: what it may take of memory and time is bounded, and it cannot name another
 * file as a part of itself.
 */
#ifndef PLACED_RENDER_MAP_STYLE_XML_H
#define PLACED_RENDER_MAP_STYLE_XML_H

#include <stdbool.h>
#include <stddef.h>

enum {
    STYLE_XML_BYTES = 16 * 1024 * 1024,
    STYLE_XML_FILES = 1024,
    STYLE_XML_TYPES = 32,
    STYLE_XML_TYPE_BYTES = 24,
    STYLE_XML_TEXT_BYTES = 1024, /* of a parameter that matters */
    STYLE_XML_ERROR_BYTES = 512,
};

/* A file that the style names, with the folder of the style before it if it is relative. */
struct style_file {
    char *path;
    bool shapefile; /* path.shp and its companions; path has no ending */
};

struct style_xml {
    char *bytes; /* the style file itself */
    size_t len;
    /* As they are written; "" when absent. */
    char minzoom[STYLE_XML_TEXT_BYTES], maxzoom[STYLE_XML_TEXT_BYTES];
    char attribution[STYLE_XML_TEXT_BYTES], bounds[STYLE_XML_TEXT_BYTES];
    char background[STYLE_XML_TEXT_BYTES];
    /* In the order in which they are named, each once. */
    struct style_file files[STYLE_XML_FILES];
    size_t n_files;
    /* The types of its data sources, "shape", each once: small letters, digits and hyphens. */
    char types[STYLE_XML_TYPES][STYLE_XML_TYPE_BYTES];
    size_t n_types;
};

/* NULL with what is wrong and where in error. */
struct style_xml *style_xml_read(const char *path, char error[STYLE_XML_ERROR_BYTES]);
void style_xml_free(struct style_xml *xml); /* NULL is fine */

#endif
