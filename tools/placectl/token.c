/* SPDX-License-Identifier: ISC */
/* token: see token.h. Never on the command line, where everybody on the machine would see it. */
#include "token.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_FILE "placed-data/token"

enum { OTHERS = 077 };

static bool complain(char error[CTL_TOKEN_ERROR_BYTES], const char *what, const char *why)
{
    snprintf(error, CTL_TOKEN_ERROR_BYTES, "%.250s: %s", what, why);
    return false;
}

/* One line, perhaps with a line feed at its end. */
static bool take(const char *text, const char *from, char token[CTL_TOKEN_BYTES],
                 char error[CTL_TOKEN_ERROR_BYTES])
{
    size_t len = strcspn(text, "\r\n");
    if (len == 0 || len >= CTL_TOKEN_BYTES || text[len + strspn(text + len, "\r\n")] != '\0')
        return complain(error, from, "expected one line with a token");
    memcpy(token, text, len);
    token[len] = '\0';
    return true;
}

static bool read_file(const char *path, char token[CTL_TOKEN_BYTES],
                      char error[CTL_TOKEN_ERROR_BYTES])
{
    char text[2 * CTL_TOKEN_BYTES];
    struct stat stat;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return complain(error, path, strerror(errno));
    ssize_t n = read(fd, text, sizeof text - 1);
    int number = errno;
    bool open_to_all = fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode) && stat.st_mode & OTHERS;
    close(fd);
    if (n < 0)
        return complain(error, path, strerror(number));
    text[n] = '\0';
    if (open_to_all)
        fprintf(stderr, "placectl: %s: others may read it (mode %03o): chmod 600\n", path,
                (unsigned)stat.st_mode & 0777);
    if (strlen(text) != (size_t)n)
        return complain(error, path, "expected one line with a token");
    return take(text, path, token, error);
}

bool token_find(const char *file, char token[CTL_TOKEN_BYTES], char error[CTL_TOKEN_ERROR_BYTES])
{
    const char *text = getenv("PLACECTL_TOKEN"), *named = getenv("PLACECTL_TOKEN_FILE");
    if (file)
        return read_file(file, token, error);
    if (text && *text)
        return take(text, "PLACECTL_TOKEN", token, error);
    if (named && *named)
        return read_file(named, token, error);
    if (access(DEFAULT_FILE, F_OK) == 0)
        return read_file(DEFAULT_FILE, token, error);
    return complain(error, "no token",
                    "give --token-file FILE, or set PLACECTL_TOKEN_FILE or PLACECTL_TOKEN");
}
