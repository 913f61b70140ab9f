/* SPDX-License-Identifier: ISC */
/* fuzz_style: any bytes as the style of a map. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/utf8.h"
#include "render/map/style.h"
#include "render/map/style_xml.h"

static void check_xml(const struct style_xml *xml)
{
    if (xml->n_files > STYLE_XML_FILES || xml->n_types > STYLE_XML_TYPES)
        abort();
    for (size_t i = 0; i < xml->n_types; i++) /* it becomes a part of a plugin's path */
        if (!xml->types[i][0] || strpbrk(xml->types[i], "/. "))
            abort();
    for (size_t i = 0; i < xml->n_files; i++)
        if (!xml->files[i].path[0])
            abort();
}

static void check_style(const struct map_style *style)
{
    size_t len = strlen(style->attribution);
    if (strspn(style->hash, "0123456789abcdef") != PICTURE_HASH_CHARS ||
        style->minzoom > style->maxzoom || style->maxzoom > PICTURE_MAP_ZOOM_MAX ||
        !(style->bounds[0] < style->bounds[2]) || !(style->bounds[1] < style->bounds[3]) ||
        !utf8_valid((const uint8_t *)style->attribution, len) ||
        strpbrk(style->attribution, "\n\r\t") || strpbrk(style->background, ";{}<>\"'&\\/"))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static int fd = -1;
    static char path[64];
    char error[MAP_STYLE_ERROR_BYTES] = "";
    struct map_style style;
    if (fd < 0) {
        fd = memfd_create("style.xml", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    if (fd < 0 || ftruncate(fd, 0) < 0 || pwrite(fd, data, len, 0) != (ssize_t)len)
        abort();
    struct style_xml *xml = style_xml_read(path, error);
    if (xml)
        check_xml(xml);
    else if (!error[0] || strlen(error) >= STYLE_XML_ERROR_BYTES)
        abort();
    style_xml_free(xml);
    if (map_style_read(&style, path, error) == 0)
        check_style(&style);
    else if (!error[0])
        abort();
    return 0;
}
