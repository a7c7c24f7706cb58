// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/watched.h"

struct watched watched(int64_t hold, int64_t hold_clear, int64_t change_s)
{
    return (struct watched){
        .damping = {.hold = hold, .hold_clear = hold_clear, .change_s = change_s}, .now = 1000000};
}

enum alert_change watched_look(struct watched *w, int call, int keep)
{
    w->now += MINUTE;
    const struct alert_look look = {.now = w->now,
                                    .known = true,
                                    .call = (enum alert_level)call,
                                    .keep = (enum alert_level)keep};
    return alert_look(&w->alert, &w->damping, &look);
}

enum alert_change watched_looks(struct watched *w, int n, int call, int keep)
{
    enum alert_change change = ALERT_SAME;
    while (n-- > 0)
        change = watched_look(w, call, keep);
    return change;
}

enum alert_notice watched_tell(struct watched *w)
{
    return alert_tell(&w->alert, &w->damping, w->now, false);
}

enum alert_notice watched_tell_quiet(struct watched *w)
{
    return alert_tell(&w->alert, &w->damping, w->now, true);
}
