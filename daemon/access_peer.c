// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/access_peer.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { TEXT_LEN = 64 };

// The text from `from` to `to` without blanks around it; "" where it is longer than an address.
static void cut(const char *from, const char *to, char ret[static TEXT_LEN])
{
    while (from < to && strchr(" \t", *from))
        from++;
    while (to > from && strchr(" \t", to[-1]))
        to--;
    const size_t length = to - from < TEXT_LEN ? (size_t)(to - from) : 0;
    memcpy(ret, from, length);
    ret[length] = '\0';
}

// The part of "1.2.3.4:80", "[::1]:80" and "localhost:80" before the port.
static void drop_port(char *text)
{
    char *end = *text == '[' ? strchr(text, ']') : strchr(text, ':');
    if (*text == '[' && end) {
        *end = '\0';
        memmove(text, text + 1, strlen(text));
    } else if (end && !strchr(end + 1, ':')) {
        *end = '\0';
    }
}

// Those of IPv4 as ::ffff:a.b.c.d. The interface behind a '%' does not matter.
static bool parse(const char *text, uint8_t ret[static ACCESS_PEER_BYTES])
{
    char digits[TEXT_LEN];
    cut(text, text + strcspn(text, "%"), digits);
    memset(ret, 0, ACCESS_PEER_BYTES);
    if (inet_pton(AF_INET6, digits, ret) == 1)
        return true;
    ret[10] = ret[11] = 0xff;
    return inet_pton(AF_INET, digits, ret + 12) == 1;
}

static bool is_v4(const uint8_t address[static ACCESS_PEER_BYTES])
{
    static const uint8_t mapped[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return !memcmp(address, mapped, sizeof mapped);
}

static struct access_peer peer_of(const char *text)
{
    static const uint8_t loopback[ACCESS_PEER_BYTES] = {[ACCESS_PEER_BYTES - 1] = 1};
    struct access_peer peer = {.local = false};
    if (!parse(text, peer.network)) {
        memset(peer.network, 0, sizeof peer.network);
        return peer;
    }
    const bool v4 = is_v4(peer.network);
    peer.local = v4 ? peer.network[12] == 127 : !memcmp(peer.network, loopback, sizeof loopback);
    if (!v4 && !peer.local)
        memset(peer.network + ACCESS_PEER_BYTES / 2, 0, ACCESS_PEER_BYTES / 2);
    return peer;
}

static bool is_own_host(const char *host)
{
    uint8_t address[ACCESS_PEER_BYTES];
    char name[TEXT_LEN];
    if (!host)
        return true;
    cut(host, host + strlen(host), name);
    drop_port(name);
    return !strcasecmp(name, "localhost") || parse(name, address);
}

struct access_peer access_peer_find(const struct access_peer_words *words)
{
    struct access_peer peer = peer_of(words->address);
    if (peer.local && words->forwarded) {
        const char *comma = strrchr(words->forwarded, ',');
        const char *last = comma ? comma + 1 : words->forwarded;
        char text[TEXT_LEN];
        cut(last, last + strlen(last), text);
        drop_port(text);
        peer = peer_of(text);
    } else if (peer.local && words->passed_on) {
        peer = peer_of("");
    }
    peer.local = peer.local && is_own_host(words->host);
    return peer;
}
