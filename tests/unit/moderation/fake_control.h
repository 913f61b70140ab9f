/* SPDX-License-Identifier: ISC */
/*
 * fake_control: control.h over a list in memory: what is appended acts at once. Linked before the
 * library, whose own one is then left out.
 */
#ifndef PLACED_TESTS_FAKE_CONTROL_H
#define PLACED_TESTS_FAKE_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#include "control/control.h"

struct control *fake_control_create(void);
void fake_control_destroy(struct control *control);

/* From now on nothing is taken. */
void fake_control_break(struct control *control, bool broken);

/* How many actions there are; their numbers are 1 to that. */
uint64_t fake_control_count(struct control *control);

#endif
