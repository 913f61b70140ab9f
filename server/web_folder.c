/* SPDX-License-Identifier: ISC */
/* web_folder: see web_folder.h. */
#include "web_folder.h"

#include <string.h>
#include <unistd.h>

int web_folder_find(char path[WEB_FOLDER_BYTES])
{
    static const char places[][32] = {"../client-web", "../share/placed/client-web"};
    ssize_t n = readlink("/proc/self/exe", path, WEB_FOLDER_BYTES - sizeof *places);
    if (n < 0)
        return -1;
    while (n > 0 && path[n - 1] != '/')
        n--;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        memcpy(path + n, places[i], sizeof places[i]);
        if (access(path, R_OK) == 0)
            return 0;
    }
    return -1;
}
