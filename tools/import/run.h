/* SPDX-License-Identifier: ISC */
/* run: a file of rows in order of time, as they lie in memory. */
#ifndef PLACED_IMPORT_RUN_H
#define PLACED_IMPORT_RUN_H

#include <stdint.h>

enum {
    RUN_ERROR_BYTES = 512,
    RUN_PATH_BYTES = 4096,
};

struct run {
    uint64_t number; /* of its file */
    uint64_t rows;
    uint32_t crc; /* CRC-32C of the file */
};

/* The name of a run's file: run-0, run-1 and so on. */
void run_path(char path[RUN_PATH_BYTES], const char *folder, uint64_t number);

#endif
