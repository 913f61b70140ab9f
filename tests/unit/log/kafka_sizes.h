/* SPDX-License-Identifier: ISC */
/* kafka_sizes: tests of what a topic takes at once (max.message.bytes), on a real broker. */
#ifndef PLACED_TESTS_LOG_KAFKA_SIZES_H
#define PLACED_TESTS_LOG_KAFKA_SIZES_H

int kafka_sizes_run(void); /* the number of failures */

#endif
