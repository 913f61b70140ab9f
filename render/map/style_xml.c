/* SPDX-License-Identifier: ISC */
/*
 * style_xml: by expat, which bounds by itself how far entities may expand. Data sources can take
 * over the parameters of a template, <Datasource name="..."> directly in <Map>; their files can be
 * relative to a <FileSource>. Both as Mapnik 3.1 has it.
 */
#include "render/map/style_xml.h"

#include <errno.h>
#include <expat.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 100, TEMPLATES_MAX = 64 };

struct source {
    char name[STYLE_XML_TEXT_BYTES]; /* of a template or <FileSource> */
    char type[STYLE_XML_TEXT_BYTES];
    char file[STYLE_XML_TEXT_BYTES];
    char base[STYLE_XML_TEXT_BYTES];
};

struct reading {
    struct style_xml *xml;
    const char *path; /* of the style */
    char *error;
    XML_Parser parser;
    bool failed;
    unsigned depth;
    /* Where it is. A depth of 0: not in such an element. */
    unsigned parameters, source_at;
    char *wanted; /* the text of the element being read goes here, or NULL */
    size_t wanted_len;
    struct source source;
    struct source *templates, *folders;
    size_t n_templates, n_folders;
};

static void __attribute__((format(printf, 2, 3)))
fail(struct reading *reading, const char *format, ...)
{
    if (reading->failed)
        return;
    reading->failed = true;
    int len =
        snprintf(reading->error, STYLE_XML_ERROR_BYTES, "%s:%lu: ", reading->path,
                 reading->parser ? (unsigned long)XML_GetCurrentLineNumber(reading->parser) : 1UL);
    va_list args;
    va_start(args, format);
    if (len > 0 && len < STYLE_XML_ERROR_BYTES)
        vsnprintf(reading->error + len, STYLE_XML_ERROR_BYTES - (size_t)len, format, args);
    va_end(args);
    if (reading->parser)
        XML_StopParser(reading->parser, XML_FALSE);
}

static const char *attribute(const char **attributes, const char *name)
{
    for (; attributes[0]; attributes += 2)
        if (strcmp(attributes[0], name) == 0)
            return attributes[1];
    return NULL;
}

/* ---- files ---- */

static bool ends_with(const char *text, size_t len, const char *end)
{
    size_t n = strlen(end);
    return len > n && memcmp(text + len - n, end, n) == 0;
}

/* dir and name as one path, for free(); only name when that is absolute. NULL: no memory. */
static char *join(const char *dir, size_t dir_len, const char *name, size_t len)
{
    if (name[0] == '/')
        return strndup(name, len);
    char *path = malloc(dir_len + len + 2);
    if (!path)
        return NULL;
    memcpy(path, dir, dir_len);
    size_t at = dir_len;
    if (at > 0 && path[at - 1] != '/')
        path[at++] = '/';
    memcpy(path + at, name, len);
    path[at + len] = '\0';
    return path;
}

/* The name of a file as the style has it, relative to base (which is relative to the style). */
static void add_file(struct reading *reading, const char *base, const char *name, bool shapefile)
{
    struct style_xml *xml = reading->xml;
    size_t len = strlen(name);
    /* A database's address, an expression or a shape that Mapnik knows is no file. */
    if (len == 0 || strpbrk(name, ":[$") || strncmp(name, "/vsi", 4) == 0)
        return;
    if (shapefile && ends_with(name, len, ".shp"))
        len -= 4;
    const char *slash = strrchr(reading->path, '/');
    size_t dir_len = slash ? (size_t)(slash - reading->path) + 1 : 0;
    char *dir = join(reading->path, dir_len, base, strlen(base));
    char *path = dir ? join(dir, strlen(dir), name, len) : NULL;
    free(dir);
    if (!path) {
        fail(reading, "out of memory");
        return;
    }
    bool known = false;
    for (size_t i = 0; !known && i < xml->n_files; i++)
        known = xml->files[i].shapefile == shapefile && strcmp(xml->files[i].path, path) == 0;
    if (known) {
        free(path);
    } else if (xml->n_files == STYLE_XML_FILES) {
        free(path);
        fail(reading, "names more than %d files", STYLE_XML_FILES);
    } else {
        xml->files[xml->n_files++] = (struct style_file){.path = path, .shapefile = shapefile};
    }
}

static void add_type(struct reading *reading, const char *type)
{
    struct style_xml *xml = reading->xml;
    size_t len = strspn(type, "abcdefghijklmnopqrstuvwxyz0123456789-");
    if (len == 0 || type[len] != '\0' || len >= STYLE_XML_TYPE_BYTES) {
        fail(reading, "a data source of type '%.40s': expected one of Mapnik's, as shape", type);
        return;
    }
    for (size_t i = 0; i < xml->n_types; i++)
        if (strcmp(xml->types[i], type) == 0)
            return;
    if (xml->n_types == STYLE_XML_TYPES) {
        fail(reading, "has more than %d types of data sources", STYLE_XML_TYPES);
        return;
    }
    memcpy(xml->types[xml->n_types++], type, len + 1);
}

