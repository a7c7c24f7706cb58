// SPDX-License-Identifier: GPL-3.0-or-later
// One thread beside the loop's, for work too long for it: one piece at a time, and a call on the
// loop when it is done.
#ifndef PHUTAI_DAEMON_WORKER_H
#define PHUTAI_DAEMON_WORKER_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

struct worker;
typedef void worker_run_fn(void *work);                 // on the thread
typedef void worker_done_fn(void *context, void *work); // on the loop; may start the next

// NULL where no thread can be had. No signal is delivered to the thread.
struct worker *worker_new(sd_event *event, worker_run_fn *run, worker_done_fn *done, void *context);

// Hands `work` to the thread until `done` gives it back. The worker must not be busy.
void worker_start(struct worker *worker, void *work);

bool worker_busy(const struct worker *worker);

// How long the work under way has taken; 0 where there is none.
uint64_t worker_busy_us(const struct worker *worker);

// True: the thread has ended and all is freed; work that it had not begun is not begun. False: it
// was busy and could not be waited for; it goes on with its work alone, nobody is called back, and
// what it uses must stay: the process ends without tidying that up, or the work is its own.
bool worker_free(struct worker *worker);

#endif
