// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/alert_points.h"

#include <stdlib.h>

#include "daemon/lineproto.h"
#include "daemon/one_line.h"
#include "daemon/origin.h"
#include "daemon/points.h"

static const int64_t ns_per_s = 1000000000;

// Without memory for the text the rest is told.
static void put_text(struct lineproto_writer *writer, const char *text)
{
    char *line = one_line(text);
    if (line && *line)
        lineproto_put_string(writer, "text", line);
    free(line);
}

static void put(struct buffer *out, const struct alert_points_change *change,
                enum alert_level level, const char *state)
{
    const struct store_alert_event *event = change->event;
    struct lineproto_writer writer;
    lineproto_begin(&writer, out, "alert");
    lineproto_put_tag(&writer, "level", alert_level_name(level));
    if (change->simulated)
        lineproto_put_tag(&writer, ORIGIN_COLUMN, ORIGIN_SIMULATED);
    lineproto_put_tag(&writer, "rule", event->rule);
    lineproto_put_tag(&writer, "zone", event->subject);
    lineproto_put_real(&writer, "limit", points_rounded(event->limit));
    lineproto_put_string(&writer, "state", state);
    put_text(&writer, change->language == CONFIG_VIETNAMESE ? event->text_vi : event->text_en);
    lineproto_put_real(&writer, "value", points_rounded(event->value));
    lineproto_end(&writer, event->time * ns_per_s);
}

void alert_points_put(struct buffer *out, const struct alert_points_change *change)
{
    if (change->left != ALERT_NONE && change->left != change->event->level)
        put(out, change, change->left, change->event->what);
    put(out, change, change->event->level, alert_state_name(change->state));
}
