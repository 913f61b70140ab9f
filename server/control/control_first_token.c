/* SPDX-License-Identifier: ISC */
/* control_first_token: the file is there before its token is good, so that no token is good that
 * nobody has. */
#include "control/control_first_token.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control/control_tokens.h"

static int fail(char error[CONTROL_ERROR_BYTES], const char *path, const char *what)
{
    snprintf(error, CONTROL_ERROR_BYTES, "%.150s: %.90s", path, what);
    return -1;
}

static int write_new(const char *path, char token[CONTROL_TOKEN_BYTES], bool *made,
                     char error[CONTROL_ERROR_BYTES])
{
    uint8_t hash[CONTROL_HASH_BYTES];
    char line[CONTROL_TOKEN_BYTES + 1];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(error, path, strerror(errno));
    control_token_make(token, hash);
    int len = snprintf(line, sizeof line, "%s\n", token);
    bool written = write(fd, line, (size_t)len) == len && fsync(fd) == 0;
    sodium_memzero(line, sizeof line);
    if (close(fd) != 0 || !written) {
        unlink(path);
        return fail(error, path, "it cannot be written");
    }
    *made = true;
    return 0;
}

static int read_old(int fd, const char *path, char token[CONTROL_TOKEN_BYTES],
                    char error[CONTROL_ERROR_BYTES])
{
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return fail(error, path, "it is no file");
    if (st.st_mode & (S_IRWXG | S_IRWXO))
        return fail(error, path, "others may read it: expected mode 0600");
    ssize_t n = read(fd, token, CONTROL_TOKEN_BYTES - 1);
    token[n > 0 ? n : 0] = '\0';
    token[strcspn(token, "\n")] = '\0';
    if (!control_token_well_formed(token))
        return fail(error, path, "it holds no token: remove it, and a new one is made");
    return 0;
}

int control_first_token_open(const char *path, char token[CONTROL_TOKEN_BYTES], bool *made,
                             char error[CONTROL_ERROR_BYTES])
{
    *made = false;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return write_new(path, token, made, error);
    if (fd < 0)
        return fail(error, path, strerror(errno));
    int result = read_old(fd, path, token, error);
    close(fd);
    return result;
}
