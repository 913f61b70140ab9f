/* SPDX-License-Identifier: ISC */
/* scene: a folder for a test, and stores of each kind in it. */
#ifndef PLACED_TESTS_RENDER_STORE_SCENE_H
#define PLACED_TESTS_RENDER_STORE_SCENE_H

#include <stdint.h>

#include "render/store/store.h"

enum { SCENE_PATH = 200 };

struct kind {
    const char *name;
    struct store *(*open)(const char *dir);
};

enum { KINDS = 4 };
extern const struct kind kinds[KINDS];

/* A new folder, and its removal with all that is in it. */
void scene_make(char dir[SCENE_PATH]);
void scene_drop(const char *dir);

#endif
