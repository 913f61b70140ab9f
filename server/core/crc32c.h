/* SPDX-License-Identifier: ISC */
/* crc32c: the Castagnoli CRC, by the processor's own instruction where it has one. Pure. */
#ifndef PLACED_CORE_CRC32C_H
#define PLACED_CORE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Continue crc (0 to begin) over len bytes. crc32c(0, "123456789", 9) is 0xe3069283. */
uint32_t crc32c(uint32_t crc, const void *data, size_t len);

#endif
