/* SPDX-License-Identifier: ISC */
/* files: see files.h. The table is sorted by path; a request is a binary search, never an open().
 */
#include "http/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "core/crc32c.h"

enum {
    FILES_MAX = 512,
    FILE_BYTES_MAX = 16 * 1024 * 1024,
    ALL_BYTES_MAX = 64 * 1024 * 1024,
    PATH_BYTES_MAX = 512,
    DEPTH_MAX = 8,
    GZIP_BYTES_MIN = 256, /* shorter ones fit into one packet anyhow */
};

struct files {
    struct file table[FILES_MAX];
    size_t n;
    size_t bytes; /* of all files, uncompressed */
};

/* By extension. Text has its charset; what is compressed already says so by `packed`. */
static const struct type {
    const char *extension, *type;
    bool packed;
} types[] = {
    {".html", "text/html; charset=utf-8", false},
    {".js", "text/javascript; charset=utf-8", false},
    {".mjs", "text/javascript; charset=utf-8", false},
    {".css", "text/css; charset=utf-8", false},
    {".json", "application/json", false},
    {".map", "application/json", false},
    {".webmanifest", "application/manifest+json", false},
    {".txt", "text/plain; charset=utf-8", false},
    {".svg", "image/svg+xml", false},
    {".png", "image/png", true},
    {".jpg", "image/jpeg", true},
    {".webp", "image/webp", true},
    {".ico", "image/x-icon", false},
    {".woff2", "font/woff2", true},
    {".wasm", "application/wasm", false},
};
static const char hash_letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
static const struct type any_type = {"", "application/octet-stream", false};

static const struct type *type_of(const char *path)
{
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof types / sizeof *types; i++) {
        if (strcmp(dot, types[i].extension) == 0)
            return &types[i];
    }
    return &any_type;
}

/* Vite names what it has bundled "assets/name-HASH.ext", 8 characters of hash, "-" among them. */
static bool has_hash(const char *path)
{
    if (strncmp(path, "/assets/", 8) != 0)
        return false;
    const char *dot = strrchr(path, '.');
    return dot && dot - path > 8 + 9 && dot[-9] == '-' && strspn(dot - 8, hash_letters) == 8;
}

static int fail(char error[FILES_ERROR_BYTES], const char *path, const char *what)
{
    snprintf(error, FILES_ERROR_BYTES, "web client: %.160s: %s", path, what);
    return -1;
}

static uint8_t *read_all(int fd, size_t len)
{
    uint8_t *bytes = malloc(len ? len : 1);
    for (size_t at = 0; bytes && at < len;) {
        ssize_t n = read(fd, bytes + at, len - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            free(bytes);
            return NULL;
        }
        at += (size_t)n;
    }
    return bytes;
}

/* Compressed bytes where that saves a tenth, else NULL. */
static uint8_t *compress_gzip(const uint8_t *bytes, size_t len, size_t *gzip_len)
{
    z_stream z = {0};
    if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        return NULL;
    size_t room = len - len / 10;
    uint8_t *gzip = malloc(room);
    z.next_in = (Bytef *)(uintptr_t)bytes;
    z.avail_in = (uInt)len;
    z.next_out = gzip;
    z.avail_out = (uInt)room;
    bool good = gzip && deflate(&z, Z_FINISH) == Z_STREAM_END;
    *gzip_len = room - z.avail_out;
    deflateEnd(&z);
    if (good)
        return gzip;
    free(gzip);
    return NULL;
}

/* What follows from the bytes, which become the file's. */
static void fill(struct file *file, uint8_t *bytes, size_t len, bool packed)
{
    file->bytes = bytes;
    file->len = len;
    file->gzip = NULL;
    file->gzip_len = 0;
    snprintf(file->etag, sizeof file->etag, "\"%08x-%x\"", crc32c(0, bytes, len), (unsigned)len);
    if (!packed && len >= GZIP_BYTES_MIN)
        file->gzip = compress_gzip(bytes, len, &file->gzip_len);
    file->own_address = strncmp(file->type, "text/html", 9) == 0 &&
                        memmem(bytes, len, FILES_OWN_ADDRESS, strlen(FILES_OWN_ADDRESS));
}

/* Put the open file into the table. */
static int add(struct files *files, int fd, const struct stat *stat, const char *path,
               char error[FILES_ERROR_BYTES])
{
    size_t len = (size_t)stat->st_size;
    if (files->n == FILES_MAX)
        return fail(error, path, "too many files");
    if (stat->st_size > FILE_BYTES_MAX || files->bytes + len > ALL_BYTES_MAX)
        return fail(error, path, "too large");
    struct file *file = &files->table[files->n];
    const struct type *type = type_of(path);
    uint8_t *bytes = read_all(fd, len);
    char *name = strdup(strcmp(path, "/index.html") == 0 ? "/" : path);
    if (!bytes || !name) {
        free(bytes);
        free(name);
        return fail(error, path, "cannot be read whole");
    }
    *file = (struct file){.path = name, .type = type->type, .immutable = has_hash(path)};
    fill(file, bytes, len, type->packed);
    files->bytes += len;
    files->n++;
    return 0;
}

