// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of the API share; nobody else includes it.
#ifndef PHUTAI_DAEMON_API_INTERNAL_H
#define PHUTAI_DAEMON_API_INTERNAL_H

#include "daemon/alert_list.h"
#include "daemon/api.h"
#include "daemon/document.h"
#include "daemon/nodes.h"

// One request while it is answered.
struct api_call {
    const struct api_site *site;
    const struct api_query *query;
    struct http_reply *reply;
    struct nodes *nodes;
    bool *loaded;            // by zone: it has readings
    const struct node *node; // that it is about, NULL for none
    int64_t today;           // civil day
    bool simulated;
    struct document document; // begun and ended by the dispatcher
};

// Each writes its answer into the document, or refuses. False where the store fails or memory is
// short.
typedef bool api_answer_fn(struct api_call *call);
api_answer_fn api_site_answer, api_overview_answer, api_readings_answer, api_forecast_answer,
    api_peaks_answer, api_vintages_answer, api_scores_answer, api_season_answer,
    api_register_answer, api_alerts_answer, api_history_answer, api_sources_answer;

// The instant of a parameter's text on the site's clock. False where it is no time: then it is
// refused.
[[nodiscard]] bool api_time(struct api_call *call, const char *name, const char *text,
                            int64_t *ret);
// The parameters from and to, at most `days_max` days. The newest `days` where they are not given.
// False where they were refused.
[[nodiscard]] bool api_span(struct api_call *call, int64_t days, int64_t days_max,
                            int64_t *ret_from, int64_t *ret_to);
// A parameter that is a civil day; *ret stays where it is not given.
[[nodiscard]] bool api_day(struct api_call *call, const char *name, const char *text, int64_t *ret);

// Firm capacity of a node on a day by plan; NaN where it is not known.
double api_limit_mw(const struct api_call *call, const struct node *node, int64_t day);

// A season's level that is passed with a probability of so many per cent.
double api_poe_mw(const struct store_season *season, int per_cent);

// The loads of a node on the grid of the site's step, from the first interval that starts at or
// after `from` to the last that starts before `to`; NaN where one of the zones that read is not
// known. The caller frees *ret_mw. False where the store fails or memory is short.
[[nodiscard]] bool api_loads(struct api_call *call, const struct node *node, int64_t from,
                             int64_t to, int64_t *ret_first, size_t *ret_n, double **ret_mw);

// An alert as it stands now: an acknowledgement may have run out since the last look. Of one that
// is pending, the level that was called for.
struct api_alert {
    enum alert_state state;
    enum alert_level level;
    int64_t until; // 0 where nobody has it in hand
    const char *by, *note;
};
struct api_alert api_alert_of(const struct api_call *call, const struct store_alert *alert);

// Arrays "sources" and "outbox".
[[nodiscard]] bool api_sources_write(struct api_call *call);

#endif
