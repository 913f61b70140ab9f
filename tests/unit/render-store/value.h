/* SPDX-License-Identifier: ISC */
/* value: pictures for tests, which show by themselves whether they are whole: what they hold
 * follows from their first 12 bytes. */
#ifndef PLACED_TESTS_RENDER_STORE_VALUE_H
#define PLACED_TESTS_RENDER_STORE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VALUE_HEAD = 12 };

/* A value of len bytes (VALUE_HEAD at least) into bytes. */
void value_make(uint8_t *bytes, size_t len, uint64_t generation);

/* Is it one value_make, whole? Its generation. */
bool value_whole(const uint8_t *bytes, size_t len, uint64_t *generation);

#endif
