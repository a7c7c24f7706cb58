// SPDX-License-Identifier: GPL-3.0-or-later
// The same work for many things, on all cores of the machine.
#ifndef PHUTAI_DAEMON_CORES_H
#define PHUTAI_DAEMON_CORES_H

#include <stddef.h>

// Threads that may do mathematics at once: as many as there are processors, but one where the BLAS
// at hand was built for programs of one thread: two in it at once would spoil each other's work.
// Call it once before any mathematics: a BLAS that starts threads of its own stops doing so, which
// also keeps results the same to the bit whatever the machine.
unsigned cores_count(void);

typedef void cores_fn(void *context, size_t index);

// Calls fn(context, 0) to fn(context, n - 1), each once, in no order, several at a time: each must
// touch only what is its own. Returns when all are done. Where no thread can be had the caller's
// does it all.
void cores_each(size_t n, cores_fn *fn, void *context);

#endif
