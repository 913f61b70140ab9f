/* SPDX-License-Identifier: ISC */
/* secret: see secret.h. */
#include "identity/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/decimal.h"
#include "core/hex.h"

enum {
    FILE_BYTES = 4096, /* at most, with comments */
    HEX_DIGITS = 2 * SECRET_KEY_BYTES,
};

static const char heading[] =
    "# The keys that sign the identities of this plane. Whoever has them can be anybody: keep them "
    "to\n"
    "# the servers of the set, which all need the same file. placed --rotate-secret makes a new "
    "one.\n";

static int fail(char error[SECRET_ERROR_BYTES], const char *path, const char *why)
{
    snprintf(error, SECRET_ERROR_BYTES, "secret %.140s: %.100s", path, why);
    return -1;
}

/* ---- the text */

static bool parse_key(struct secret_key *key, const char *text, size_t len)
{
    const char *blank = memchr(text, ' ', len);
    int64_t id;
    size_t n;
    if (!blank || !decimal_parse_canonical(text, (size_t)(blank - text), 1, UINT8_MAX, &id) ||
        len - (size_t)(blank - text) - 1 != HEX_DIGITS)
        return false;
    for (size_t i = 0; i < HEX_DIGITS; i++) {
        if (!strchr("0123456789abcdef", blank[1 + i]) || !blank[1 + i])
            return false;
    }
    key->id = (uint8_t)id;
    return sodium_hex2bin(key->bytes, sizeof key->bytes, blank + 1, HEX_DIGITS, NULL, &n, NULL) ==
               0 &&
           n == sizeof key->bytes;
}

/* One line without its end: whose key it is, or why it is none. */
static const char *parse_line(struct secret *secret, bool *has_current, const char *line,
                              size_t len)
{
    static const char current[] = "current ", previous[] = "previous ";
    size_t n_current = sizeof current - 1, n_previous = sizeof previous - 1;
    if (len == 0 || *line == '#')
        return NULL;
    bool is_current = len > n_current && memcmp(line, current, n_current) == 0;
    bool is_previous = len > n_previous && memcmp(line, previous, n_previous) == 0;
    size_t skip = is_current ? n_current : n_previous;
    if ((!is_current && !is_previous) ||
        !parse_key(is_current ? &secret->current : &secret->previous, line + skip, len - skip))
        return "expected lines \"current ID HEX\" and \"previous ID HEX\", ID 1 to 255, HEX 64 "
               "small hexadecimal digits";
    bool *has = is_current ? has_current : &secret->has_previous;
    if (*has)
        return "it has the same key twice";
    *has = true;
    return NULL;
}

int secret_parse(struct secret *secret, const char *text, size_t len,
                 char error[SECRET_ERROR_BYTES])
{
    const char *why = NULL, *end = text + len;
    bool has_current = false;
    memset(secret, 0, sizeof *secret);
    for (const char *line = text; line < end && !why;) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        if (!newline)
            why = "it was cut short: the last line has no end";
        else
            why = parse_line(secret, &has_current, line, (size_t)(newline - line));
        line = newline + 1;
    }
    if (!why && !has_current)
        why = "it has no current key";
    if (!why && secret->has_previous && secret->previous.id == secret->current.id)
        why = "both keys have the same ID";
    if (!why &&
        (sodium_is_zero(secret->current.bytes, SECRET_KEY_BYTES) ||
         (secret->has_previous && sodium_is_zero(secret->previous.bytes, SECRET_KEY_BYTES))))
        why = "a key is all zero";
    if (!why)
        return 0;
    secret_wipe(secret);
    snprintf(error, SECRET_ERROR_BYTES, "%s", why);
    return -1;
}

static size_t write_key(char *text, size_t room, const char *name, const struct secret_key *key)
{
    char hex[HEX_BYTES(SECRET_KEY_BYTES)];
    hex_encode(hex, key->bytes, sizeof key->bytes);
    int n = snprintf(text, room, "%s %u %s\n", name, key->id, hex);
    sodium_memzero(hex, sizeof hex);
    return (size_t)n;
}

static size_t write_text(const struct secret *secret, char text[FILE_BYTES])
{
    size_t len = (size_t)snprintf(text, FILE_BYTES, "%s", heading);
    len += write_key(text + len, FILE_BYTES - len, "current", &secret->current);
    if (secret->has_previous)
        len += write_key(text + len, FILE_BYTES - len, "previous", &secret->previous);
    return len;
}

void secret_wipe(struct secret *secret)
{
    sodium_memzero(secret, sizeof *secret);
}

/* ---- the file */

