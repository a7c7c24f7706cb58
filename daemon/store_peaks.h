// SPDX-License-Identifier: GPL-3.0-or-later
// The odds of the coming days' peaks, of zones, groups and the whole, kept with their issue time.
#ifndef PHUTAI_DAEMON_STORE_PEAKS_H
#define PHUTAI_DAEMON_STORE_PEAKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/day_peaks.h"

struct store;

// The same node and issue is replaced.
[[nodiscard]] bool store_put_peaks(struct store *store, const char *node,
                                   const struct day_peaks *peaks);
// The newest of a node with issue <= `issue_max`; *ret_found false where there is none. The caller
// ends it with day_peaks_done.
[[nodiscard]] bool store_get_peaks(struct store *store, const char *node, int64_t issue_max,
                                   struct day_peaks *ret, bool *ret_found);
typedef bool store_peaks_fn(void *context, const char *node, const struct day_peaks *peaks);
// With from <= issue < to, in order of node and issue. `node` NULL: all.
[[nodiscard]] bool store_each_peaks(struct store *store, const char *node, int64_t from, int64_t to,
                                    store_peaks_fn *fn, void *context);
// Of those issued before `before`, keeps the last of each civil day (offset_s east of UTC) and
// node.
[[nodiscard]] bool store_thin_peaks(struct store *store, int64_t before, int32_t offset_s);

#endif
