/* SPDX-License-Identifier: ISC */
/* fuzz: libFuzzer's entry point, which each target defines and replay.c calls without libFuzzer. */
#ifndef PLACED_FUZZ_H
#define PLACED_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#endif