/* Everything under the directory open as fd (closed here), whose request path is `path`. */
static int add_directory(struct files *files, int fd, const char *path, unsigned depth,
                         char error[FILES_ERROR_BYTES]);

static int add_entry(struct files *files, int dir, const char *path, const char *name,
                     unsigned depth, char error[FILES_ERROR_BYTES])
{
    char full[PATH_BYTES_MAX];
    if (snprintf(full, sizeof full, "%s/%s", path, name) >= (int)sizeof full)
        return fail(error, path, "a path is too long");
    /* O_NOFOLLOW: a symbolic link could lead out of the directory. O_NONBLOCK: nor may a pipe stop
     * us. */
    int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return errno == ELOOP ? 0 : fail(error, full, strerror(errno));
    struct stat stat;
    int result = 0;
    if (fstat(fd, &stat) != 0)
        result = fail(error, full, strerror(errno));
    else if (S_ISDIR(stat.st_mode))
        return add_directory(files, fd, full, depth + 1, error);
    else if (S_ISREG(stat.st_mode))
        result = add(files, fd, &stat, full, error);
    close(fd);
    return result;
}

static int add_directory(struct files *files, int fd, const char *path, unsigned depth,
                         char error[FILES_ERROR_BYTES])
{
    DIR *dir = depth > DEPTH_MAX ? NULL : fdopendir(fd);
    if (!dir) {
        close(fd);
        return fail(error, path, depth > DEPTH_MAX ? "too deep" : strerror(errno));
    }
    int result = 0;
    for (const struct dirent *entry; result == 0 && (entry = readdir(dir));) {
        if (entry->d_name[0] != '.') /* ".", "..", and what is hidden is no part of the client */
            result = add_entry(files, dirfd(dir), path, entry->d_name, depth, error);
    }
    closedir(dir);
    return result;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct file *)a)->path, ((const struct file *)b)->path);
}

struct files *files_load(const char *dir, char error[FILES_ERROR_BYTES])
{
    struct files *files = calloc(1, sizeof *files);
    if (!files) {
        fail(error, dir, "out of memory");
        return NULL;
    }
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        fail(error, dir, strerror(errno));
    } else if (add_directory(files, fd, "", 0, error) == 0) {
        qsort(files->table, files->n, sizeof *files->table, by_path);
        return files;
    }
    files_free(files);
    return NULL;
}

const struct file *files_find(const struct files *files, const char *path)
{
    struct file key = {.path = strcmp(path, "/index.html") == 0 ? "/" : path};
    return bsearch(&key, files->table, files->n, sizeof *files->table, by_path);
}

/* The text with every FILES_OWN_ADDRESS replaced, for free(). NULL when out of memory. */
static uint8_t *replace_address(const struct file *file, const char *address, size_t *len)
{
    const size_t from_len = strlen(FILES_OWN_ADDRESS), to_len = strlen(address);
    size_t longest = file->len + file->len / from_len * to_len;
    uint8_t *text = malloc(longest + 1), *out = text;
    const uint8_t *at = file->bytes, *end = file->bytes + file->len;
    while (text && at < end) {
        const uint8_t *found = memmem(at, (size_t)(end - at), FILES_OWN_ADDRESS, from_len);
        const uint8_t *stop = found ? found : end;
        memcpy(out, at, (size_t)(stop - at));
        out += stop - at;
        at = stop;
        if (found) {
            memcpy(out, address, to_len);
            out += to_len;
            at += from_len;
        }
    }
    *len = (size_t)(out - text);
    return text;
}

int files_readdress(const struct file *file, const char *address, struct file *made)
{
    size_t len;
    uint8_t *bytes = replace_address(file, address, &len);
    if (!bytes)
        return -1;
    *made = *file;
    fill(made, bytes, len, false);
    return 0;
}

int files_set_address(struct files *files, const char *address)
{
    for (size_t i = 0; i < files->n; i++) {
        struct file *file = &files->table[i], made;
        if (!file->own_address)
            continue;
        if (files_readdress(file, address, &made) != 0)
            return -1;
        free((void *)(uintptr_t)file->bytes);
        free((void *)(uintptr_t)file->gzip);
        *file = made;
    }
    return 0;
}

void files_free(struct files *files)
{
    if (!files)
        return;
    for (size_t i = 0; i < files->n; i++) {
        free((void *)(uintptr_t)files->table[i].path);
        free((void *)(uintptr_t)files->table[i].bytes);
        free((void *)(uintptr_t)files->table[i].gzip);
    }
    free(files);
}
