/* SPDX-License-Identifier: ISC */
/* sys_env: the machine's own clock and random numbers, as an env. */
#ifndef PLACED_SYS_SYS_ENV_H
#define PLACED_SYS_SYS_ENV_H

#include "sys/env.h"

extern struct env sys_env; /* any thread */

#endif
