// SPDX-License-Identifier: GPL-3.0-or-later
// A listening TCP socket from an address in words.
#ifndef PHUTAI_DAEMON_LISTEN_H
#define PHUTAI_DAEMON_LISTEN_H

// Listens at "127.0.0.1:8428", "[::1]:8428" or "localhost:8428"; port 0 takes a free one. The
// non-blocking socket is the caller's to close. -1 on failure, with words that name the address,
// the reason, and, where the port is taken, what to do.
int listen_open(const char *address, unsigned *ret_port, char ret_error[static 256]);

#endif
