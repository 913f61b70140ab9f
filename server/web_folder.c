/* SPDX-License-Identifier: ISC */
/* web_folder: see web_folder.h. */
#include "web_folder.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

int web_folder_find(char path[WEB_FOLDER_BYTES])
{
    static const char *const places[] = {"../client-web", "../share/placed/client-web"};
    char self[PATH_MAX - 64];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n < 0)
        return -1;
    self[n] = '\0';
    *strrchr(self, '/') = '\0';
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        snprintf(path, WEB_FOLDER_BYTES, "%s/%s", self, places[i]);
        if (access(path, R_OK) == 0)
            return 0;
    }
    return -1;
}
