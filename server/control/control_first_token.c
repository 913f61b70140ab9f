/* SPDX-License-Identifier: ISC */
/* control_first_token: the file is there before its token is good, so that no token is good that
 * nobody has. */
#include "control/control_first_token.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "control/control_tokens.h"

static int fail(char error[CONTROL_ERROR_BYTES], const char *path, const char *what)
{
    snprintf(error, CONTROL_ERROR_BYTES, "%.150s: %.90s", path, what);
    return -1;
}

/* A new file with this line. False with errno. */
static bool write_line(const char *path, const char *token)
{
    char line[CONTROL_TOKEN_BYTES + 1];
    unlink(path); /* what a server left that was killed in between */
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    int len = snprintf(line, sizeof line, "%s\n", token);
    bool written = write(fd, line, (size_t)len) == len && fsync(fd) == 0;
    sodium_memzero(line, sizeof line);
    return close(fd) == 0 && written;
}

int control_first_token_make(const char *path, char token[CONTROL_TOKEN_BYTES],
                             char error[CONTROL_ERROR_BYTES])
{
    char beside[PATH_MAX];
    uint8_t hash[CONTROL_HASH_BYTES];
    if (snprintf(beside, sizeof beside, "%s.new", path) >= (int)sizeof beside)
        return fail(error, path, "its path is too long");
    control_token_make(token, hash);
    if (write_line(beside, token) && rename(beside, path) == 0)
        return 0;
    fail(error, path, strerror(errno));
    unlink(beside);
    return -1;
}
