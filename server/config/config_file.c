/* SPDX-License-Identifier: ISC */
/* config_file: inih does the parsing; what it would let pass is refused before it sees it. */
#include "config/config_file.h"

#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FILE_MAX = 1 << 20, /* bytes of a configuration file; more is a mistake */
    LINE_MAX_BYTES = 4096,
};

struct reading {
    const char *path;
    struct config_file_sink *sink;
    const char *text; /* the whole file, and how far inih has read it */
    size_t len, at;
    int line;
    int error_line; /* of the message; 0: none so far */
    char *message;
};

__attribute__((format(printf, 3, 4))) static int fail(struct reading *r, int line,
                                                      const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(r->message, CONFIG_FILE_MESSAGE_BYTES, format, args);
    va_end(args);
    r->error_line = line;
    return -1;
}

/* inih's callback for each pair; 0 is failure there. */
static int on_pair(void *user, const char *section, const char *name, const char *value)
{
    struct reading *r = user;
    if (r->error_line)
        return 0;
    if (r->sink->pair(r->sink, r->line, section, name, value ? value : "", r->message) == 0)
        return 1;
    r->error_line = r->line;
    return 0;
}

/*
 * inih's source of lines; exactly one a call, so that r->line is right. It gets no leading blanks,
 * which it would take for the continuation of the key above, and no comment, however long. What
 * does not fit its buffer is refused: it would read the rest as another line.
 */
static char *next_line(char *out, int size, void *stream)
{
    struct reading *r = stream;
    if (r->error_line || r->at == r->len)
        return NULL;
    r->line++;
    const char *line = r->text + r->at, *end = memchr(line, '\n', r->len - r->at);
    size_t len = end ? (size_t)(end - line) : r->len - r->at;
    r->at += end ? len + 1 : len;
    if (memchr(line, '\0', len)) {
        fail(r, r->line, "%s:%d: the line has a NUL byte", r->path, r->line);
        return NULL;
    }
    for (; len > 0 && (*line == ' ' || *line == '\t'); len--)
        line++;
    if (len > 0 && (*line == '#' || *line == ';'))
        len = 0;
    if (len + 1 > (size_t)size - 1) {
        fail(r, r->line, "%s:%d: the line is longer than %d bytes", r->path, r->line, size - 2);
        return NULL;
    }
    memcpy(out, line, len);
    out[len] = '\n';
    out[len + 1] = '\0';
    return out;
}

static int parse_text(struct reading *r, const char *text, size_t len)
{
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3; /* a byte order mark, as some editors write */
        len -= 3;
    }
    r->text = text;
    r->len = len;
#ifdef HAVE_INI_MAX_LINE
    /* Debian's build has its limits as variables; everybody else's stays at 200. */
    ini_max_line = LINE_MAX_BYTES;
#endif
    int line = ini_parse_stream(next_line, r, on_pair, r);
    if (line < 0)
        return fail(r, 1, "out of memory");
    if (line > 0 && (r->error_line == 0 || line < r->error_line))
        return fail(r, line, "%s:%d: expected KEY = VALUE or [SECTION]", r->path, line);
    return r->error_line ? -1 : 0;
}

int config_file_read(const char *path, struct config_file_sink *sink,
                     char message[CONFIG_FILE_MESSAGE_BYTES])
{
    struct reading r = {.path = path, .sink = sink, .message = message};
    FILE *file = fopen(path, "re");
    if (!file)
        return fail(&r, 1, "%s: %s", path, strerror(errno));
    int result = -1;
    char *text = malloc(FILE_MAX + 1);
    if (!text) {
        fail(&r, 1, "out of memory");
        goto close;
    }
    size_t len = fread(text, 1, FILE_MAX + 1, file);
    if (ferror(file))
        fail(&r, 1, "%s: %s", path, strerror(errno));
    else if (len > FILE_MAX)
        fail(&r, 1, "%s: the file is larger than %d bytes", path, FILE_MAX);
    else
        result = parse_text(&r, text, len);
    free(text);
close:
    fclose(file);
    return result;
}
