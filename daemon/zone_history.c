// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/zone_history.h"

void zone_history_done(struct zone_history *history)
{
    changes_done(&history->changes);
    stations_choice_done(&history->choice);
    clean_marks_done(&history->marks);
    series_done(&history->temp);
}

// The load with the zone's declared changes. They are measured by the mean of all stations: which
// of them the zone follows is chosen from the load that they make.
static bool apply_changes(struct zone_history *history, const struct dataset *dataset,
                          const struct dataset_series *zone, struct model_data *data)
{
    struct model_data plain = *data;
    if (!zone->n_changes)
        return true;
    plain.temp = dataset->temp.n ? &dataset->temp : NULL;
    if (!changes_apply(&history->changes, &plain, zone->n_changes, zone->changes))
        return false;
    data->load = &history->changes.load;
    return true;
}

static bool take_weather(struct zone_history *history, const struct dataset *dataset,
                         struct model_data *data)
{
    series_done(&history->temp);
    if (!dataset_temperature(dataset, data->load, data->issue, data->weather_until,
                             &history->choice, &history->temp))
        return false;
    data->temp = history->temp.n ? &history->temp : NULL;
    return true;
}

bool zone_history_at(struct zone_history *history, const struct dataset *dataset,
                     const struct dataset_series *zone, int64_t issue, int64_t weather_until,
                     struct model_data *ret)
{
    *ret = (struct model_data){
        .load = &zone->series,
        .calendar = dataset->calendar,
        .clock = &dataset->clock,
        .issue = issue,
        .weather_until = weather_until,
    };
    if (!apply_changes(history, dataset, zone, ret) || !take_weather(history, dataset, ret) ||
        !clean_marks_find(&history->marks, ret))
        return false;
    ret->load = &history->marks.load;
    return true;
}

bool zone_history_whole(struct zone_history *history, const struct dataset *dataset,
                        const struct dataset_series *zone, struct model_data *ret)
{
    *ret = (struct model_data){
        .load = &zone->series,
        .calendar = dataset->calendar,
        .clock = &dataset->clock,
        .issue = series_end(&zone->series),
        .weather_until = series_end(&dataset->temp),
    };
    return apply_changes(history, dataset, zone, ret) && take_weather(history, dataset, ret);
}
