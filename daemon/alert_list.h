// SPDX-License-Identifier: GPL-3.0-or-later
// Alerts of the store with texts of their own, for those who change the store while they go through
// them.
#ifndef PHUTAI_DAEMON_ALERT_LIST_H
#define PHUTAI_DAEMON_ALERT_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/store.h"
#include "daemon/store_alerts.h"

struct alert_list {
    size_t n;
    struct store_alert *items; // in order of rule and subject; their texts are the list's
    char **texts;              // one block for each item
};

// As store_each_alert. False where the store fails or without memory, *ret empty.
[[nodiscard]] bool alert_list_read(struct store *store, const char *rule, const char *subject,
                                   struct alert_list *ret);
void alert_list_done(struct alert_list *list);

// NULL where there is none.
const struct store_alert *alert_list_find(const struct alert_list *list, const char *rule,
                                          const char *subject);

#endif