/* Why the file that was opened is not to be used, or NULL. */
static const char *judge(int fd)
{
    struct stat found;
    if (fstat(fd, &found) != 0)
        return strerror(errno);
    if (!S_ISREG(found.st_mode))
        return "it is no regular file";
    if (found.st_uid != geteuid() && found.st_uid != 0)
        return "it belongs to another user";
    if (found.st_mode & 0007)
        return "everybody can get at it: chmod 600";
    if (found.st_mode & 0030 || (found.st_mode & 0040 && found.st_uid == geteuid()))
        return "its group can get at it: chmod 600";
    if (found.st_size > FILE_BYTES)
        return "it is too long to be one";
    return NULL;
}

static ssize_t read_whole(int fd, char text[FILE_BYTES])
{
    size_t len = 0;
    while (len < FILE_BYTES) {
        ssize_t n = read(fd, text + len, FILE_BYTES - len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        len += (size_t)n;
    }
    return (ssize_t)len;
}

int secret_read(struct secret *secret, const char *path, bool link, char error[SECRET_ERROR_BYTES])
{
    char text[FILE_BYTES], why[SECRET_ERROR_BYTES];
    /* Without blocking, should it be a FIFO. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (link ? 0 : O_NOFOLLOW));
    if (fd < 0)
        return fail(error, path,
                    errno == ELOOP && !link ? "it is a symbolic link: name its target by --secret"
                                            : strerror(errno));
    const char *bad = judge(fd);
    ssize_t len = bad ? 0 : read_whole(fd, text);
    if (len < 0)
        bad = strerror(errno);
    close(fd);
    if (bad)
        return fail(error, path, bad);
    int result = secret_parse(secret, text, (size_t)len, why);
    sodium_memzero(text, sizeof text);
    return result == 0 ? 0 : fail(error, path, why);
}

static int sync_folder(const char *path)
{
    char copy[PATH_MAX];
    snprintf(copy, sizeof copy, "%s", path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = fd < 0 ? -1 : fsync(fd);
    if (fd >= 0)
        close(fd);
    return result;
}

static int write_whole(int fd, const char *text, size_t len)
{
    for (size_t done = 0; done < len;) {
        ssize_t n = write(fd, text + done, len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        done += (size_t)n;
    }
    return 0;
}

/* Write it beside its place, durably; the caller then puts it there. What an attempt that was cut
 * off has left there goes. 0, or -1 with errno. */
static int write_beside(const struct secret *secret, const char *beside)
{
    char text[FILE_BYTES];
    if (unlink(beside) != 0 && errno != ENOENT)
        return -1;
    int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    size_t len = write_text(secret, text);
    int result = write_whole(fd, text, len) == 0 && fchmod(fd, 0600) == 0 ? fsync(fd) : -1;
    sodium_memzero(text, sizeof text);
    int why = errno;
    close(fd);
    errno = why;
    return result;
}

static int path_beside(char beside[PATH_MAX], const char *path)
{
    return snprintf(beside, PATH_MAX, "%s.new", path) < PATH_MAX ? 0 : -1;
}

static void new_key(struct secret_key *key, uint8_t id)
{
    key->id = id;
    randombytes_buf(key->bytes, sizeof key->bytes); /* getrandom(2) */
}

int secret_make(const char *path, char error[SECRET_ERROR_BYTES])
{
    struct secret secret = {0};
    char beside[PATH_MAX];
    struct stat found;
    if (lstat(path, &found) == 0)
        return 0;
    if (errno != ENOENT)
        return fail(error, path, strerror(errno));
    if (sodium_init() < 0 || path_beside(beside, path) != 0)
        return fail(error, path, "no random numbers, or the path is too long");
    new_key(&secret.current, 1);
    int result = write_beside(&secret, beside);
    secret_wipe(&secret);
    /* Unlike rename, link never replaces one that has come meanwhile. */
    int made = result == 0 ? link(beside, path) : -1;
    int why = errno;
    unlink(beside);
    if (made != 0 && why == EEXIST)
        return 0;
    if (made != 0 || sync_folder(path) != 0)
        return fail(error, path, strerror(made != 0 ? why : errno));
    return 1;
}

int secret_rotate(const char *path, bool link, char error[SECRET_ERROR_BYTES])
{
    struct secret secret;
    char beside[PATH_MAX], real[PATH_MAX];
    if (secret_read(&secret, path, link, error) != 0)
        return -1;
    secret.previous = secret.current;
    secret.has_previous = true;
    new_key(&secret.current, (uint8_t)(secret.previous.id % UINT8_MAX + 1));
    int result = -1;
    if (realpath(path, real) && path_beside(beside, real) == 0 &&
        write_beside(&secret, beside) == 0)
        result = rename(beside, real) == 0 ? sync_folder(real) : -1;
    secret_wipe(&secret);
    return result == 0 ? 0 : fail(error, path, strerror(errno));
}
