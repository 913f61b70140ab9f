/* SPDX-License-Identifier: ISC */
/* import_id: see import_id.h. */
#include "import_id.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/bytes.h"
#include "core/hex.h"

enum {
    ID_BYTES = 16,
    PART_BYTES = 64 * 1024,
};

static int add_part(crypto_generichash_state *hash, int fd, off_t at)
{
    static uint8_t bytes[PART_BYTES];
    ssize_t n = pread(fd, bytes, sizeof bytes, at);
    if (n < 0)
        return -1;
    crypto_generichash_update(hash, bytes, (unsigned long long)n);
    return 0;
}

static int add_file(crypto_generichash_state *hash, const char *path, char error[WORK_ERROR_BYTES])
{
    struct stat st = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int rc = fd < 0 ? -1 : fstat(fd, &st);
    if (rc == 0 && !S_ISREG(st.st_mode)) { /* read twice: once here, once to import it */
        snprintf(error, WORK_ERROR_BYTES, "%.300s: not a file", path);
        close(fd);
        return -1;
    }
    if (rc == 0) {
        uint8_t size[8];
        store_u64(size, (uint64_t)st.st_size);
        crypto_generichash_update(hash, size, sizeof size);
        rc = add_part(hash, fd, 0);
    }
    if (rc == 0)
        rc = add_part(hash, fd, st.st_size > PART_BYTES ? st.st_size - PART_BYTES : 0);
    if (rc != 0)
        snprintf(error, WORK_ERROR_BYTES, "%.300s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return rc;
}

int import_id_make(const struct options *options, struct import_id *id,
                   char error[WORK_ERROR_BYTES])
{
    uint8_t bytes[ID_BYTES];
    char text[512], key[HEX_BYTES(AUTHOR_KEY_BYTES)];
    const struct region *r = &options->region;
    crypto_generichash_state hash;
    crypto_generichash_init(&hash, NULL, 0, sizeof bytes);
    hex_encode(key, options->author_key, AUTHOR_KEY_BYTES);
    snprintf(text, sizeof text,
             "placed import 1 %d %d %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64
             " %" PRId64 " %zu %d %s %d",
             options->format, options->has_region, r->x, r->y, r->width, r->height,
             options->offset_x, options->offset_y, options->batch, options->authors,
             options->authors ? key : "", options->speed > 0);
    crypto_generichash_update(&hash, (const uint8_t *)text, strlen(text));
    for (size_t i = 0; i < options->n_files; i++) {
        if (add_file(&hash, options->files[i], error) != 0)
            return -1;
    }
    crypto_generichash_final(&hash, bytes, sizeof bytes);
    hex_encode(id->text, bytes, sizeof bytes);
    id->nonce = load_u64(bytes) | 1;
    return 0;
}
