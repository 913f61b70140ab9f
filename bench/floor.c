/* SPDX-License-Identifier: ISC */
/*
 * floor: the least a WebSocket server can do: each binary message that a client sends is encoded
 * once and goes to every client by one send(). No time-outs, no pings, no checks, no backpressure:
 * a client whose socket is full is cut. What the others cost is told as a ratio to this.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/sha.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "sys/descriptors.h"

enum { FDS = 1 << 16, READ_BYTES = 64 * 1024, EVENTS = 512, BACKLOG = 4096, PAYLOAD_MAX = 1024 };

static int clients[FDS], n_clients; /* descriptors of those that are open */
static int place[FDS];              /* where a descriptor is in clients; -1: not open yet */

static void drop(int fd)
{
    if (place[fd] >= 0) {
        clients[place[fd]] = clients[--n_clients];
        place[clients[place[fd]]] = place[fd];
        place[fd] = -1;
    }
    close(fd);
}

static void upgrade(int fd, char *request)
{
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    char text[128], answer[256];
    unsigned char digest[SHA_DIGEST_LENGTH], accept[32];
    char *key = strcasestr(request, "Sec-WebSocket-Key: ");
    if (!key) {
        drop(fd);
        return;
    }
    int len = snprintf(text, sizeof text, "%.24s%s", key + 19, guid);
    SHA1((unsigned char *)text, (size_t)len, digest);
    EVP_EncodeBlock(accept, digest, sizeof digest);
    len = snprintf(answer, sizeof answer,
                   "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                   "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
                   accept);
    if (send(fd, answer, (size_t)len, MSG_NOSIGNAL) != len) {
        drop(fd);
        return;
    }
    place[fd] = n_clients;
    clients[n_clients++] = fd;
}

static void broadcast(const uint8_t *frame, size_t len)
{
    for (int i = n_clients; i-- > 0;) {
        int fd = clients[i];
        if (send(fd, frame, len, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)len)
            drop(fd);
    }
}

/* Whole masked binary frames are all that is understood. The length of the first one; 0: not so. */
static size_t message(const uint8_t *bytes, size_t n)
{
    static uint8_t frame[4 + PAYLOAD_MAX];
    const uint8_t *mask = bytes + 2;
    size_t len = n >= 6 ? bytes[1] & 127 : 0;
    if (len == 126) {
        len = (size_t)(bytes[2] << 8 | bytes[3]);
        mask += 2;
    }
    size_t whole = (size_t)(mask - bytes) + 4 + len;
    if (n < 6 || (bytes[0] & 15) != 2 || len > PAYLOAD_MAX || n < whole)
        return 0;
    size_t head = len < 126 ? 2 : 4;
    frame[0] = 0x82;
    frame[1] = len < 126 ? (uint8_t)len : 126;
    if (head == 4) {
        frame[2] = (uint8_t)(len >> 8);
        frame[3] = (uint8_t)len;
    }
    for (size_t i = 0; i < len; i++)
        frame[head + i] = mask[4 + i] ^ mask[i & 3];
    broadcast(frame, head + len);
    return whole;
}

static void readable(int fd)
{
    static uint8_t bytes[READ_BYTES + 1];
    ssize_t n = recv(fd, bytes, READ_BYTES, 0);
    if (n <= 0) {
        if (n == 0 || (errno != EAGAIN && errno != EINTR))
            drop(fd);
        return;
    }
    bytes[n] = '\0';
    if (place[fd] < 0) {
        upgrade(fd, (char *)bytes);
        return;
    }
    for (size_t at = 0, len; at < (size_t)n; at += len) {
        len = message(bytes + at, (size_t)n - at);
        if (len == 0) {
            drop(fd);
            return;
        }
    }
}

static void accept_all(int listener, int epoll_fd)
{
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
        place[fd] = -1;
        epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
    }
}

int main(int argc, char **argv)
{
    standard_descriptors_open();
    struct sockaddr_in address = {.sin_family = AF_INET};
    struct rlimit limit;
    int one = 1;
    if (argc != 2) {
        fprintf(stderr, "usage: floor PORT\n");
        return 2;
    }
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max < FDS ? limit.rlim_max : FDS;
    setrlimit(RLIMIT_NOFILE, &limit);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((uint16_t)atoi(argv[1]));
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, BACKLOG) != 0) {
        perror("floor: listen");
        return 1;
    }
    int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[EVENTS];
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int n = epoll_wait(epoll_fd, events, EVENTS, -1);
        for (int i = 0; i < n; i++) {
            if (events[i].data.fd == listener)
                accept_all(listener, epoll_fd);
            else
                readable(events[i].data.fd);
        }
    }
}
