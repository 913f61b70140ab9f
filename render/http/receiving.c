/* SPDX-License-Identifier: ISC */
/* receiving: see receiving.h. */
#include "render/http/receiving.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/hex.h"

enum {
    BAD_REQUEST = 400,
    TOO_LARGE = 413,
    OTHER_TYPE = 415,
    NOT_GOOD = 422,
    NOT_NOW = 503,
    FORM_BUFFER_BYTES = 8 * 1024, /* the longest line that a form may have before a part */
    PATH_BYTES = 4096,
};

enum part {
    PART_BEFORE, /* the first file of the form has not come */
    PART_FILE,
    PART_BEHIND,
};

struct receiving {
    struct receiving_config config;
    struct receiving_state state;
    struct MHD_PostProcessor *form; /* NULL: the body is the picture */
    enum part part;
    int file;
    uint64_t body_bytes, bytes;
    struct header_scan scan;
    crypto_hash_sha256_state hash;
};

__attribute__((format(printf, 3, 4))) static int stop(struct receiving_state *state,
                                                      unsigned status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(state->why, sizeof state->why, format, args);
    va_end(args);
    state->status = status;
    return -1;
}

static int stop_too_large(struct receiving *receiving)
{
    return stop(&receiving->state, TOO_LARGE, "the picture has more than %" PRIu64 " bytes",
                receiving->config.bytes);
}

/* ---- the file ---- */

