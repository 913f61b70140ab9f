/* SPDX-License-Identifier: ISC */
/*
 * style: the hash is SHA-256 over the style file, then each file in the order in which the style
 * names them, each with its length before it, so that no byte can move from one file to the next
 * unnoticed.
 */
#include "render/map/style.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/bytes.h"
#include "core/decimal.h"
#include "core/hex.h"
#include "core/utf8.h"
#include "render/map/style_xml.h"

enum { READ_BYTES = 256 * 1024 };

/* ---- the hash ---- */

static int add_length(EVP_MD_CTX *digest, uint64_t len)
{
    uint8_t bytes[8];
    store_u64(bytes, len);
    return EVP_DigestUpdate(digest, bytes, sizeof bytes) == 1 ? 0 : -1;
}

/* One file into the hash. optional: it need not be there. */
static int add_path(EVP_MD_CTX *digest, const char *path, bool optional,
                    char error[MAP_STYLE_ERROR_BYTES])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat found;
    if (fd < 0 && optional && errno == ENOENT)
        return add_length(digest, UINT64_MAX);
    int failed = fd < 0 || fstat(fd, &found) ? errno : 0;
    if (!failed && !S_ISREG(found.st_mode))
        failed = S_ISDIR(found.st_mode) ? EISDIR : EINVAL;
    uint8_t *bytes = malloc(READ_BYTES);
    if (!failed && (!bytes || add_length(digest, (uint64_t)found.st_size)))
        failed = ENOMEM;
    uint64_t left = failed ? 0 : (uint64_t)found.st_size;
    while (!failed && left > 0) {
        ssize_t got = read(fd, bytes, left < READ_BYTES ? (size_t)left : READ_BYTES);
        if (got < 0)
            failed = errno;
        else if (got == 0)
            failed = ESTALE; /* it becomes shorter while it is read */
        else if (EVP_DigestUpdate(digest, bytes, (size_t)got) != 1)
            failed = ENOMEM;
        else
            left -= (uint64_t)got;
    }
    free(bytes);
    if (fd >= 0)
        close(fd);
    if (failed)
        snprintf(error, MAP_STYLE_ERROR_BYTES, "cannot read %.400s, which the style names: %s",
                 path, strerror(failed));
    return failed ? -1 : 0;
}

/* A file that the style names, and what belongs to it. An index is not looked at: with it, the same
 * is drawn, only faster. */
static int add_file(EVP_MD_CTX *digest, const struct style_file *file,
                    char error[MAP_STYLE_ERROR_BYTES])
{
    static const char *const of_shapefile[] = {".shp", ".dbf", ".shx"};
    for (size_t i = 0; i < (file->shapefile ? 3 : 1); i++) {
        const char *ending = file->shapefile ? of_shapefile[i] : "";
        char path[4096];
        if ((size_t)snprintf(path, sizeof path, "%s%s", file->path, ending) >= sizeof path) {
            snprintf(error, MAP_STYLE_ERROR_BYTES, "the style names a file of too long a path");
            return -1;
        }
        if (add_path(digest, path, i == 2, error))
            return -1;
    }
    return 0;
}

