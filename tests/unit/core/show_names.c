/* SPDX-License-Identifier: ISC */
/* show_names: what the tables of the source name, one a line, for check_names.py. */
#include <stdio.h>

#include "core/close.h"
#include "core/message.h"
#include "sys/metrics.h"

int main(void)
{
#define X(name, type) printf("type %s\n", #type);
    MESSAGE_TYPES(X)
#undef X
#define X(name, reason, retry_ms, status) printf("reason %s\n", #reason);
    REFUSALS(X)
#undef X
#define X(name, code) printf("code %d\n", CLOSE_##name);
    CLOSE_CODES(X)
#undef X
#define X(name, type, help) printf("metric placed_%s %s %s\n", #name, #type, help);
    METRICS(X)
#undef X
    return 0;
}
