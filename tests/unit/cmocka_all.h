/* SPDX-License-Identifier: ISC */
/* cmocka_all: cmocka and what it wants to have been included before it. */
#ifndef PLACED_CMOCKA_ALL_H
#define PLACED_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