/* Without a name from the beginning, where the file system can; -1 with errno. */
static int open_file(const char *dir)
{
    char path[PATH_BYTES];
    int file = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
        return file;
    if ((size_t)snprintf(path, sizeof path, "%s/upload-XXXXXX", dir) >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    file = mkostemp(path, O_CLOEXEC);
    if (file >= 0)
        unlink(path);
    return file;
}

static int write_file(struct receiving *receiving, const uint8_t *bytes, size_t len)
{
    while (len > 0) {
        const ssize_t put = write(receiving->file, bytes, len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return stop(&receiving->state, NOT_NOW, "the picture cannot be written down: %s",
                        strerror(errno));
        bytes += put;
        len -= (size_t)put;
    }
    return 0;
}

/* ---- the picture ---- */

/* What is known of the header is good so far. */
static int check_header(struct receiving *receiving, enum header_result result)
{
    char why[BUDGET_WHY_BYTES];
    switch (result) {
    case HEADER_MORE:
        return 0;
    case HEADER_OTHER:
        return stop(&receiving->state, OTHER_TYPE, "%s", receiving->scan.why);
    case HEADER_BROKEN:
        return stop(&receiving->state, NOT_GOOD, "%s", receiving->scan.why);
    case HEADER_FOUND:
        break;
    }
    return budget_allows(&receiving->config.budget, &receiving->scan.header, why)
               ? 0
               : stop(&receiving->state, NOT_GOOD, "%s", why);
}

static int take_picture(struct receiving *receiving, const uint8_t *bytes, size_t len)
{
    if (len > receiving->config.bytes - receiving->bytes)
        return stop_too_large(receiving);
    const bool known = receiving->scan.result == HEADER_FOUND;
    if (!known && check_header(receiving, header_feed(&receiving->scan, bytes, len)) < 0)
        return -1;
    receiving->bytes += len;
    crypto_hash_sha256_update(&receiving->hash, bytes, len);
    return write_file(receiving, bytes, len);
}

/* ---- the form ---- */

/* A piece of a part, as libmicrohttpd finds it. A part without the name of a file is no file. */
static enum MHD_Result on_part(void *context, enum MHD_ValueKind kind, const char *key,
                               const char *filename, const char *type, const char *encoding,
                               const char *bytes, uint64_t offset, size_t len)
{
    struct receiving *receiving = context;
    if (receiving->state.status != 0)
        return MHD_NO;
    if (receiving->part == PART_FILE && (!filename || (offset == 0 && receiving->bytes > 0)))
        receiving->part = PART_BEHIND;
    if (receiving->part == PART_BEFORE && filename)
        receiving->part = PART_FILE;
    if (receiving->part == PART_FILE && len > 0)
        take_picture(receiving, (const uint8_t *)bytes, len);
    return receiving->state.status == 0 ? MHD_YES : MHD_NO;
}

static int take_form(struct receiving *receiving, const char *bytes, size_t len)
{
    if (MHD_post_process(receiving->form, bytes, len) == MHD_YES || receiving->state.status != 0)
        return receiving->state.status == 0 ? 0 : -1;
    return stop(&receiving->state, BAD_REQUEST, "the form is malformed");
}

/* ---- all of it ---- */

struct receiving *receiving_create(const struct receiving_config *config,
                                   struct MHD_Connection *form, struct receiving_state *state)
{
    struct receiving *receiving = calloc(1, sizeof *receiving);
    if (!receiving) {
        stop(state, NOT_NOW, "out of memory");
        return NULL;
    }
    receiving->config = *config;
    header_begin(&receiving->scan);
    crypto_hash_sha256_init(&receiving->hash);
    receiving->file = open_file(config->dir);
    if (receiving->file < 0)
        stop(state, NOT_NOW, "the picture cannot be written down: %s", strerror(errno));
    else if (form && !(receiving->form =
                           MHD_create_post_processor(form, FORM_BUFFER_BYTES, on_part, receiving)))
        stop(state, BAD_REQUEST, "the form's type has no boundary");
    else
        return receiving;
    receiving_destroy(receiving);
    return NULL;
}

void receiving_destroy(struct receiving *receiving)
{
    if (!receiving)
        return;
    receiving->state.status = receiving->state.status ? receiving->state.status : BAD_REQUEST;
    if (receiving->form)
        MHD_destroy_post_processor(receiving->form);
    if (receiving->file >= 0)
        close(receiving->file);
    free(receiving);
}

const struct receiving_state *receiving_take(struct receiving *receiving, const void *bytes,
                                             size_t len)
{
    if (receiving->state.status != 0)
        return &receiving->state;
    receiving->body_bytes += len;
    if (receiving->form && receiving->body_bytes > receiving->config.bytes + RECEIVING_FORM_BYTES)
        stop_too_large(receiving);
    else if (receiving->form)
        take_form(receiving, bytes, len);
    else
        take_picture(receiving, bytes, len);
    return &receiving->state;
}

static struct blob *read_back(struct receiving *receiving)
{
    struct blob *blob = blob_create(receiving->bytes);
    for (size_t at = 0; blob && at < blob->len;) {
        const ssize_t got = pread(receiving->file, blob->bytes + at, blob->len - at, (off_t)at);
        if (got > 0) {
            at += (size_t)got;
        } else if (got == 0 || errno != EINTR) {
            blob_release(blob);
            blob = NULL;
        }
    }
    return blob;
}

/* The form has to have come to its own end, too. */
static int end_form(struct receiving *receiving)
{
    if (!receiving->form)
        return 0;
    const enum MHD_Result whole = MHD_destroy_post_processor(receiving->form);
    receiving->form = NULL;
    if (receiving->state.status != 0)
        return -1;
    if (whole != MHD_YES)
        return stop(&receiving->state, BAD_REQUEST, "the form ends before its last boundary");
    if (receiving->part == PART_BEFORE)
        return stop(&receiving->state, BAD_REQUEST, "the form has no file");
    return 0;
}

const struct receiving_state *receiving_end(struct receiving *receiving, struct original *original,
                                            struct blob **bytes)
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    if (receiving->state.status != 0 || end_form(receiving) < 0)
        return &receiving->state;
    if (receiving->bytes == 0) {
        stop(&receiving->state, BAD_REQUEST, "the picture has no bytes");
        return &receiving->state;
    }
    if (check_header(receiving, header_end(&receiving->scan)) < 0)
        return &receiving->state;
    *bytes = read_back(receiving);
    if (!*bytes) {
        stop(&receiving->state, NOT_NOW, "out of memory, or the disk fails");
        return &receiving->state;
    }
    const struct header *header = &receiving->scan.header;
    *original = (struct original){.type = header->type,
                                  .width = header->width,
                                  .height = header->height,
                                  .bytes = receiving->bytes};
    crypto_hash_sha256_final(&receiving->hash, hash);
    hex_encode(original->id, hash, sizeof hash);
    return &receiving->state;
}
