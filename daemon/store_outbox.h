// SPDX-License-Identifier: GPL-3.0-or-later
// The outbox: batches of line protocol that wait for a sink in the store, oldest first, and what
// became of those that could not be delivered. Durable with its commit. A sink is known by its
// name, whether it is configured or not.
//
// A batch waits, or it was acknowledged by a server that may yet lose it, or it is gone. What a
// server refused for good stands among the rejects.
#ifndef PHUTAI_DAEMON_STORE_OUTBOX_H
#define PHUTAI_DAEMON_STORE_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

// Puts a batch in, inside a transaction. `now` is the system's time. O(length): its lines are
// counted.
[[nodiscard]] bool store_outbox_push(struct store *store, const char *sink, int64_t now,
                                     const char *body, size_t length);

// Keeps the outbox of a sink within its bounds, inside the transaction that pushed to it: the
// oldest batches go, until those left hold no more than `bytes_max` and none is older than
// `age_max_s`. What goes unacknowledged is added to what stands in the sink's state. 0 is no bound.
// O(batches of the sink).
[[nodiscard]] bool store_outbox_bound(struct store *store, const char *sink, int64_t now,
                                      int64_t bytes_max, int64_t age_max_s);

struct store_batch {
    int64_t id;
    int64_t created; // instant
    char *body;      // caller frees
    size_t length;
};
// The oldest batch that waits for a sink, of those behind the batch `after` (0: of all); *ret_found
// false where none does. Read-only.
[[nodiscard]] bool store_outbox_peek(struct store *store, const char *sink, int64_t after,
                                     struct store_batch *ret, bool *ret_found);

// Those below have a transaction of their own. A batch that is gone meanwhile is no failure.
[[nodiscard]] bool store_outbox_failed(struct store *store, int64_t id); // counts an attempt

// Lines that a server refused for good.
struct store_reject {
    const char *body;
    size_t length;
    int64_t lines;      // that were lost; there may be good ones beside them in the body
    const char *reason; // the server's words
};
// How the work on a batch ended.
struct store_outbox_end {
    int64_t now;
    const char *server; // NULL: it is gone. Else it was acknowledged by that start of the server
    size_t n_rejects;
    const struct store_reject *rejects;
};
// Of the rejects of a sink, the newest STORE_REJECTS are kept, and the newest STORE_REJECT_BODIES
// keep their body.
enum { STORE_REJECTS = 1000, STORE_REJECT_BODIES = 100 };
[[nodiscard]] bool store_outbox_end(struct store *store, const struct store_batch *batch,
                                    const char *sink, const struct store_outbox_end *end);

// What the acknowledged batches of a sink come to, now that its server is known to be the one of
// the start `server`: those that another start acknowledged wait again, and those that this one
// did at least `kept_s` ago are gone.
struct store_settled {
    int64_t again, gone; // batches
};
[[nodiscard]] bool store_outbox_settle(struct store *store, const char *sink, const char *server,
                                       int64_t now, int64_t kept_s, struct store_settled *ret);

// Notes what is wrong with a sink since `now`, for other processes to see; "" where nothing is any
// more. The time stays while it is already in trouble. Writes only where something changes.
[[nodiscard]] bool store_outbox_trouble(struct store *store, const char *sink, int64_t now,
                                        const char *words);

struct store_outbox_state {
    int64_t batches, lines, bytes, oldest; // that wait; oldest: instant, 0 where none does
    int64_t attempts;                      // at the oldest one
    int64_t acked, acked_bytes;            // batches acknowledged and still kept
    int64_t acked_since;                   // the first acknowledgement of these, 0 where none
    int64_t rejected;                      // since the store was made
    int64_t rejects;                       // of these, what still stands there
    // Dropped by the bounds since the store was made, and when the last run of drops (with no day
    // between them) began and ended: instants at which the batches were made; 0 for never.
    int64_t dropped, dropped_lines, dropped_bytes, dropped_from, dropped_to;
    int64_t trouble_since; // 0: none
};
enum { STORE_TROUBLE_LEN = 512 };
// `ret_trouble` gets the words of the trouble, "" for none; may be NULL. O(batches of the sink).
[[nodiscard]] bool store_outbox_state(struct store *store, const char *sink,
                                      struct store_outbox_state *ret, char *ret_trouble);

// Every name that has batches, rejects or a state, in order of the names. Fails where an older
// version wrote the store, which STORE_READ does not bring up to date.
typedef bool store_sink_fn(void *context, const char *sink);
[[nodiscard]] bool store_each_sink(struct store *store, store_sink_fn *fn, void *context);

struct store_rejected {
    int64_t id, created, rejected; // instants: when the batch was made, and refused
    int64_t lines, bytes;
    const char *sink, *reason;
    const char *body; // `bytes` of it, NUL behind them; NULL where it was given up
};
typedef bool store_reject_fn(void *context, const struct store_rejected *reject);
// The rejects of a sink, oldest first.
[[nodiscard]] bool store_each_reject(struct store *store, const char *sink, store_reject_fn *fn,
                                     void *context);

// Of a sink: puts rejects back into the outbox (those with a body) and starts counting attempts at
// the oldest batch anew, drops rejects, or drops batches that wait, with `acked` also those that
// are acknowledged. `id` 0: all. Each in a transaction of its own; *ret_n says how many.
[[nodiscard]] bool store_rejects_retry(struct store *store, const char *sink, int64_t id,
                                       int64_t now, int64_t *ret_n);
[[nodiscard]] bool store_rejects_drop(struct store *store, const char *sink, int64_t id,
                                      int64_t *ret_n);
[[nodiscard]] bool store_outbox_drop(struct store *store, const char *sink, int64_t id, bool acked,
                                     int64_t *ret_n);
// Forgets the state of a sink that has neither batches nor rejects. No failure where it has.
[[nodiscard]] bool store_sink_forget(struct store *store, const char *sink);

#endif
