/* SPDX-License-Identifier: ISC */
/*
 * kafka_outage: tests of a real broker that is killed or hangs, by the command in
 * PLACED_TEST_KAFKA_CONTROL (see with-kafka); skipped without.
 */
#ifndef PLACED_TESTS_LOG_KAFKA_OUTAGE_H
#define PLACED_TESTS_LOG_KAFKA_OUTAGE_H

int kafka_outage_run(void); /* the number of failures */

#endif
