// SPDX-License-Identifier: GPL-3.0-or-later
// Whom a request comes from. Pure, over the texts of the request.
#ifndef PHUTAI_DAEMON_ACCESS_PEER_H
#define PHUTAI_DAEMON_ACCESS_PEER_H

#include <stdbool.h>
#include <stdint.h>

enum { ACCESS_PEER_BYTES = 16 };

struct access_peer {
    bool local; // of this machine
    // What stands for it where failures are counted: an address of IPv4, the /64 of one of IPv6
    // (whoever has one of these has them all), zeros where there is no address.
    uint8_t network[ACCESS_PEER_BYTES];
};

struct access_peer_words {
    const char *address;   // of the socket, in digits; "" where it has none
    const char *forwarded; // the last X-Forwarded-For; NULL where there is none
    bool passed_on;        // by a proxy that names itself in another way
    const char *host;      // NULL where there is none
};

// The socket's address; where that is this machine's, and a proxy there passes the request on, the
// last address that it names, "unknown" or nothing being a stranger. A request for a host that is
// neither "localhost" nor an address is no local one either: a web page from elsewhere can make a
// browser here ask so, by a name of its own that it lets point to this machine.
struct access_peer access_peer_find(const struct access_peer_words *words);

#endif
