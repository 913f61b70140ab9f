/* SPDX-License-Identifier: ISC */
/* replay: run a fuzz target over the files of a folder, as a test. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int run_file(const char *path)
{
    static uint8_t bytes[1 << 20];
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return -1;
    }
    size_t len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    /* A copy of the exact size, so that a read beyond the end is seen. */
    uint8_t *data = malloc(len ? len : 1);
    memcpy(data, bytes, len);
    LLVMFuzzerTestOneInput(data, len);
    free(data);
    return 0;
}

int main(int argc, char *argv[])
{
    int files = 0;
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        if (!folder) {
            perror(argv[i]);
            return 1;
        }
        for (struct dirent *entry; (entry = readdir(folder));) {
            char path[4096];
            if (entry->d_name[0] == '.')
                continue;
            snprintf(path, sizeof path, "%s/%s", argv[i], entry->d_name);
            if (run_file(path) < 0)
                return 1;
            files++;
        }
        closedir(folder);
    }
    printf("%d files\n", files);
    return files > 0 ? 0 : 1;
}
