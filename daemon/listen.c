// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// Cuts "[::1]:8428" into "::1" and "8428". False where it has not this form.
static bool split(const char *address, char host[static 256], const char **ret_port)
{
    const char *colon = strrchr(address, ':');
    if (!colon || colon == address || !colon[1] || colon - address > 255)
        return false;
    size_t length = (size_t)(colon - address);
    if (*address == '[') {
        if (length < 3 || address[length - 1] != ']')
            return false;
        address++;
        length -= 2;
    }
    memcpy(host, address, length);
    host[length] = '\0';
    *ret_port = colon + 1;
    return true;
}

static unsigned port_of(int fd)
{
    struct sockaddr_storage bound;
    socklen_t length = sizeof bound;
    if (getsockname(fd, (struct sockaddr *)&bound, &length) < 0)
        return 0;
    return ntohs(bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port
                                             : ((struct sockaddr_in *)&bound)->sin_port);
}

// -1 with errno.
static int bind_one(const struct addrinfo *info)
{
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), one = 1;
    if (fd < 0)
        return -1;
    // Connections of a predecessor that still fade away are no reason to wait.
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, info->ai_addr, info->ai_addrlen) < 0 || listen(fd, SOMAXCONN) < 0) {
        int reason = errno;
        close(fd);
        errno = reason;
        return -1;
    }
    return fd;
}

int listen_open(const char *address, unsigned *ret_port, char ret_error[static 256])
{
    char host[256];
    const char *port;
    if (!split(address, host, &port)) {
        snprintf(ret_error, 256, "cannot listen on '%.100s': expected HOST:PORT", address);
        return -1;
    }
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *found = NULL;
    int code = getaddrinfo(host, port, &hints, &found);
    if (code) {
        snprintf(ret_error, 256, "cannot listen on '%.100s': %s", address,
                 code == EAI_SYSTEM ? strerror(errno) : gai_strerror(code));
        return -1;
    }
    int fd = -1;
    for (const struct addrinfo *info = found; info && fd < 0; info = info->ai_next)
        fd = bind_one(info);
    if (fd < 0)
        snprintf(ret_error, 256, "cannot listen on '%.100s': %s%s", address, strerror(errno),
                 errno == EADDRINUSE
                     ? "; end the other program or choose another port in [intake] listen"
                     : "");
    else
        *ret_port = port_of(fd);
    freeaddrinfo(found);
    return fd;
}