/* ---- data sources ---- */

static const struct source *find(const struct source *sources, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(sources[i].name, name) == 0)
            return &sources[i];
    return NULL;
}

/* Keep a template or a folder for those that name it. */
static void keep(struct reading *reading, struct source **sources, size_t *n)
{
    if (*n == TEMPLATES_MAX) {
        fail(reading, "has more than %d templates of data sources or files", TEMPLATES_MAX);
        return;
    }
    if (!*sources)
        *sources = calloc(TEMPLATES_MAX, sizeof **sources);
    if (!*sources)
        fail(reading, "out of memory");
    else
        (*sources)[(*n)++] = reading->source;
}

static void begin_source(struct reading *reading, const char **attributes)
{
    const char *base = attribute(attributes, "base"), *name = attribute(attributes, "name");
    const struct source *template =
        base ? find(reading->templates, reading->n_templates, base) : NULL;
    reading->source = template ? *template : (struct source){0};
    reading->source_at = reading->depth;
    if (name && strlen(name) >= sizeof reading->source.name)
        fail(reading, "a name of more than %d bytes", STYLE_XML_TEXT_BYTES - 1);
    else
        snprintf(reading->source.name, sizeof reading->source.name, "%s", name ? name : "");
}

static void end_source(struct reading *reading)
{
    const struct source *source = &reading->source;
    reading->source_at = 0;
    if (reading->depth == 2) {
        keep(reading, &reading->templates, &reading->n_templates);
        return;
    }
    const struct source *folder =
        source->base[0] ? find(reading->folders, reading->n_folders, source->base) : NULL;
    add_type(reading, source->type);
    add_file(reading, folder ? folder->file : source->base, source->file,
             strcmp(source->type, "shape") == 0);
}

/* ---- elements ---- */

static void want(struct reading *reading, char text[STYLE_XML_TEXT_BYTES])
{
    reading->wanted = text;
    reading->wanted_len = 0;
}

static void begin_parameter(struct reading *reading, const char *name)
{
    struct style_xml *xml = reading->xml;
    const struct {
        const char *name;
        char *text;
        bool of_source;
    } known[] = {
        {"type", reading->source.type, true}, {"file", reading->source.file, true},
        {"base", reading->source.base, true}, {"minzoom", xml->minzoom, false},
        {"maxzoom", xml->maxzoom, false},     {"attribution", xml->attribution, false},
        {"bounds", xml->bounds, false},
    };
    bool of_source = reading->source_at > 0 && reading->depth == reading->source_at + 1;
    bool of_map = reading->parameters == 2 && reading->depth == 3;
    for (size_t i = 0; name && i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0 && (known[i].of_source ? of_source : of_map))
            want(reading, known[i].text);
}

static void on_start(void *data, const char *name, const char **attributes)
{
    struct reading *reading = data;
    reading->depth++;
    reading->wanted = NULL;
    if (reading->depth > DEPTH_MAX) {
        fail(reading, "elements are nested deeper than %d", DEPTH_MAX);
    } else if (reading->depth == 1 && strcmp(name, "Map") != 0) {
        fail(reading, "begins with <%.40s>, expected <Map>", name);
    } else if (reading->depth == 1) {
        const char *background = attribute(attributes, "background-color");
        const char *image = attribute(attributes, "background-image");
        snprintf(reading->xml->background, STYLE_XML_TEXT_BYTES, "%s",
                 background ? background : "");
        add_file(reading, "", image ? image : "", false);
    } else if (reading->depth == 2 && strcmp(name, "Parameters") == 0) {
        reading->parameters = reading->depth;
    } else if (reading->source_at == 0 && strcmp(name, "Datasource") == 0) {
        begin_source(reading, attributes);
    } else if (strcmp(name, "Parameter") == 0) {
        begin_parameter(reading, attribute(attributes, "name"));
    } else if (reading->depth == 2 && strcmp(name, "FileSource") == 0) {
        begin_source(reading, attributes);
        want(reading, reading->source.file);
    } else if (attribute(attributes, "file")) { /* of a symbol */
        add_file(reading, "", attribute(attributes, "file"), false);
    }
}

