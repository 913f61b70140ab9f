/* SPDX-License-Identifier: ISC */
/* web_folder: see web_folder.h. */
#include "web_folder.h"

int web_folder_find(char path[WEB_FOLDER_BYTES])
{
    static const char *const places[] = {"../client-web", "../share/placed/client-web"};
    return beside_find(places, sizeof places / sizeof *places, path);
}
