/* SPDX-License-Identifier: ISC */
/* source_open: tells the kinds apart; see source_open.h. */
#include "source_open.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "blocks_folder.h"
#include "blocks_server.h"
#include "source_blocks.h"
#include "source_log.h"

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

enum source_kind source_kind(const char *where)
{
    if (begins(where, "http://") || begins(where, "https://"))
        return SOURCE_SERVER;
    if (begins(where, "local:") || strstr(where, "://"))
        return SOURCE_LOG;
    char path[4096];
    struct stat status;
    int n = snprintf(path, sizeof path, "%s/data.mdb", where);
    if (n > 0 && (size_t)n < sizeof path && stat(path, &status) == 0)
        return SOURCE_LOG;
    return blocks_folder_is(where) ? SOURCE_FOLDER : SOURCE_LOG;
}

struct source *source_open(const char *where, const struct source_options *options,
                           char error[SOURCE_ERROR_BYTES])
{
    static const struct source_options defaults = {0};
    struct blocks *blocks = NULL;
    if (!options)
        options = &defaults;
    switch (source_kind(where)) {
    case SOURCE_LOG:
        return source_log_open(where, options, error);
    case SOURCE_SERVER:
        blocks = blocks_server_open(where, options->timeout_s, error);
        break;
    case SOURCE_FOLDER:
        blocks = blocks_folder_open(where, error);
        break;
    }
    return blocks ? source_blocks_open(blocks, options, error) : NULL;
}