static void on_end(void *data, const char *name)
{
    struct reading *reading = data;
    if (reading->wanted) { /* without blanks around it */
        char *text = reading->wanted;
        size_t len = reading->wanted_len, blanks;
        while (len > 0 && strchr(" \t\r\n", text[len - 1]))
            len--;
        text[len] = '\0';
        blanks = strspn(text, " \t\r\n");
        memmove(text, text + blanks, len - blanks + 1);
        reading->wanted = NULL;
    }
    if (reading->source_at == reading->depth && strcmp(name, "FileSource") == 0) {
        reading->source_at = 0;
        keep(reading, &reading->folders, &reading->n_folders);
    } else if (reading->source_at == reading->depth) {
        end_source(reading);
    }
    if (reading->parameters == reading->depth)
        reading->parameters = 0;
    reading->depth--;
}

static void on_text(void *data, const char *text, int len)
{
    struct reading *reading = data;
    if (!reading->wanted)
        return;
    if ((size_t)len >= STYLE_XML_TEXT_BYTES - reading->wanted_len) {
        fail(reading, "a parameter of more than %d bytes", STYLE_XML_TEXT_BYTES - 1);
        return;
    }
    memcpy(reading->wanted + reading->wanted_len, text, (size_t)len);
    reading->wanted_len += (size_t)len;
    reading->wanted[reading->wanted_len] = '\0';
}

/* The parts of a style in other files would not be in its hash. */
static void on_entity(void *data, const char *name, int is_parameter, const char *value,
                      int value_len, const char *base, const char *system_id, const char *public_id,
                      const char *notation)
{
    if (system_id)
        fail(data, "takes in another file as entity '%.40s': expected a style in one file", name);
}

/* ---- the file ---- */

/* All its bytes, at most STYLE_XML_BYTES. */
static int read_file(struct reading *reading)
{
    struct style_xml *xml = reading->xml;
    int fd = open(reading->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat found;
    if (fd < 0 || fstat(fd, &found)) {
        snprintf(reading->error, STYLE_XML_ERROR_BYTES, "%s: %s", reading->path, strerror(errno));
    } else if (!S_ISREG(found.st_mode) || found.st_size > STYLE_XML_BYTES) {
        snprintf(reading->error, STYLE_XML_ERROR_BYTES,
                 "%s: expected a style, a file of at most %d MiB", reading->path,
                 STYLE_XML_BYTES >> 20);
    } else {
        xml->bytes = malloc(STYLE_XML_BYTES < found.st_size + 1 ? STYLE_XML_BYTES
                                                                : (size_t)found.st_size + 1);
        ssize_t got = 1;
        while (xml->bytes && got > 0 && xml->len < (size_t)found.st_size) {
            got = read(fd, xml->bytes + xml->len, (size_t)found.st_size - xml->len);
            if (got > 0)
                xml->len += (size_t)got;
        }
        if (xml->bytes && got >= 0) {
            close(fd);
            return 0;
        }
        snprintf(reading->error, STYLE_XML_ERROR_BYTES, "%s: %s", reading->path,
                 xml->bytes ? strerror(errno) : "out of memory");
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

static int parse(struct reading *reading)
{
    const struct style_xml *xml = reading->xml;
    XML_Parser parser = reading->parser = XML_ParserCreate(NULL);
    if (!parser) {
        snprintf(reading->error, STYLE_XML_ERROR_BYTES, "%s: out of memory", reading->path);
        return -1;
    }
    XML_SetUserData(parser, reading);
    XML_SetElementHandler(parser, on_start, on_end);
    XML_SetCharacterDataHandler(parser, on_text);
    XML_SetEntityDeclHandler(parser, on_entity);
    enum XML_Status status = XML_Parse(parser, xml->bytes, (int)xml->len, XML_TRUE);
    if (status != XML_STATUS_OK && !reading->failed)
        fail(reading, "no XML: %s", XML_ErrorString(XML_GetErrorCode(parser)));
    XML_ParserFree(parser);
    return reading->failed ? -1 : 0;
}

struct style_xml *style_xml_read(const char *path, char error[STYLE_XML_ERROR_BYTES])
{
    struct style_xml *xml = calloc(1, sizeof *xml);
    struct reading *reading = calloc(1, sizeof *reading);
    int failed = -1;
    if (!xml || !reading) {
        snprintf(error, STYLE_XML_ERROR_BYTES, "%s: out of memory", path);
    } else {
        *reading = (struct reading){.xml = xml, .path = path, .error = error};
        failed = read_file(reading) || parse(reading);
        free(reading->templates);
        free(reading->folders);
    }
    free(reading);
    if (!failed)
        return xml;
    style_xml_free(xml);
    return NULL;
}

void style_xml_free(struct style_xml *xml)
{
    if (!xml)
        return;
    for (size_t i = 0; i < xml->n_files; i++)
        free(xml->files[i].path);
    free(xml->bytes);
    free(xml);
}
