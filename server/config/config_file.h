/* SPDX-License-Identifier: ISC */
/*
 * config_file: reads a file of KEY = VALUE lines and [SECTION] lines by inih, strictly: a line that
 * is too long, has a NUL byte or is neither of the two is an error that names file and line.
 */
#ifndef PLACED_CONFIG_CONFIG_FILE_H
#define PLACED_CONFIG_CONFIG_FILE_H

enum { CONFIG_FILE_MESSAGE_BYTES = 1024 };

/* Whom the file is read for. Embed it, and find yourself by its address. */
struct config_file_sink {
    /* One pair; section is "" before the first section line. 0, or -1 with the reason in message:
     * then reading stops and config_file_read fails with that message. */
    int (*pair)(struct config_file_sink *sink, int line, const char *section, const char *name,
                const char *value, char message[CONFIG_FILE_MESSAGE_BYTES]);
};

/* Give every pair of the file at path to the sink, in order. 0, or -1 with a message. */
int config_file_read(const char *path, struct config_file_sink *sink,
                     char message[CONFIG_FILE_MESSAGE_BYTES]);

#endif
