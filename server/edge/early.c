/* SPDX-License-Identifier: ISC */
/* early: the kernel's own count, which only linux/tcp.h has; it clashes with netinet/tcp.h. */
#include "edge/early.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>

bool early_received(int fd, uint32_t *bytes)
{
    struct tcp_info info;
    socklen_t len = sizeof info;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0 ||
        len < offsetof(struct tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received)
        return false;
    *bytes = (uint32_t)info.tcpi_bytes_received;
    return true;
}