static int hash(struct map_style *style, const struct style_xml *xml,
                char error[MAP_STYLE_ERROR_BYTES])
{
    uint8_t bytes[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    int failed = !digest || EVP_DigestInit_ex(digest, EVP_sha256(), NULL) != 1 ||
                 add_length(digest, xml->len) ||
                 EVP_DigestUpdate(digest, xml->bytes, xml->len) != 1;
    if (failed)
        snprintf(error, MAP_STYLE_ERROR_BYTES, "cannot hash the style: out of memory");
    for (size_t i = 0; !failed && i < xml->n_files; i++)
        failed = add_file(digest, &xml->files[i], error);
    if (!failed && EVP_DigestFinal_ex(digest, bytes, NULL) != 1) {
        snprintf(error, MAP_STYLE_ERROR_BYTES, "cannot hash the style");
        failed = 1;
    }
    EVP_MD_CTX_free(digest);
    if (!failed)
        hex_encode(style->hash, bytes, PICTURE_HASH_CHARS / 2);
    return failed ? -1 : 0;
}

/* ---- what it says of itself ---- */

static int read_zoom(uint32_t *zoom, uint32_t absent, const char *name, const char *text,
                     const char *path, char error[MAP_STYLE_ERROR_BYTES])
{
    uint64_t value = absent;
    if (text[0] != '\0' && !decimal_parse(text, strlen(text), PICTURE_MAP_ZOOM_MAX, &value)) {
        snprintf(error, MAP_STYLE_ERROR_BYTES, "%s: parameter %s is '%.40s', expected 0 to %d",
                 path, name, text, PICTURE_MAP_ZOOM_MAX);
        return -1;
    }
    *zoom = (uint32_t)value;
    return 0;
}

/* A decimal, up to a comma or the end. NULL when it is none, else what is behind it. By hand,
 * because strtod's decimal point is the locale's. */
static const char *read_decimal(const char *text, double *value)
{
    double number = 0, unit = 1;
    bool minus = *text == '-', point = false;
    size_t digits = 0;
    for (text += minus; (*text >= '0' && *text <= '9') || (*text == '.' && !point); text++) {
        if (*text == '.') {
            point = true;
            continue;
        }
        number = 10 * number + (*text - '0');
        unit *= point ? 10 : 1;
        if (++digits > 15)
            return NULL;
    }
    *value = (minus ? -number : number) / unit;
    return digits > 0 ? text : NULL;
}

static int read_bounds(double bounds[4], const char *text, const char *path,
                       char error[MAP_STYLE_ERROR_BYTES])
{
    static const double world[4] = {-180, -85.0511, 180, 85.0511};
    if (text[0] == '\0') {
        memcpy(bounds, world, sizeof world);
        return 0;
    }
    const char *at = text;
    for (int i = 0; at && i < 4; i++) {
        at = read_decimal(at + strspn(at, " "), &bounds[i]);
        if (at)
            at += strspn(at, " ");
        if (at && *at == (i < 3 ? ',' : '\0'))
            at += i < 3;
        else
            at = NULL;
    }
    if (at && bounds[0] < bounds[2] && bounds[1] < bounds[3] && bounds[0] >= -180 &&
        bounds[2] <= 180 && bounds[1] >= -90 && bounds[3] <= 90)
        return 0;
    snprintf(error, MAP_STYLE_ERROR_BYTES,
             "%s: parameter bounds is '%.60s', expected W,S,E,N in degrees, as -180,-85,180,85",
             path, text);
    return -1;
}

static int describe(struct map_style *style, const struct style_xml *xml, const char *path,
                    char error[MAP_STYLE_ERROR_BYTES])
{
    if (read_zoom(&style->minzoom, 0, "minzoom", xml->minzoom, path, error) ||
        read_zoom(&style->maxzoom, MAP_STYLE_ZOOM_DEFAULT, "maxzoom", xml->maxzoom, path, error) ||
        read_bounds(style->bounds, xml->bounds, path, error))
        return -1;
    if (style->minzoom > style->maxzoom) {
        snprintf(error, MAP_STYLE_ERROR_BYTES, "%s: minzoom %u is above maxzoom %u", path,
                 style->minzoom, style->maxzoom);
        return -1;
    }
    size_t len =
        utf8_cut(xml->attribution, strlen(xml->attribution), sizeof style->attribution - 1);
    for (size_t i = 0; i < len; i++)
        style->attribution[i] =
            (unsigned char)xml->attribution[i] < ' ' || xml->attribution[i] == 127
                ? ' '
                : xml->attribution[i];
    style->attribution[len] = '\0';
    /* It ends up in a style sheet: a name, #rrggbb or a function of numbers, nothing else. */
    len = strspn(xml->background,
                 "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                 "0123456789#(),.% ");
    bool good = xml->background[len] == '\0' && len < sizeof style->background;
    snprintf(style->background, sizeof style->background, "%.*s", (int)sizeof style->background - 1,
             good ? xml->background : "");
    return 0;
}

int map_style_read(struct map_style *style, const char *path, char error[MAP_STYLE_ERROR_BYTES])
{
    _Static_assert((int)STYLE_XML_ERROR_BYTES <= (int)MAP_STYLE_ERROR_BYTES, "one error text");
    struct map_style found = {0};
    struct style_xml *xml = style_xml_read(path, error);
    int failed = !xml || describe(&found, xml, path, error) || hash(&found, xml, error);
    style_xml_free(xml);
    if (failed)
        return -1;
    *style = found;
    return 0;
}
