// SPDX-License-Identifier: GPL-3.0-or-later
// The sections, in the order of the shipped sample.
#include "config.h"
#include "keys.h"

const struct key_section keys_sections[] = {
    {.name = "site",
     .keys = keys_site,
     .help = "The place: its clock, its grid of intervals, and the registry files that name its "
             "zones."},
    {.name = "store",
     .keys = keys_store,
     .help = "The embedded database that holds readings, weather and forecasts."},
    {.name = "intake",
     .keys = keys_intake,
     .help = "How readings come in: line protocol over HTTP, at /write and /api/v2/write, and what "
             "is taken for a reading."},
    {.name = "folder",
     .keys = keys_folder,
     .help = "A folder that CSV files are dropped into, plain or gzipped. One section for each, "
             "with a name of your own of letters, digits, \"_\" and \"-\". A file is read once it "
             "was moved in or stands unchanged; its good rows are taken, and it goes to done. Rows "
             "that were refused stand with their reasons in bad, and so does a file that cannot be "
             "understood as a whole. Columns are found by their headings, in Vietnamese or English "
             "(such as time, zone, load, meter; Thời gian, Khu công nghiệp, Công suất (kW)); the "
             "keys below say what headings do not. What could be read in two ways is refused.",
     .size = sizeof(struct config_folder),
     .first = offsetof(struct config, folders),
     .count = offsetof(struct config, n_folders)},
    {.name = "pull",
     .keys = keys_pull,
     .help = "A time-series database that readings or weather are fetched from. One section for "
             "each, with a name of your own. What is new comes every so often, and the last days "
             "are looked at again, so that corrections arrive. What is deleted there stays here.",
     .size = sizeof(struct config_pull),
     .first = offsetof(struct config, pulls),
     .count = offsetof(struct config, n_pulls)},
    {.name = "forecast",
     .keys = keys_forecast,
     .help = "When forecasts are made, how far they look, and how much they learn from."},
    {.name = "season",
     .keys = keys_season,
     .help = "The part of the year whose peak is forecast: how high each zone will go, with its "
             "odds."},
    {.name = "alerts",
     .keys = keys_alerts,
     .help = "How alerts are told. What raises them stands in the rules below; they go to the "
             "journal, to every database as the measurement \"alert\", and to each [alertmanager "
             "NAME] and [webhook NAME]."},
    {.name = "alert",
     .keys = keys_alert,
     .help = "A rule of alerts. One section for each, with a name of your own of letters, digits, "
             "\"_\" and \"-\", by which its alerts are acknowledged, muted and routed. Try it on "
             "the past before it tells people: phutai alerts replay. Of the keys below "
             "each rule has those that belong to what it looks at.",
     .size = sizeof(struct config_alert),
     .first = offsetof(struct config, rules),
     .count = offsetof(struct config, n_rules)},
    {.name = "heartbeat",
     .keys = keys_heartbeat,
     .help = "Signs of life: the age of the newest forecast, reading and weather, written to every "
             "database as the measurement \"heartbeat\", so that it is seen there what has "
             "stopped."},
    {.name = "page",
     .keys = keys_page,
     .help = "The page for people and its API, at the port of [intake] listen. Looking from "
             "elsewhere takes a token, and changing takes a planner's token from everywhere; see "
             "phutai token."},
    {.name = "weather",
     .keys = keys_weather,
     .help = "A place whose weather is asked for at Open-Meteo. One section for each, named by the "
             "station that it becomes in the store: letters, digits, \"_\" and \"-\". Give it a "
             "name of its own, not that of a station whose measurements come in otherwise, since "
             "the later value of an hour wins. Zones whose measured stations have no forecast "
             "take it from these, moved by what they differ.",
     .size = sizeof(struct config_weather),
     .first = offsetof(struct config, weather),
     .count = offsetof(struct config, n_weather)},
    {.name = "influxdb",
     .keys = keys_influxdb,
     .help = "A time-series database that forecasts are written to. One section for each, with a "
             "name of your own of letters, digits, \"_\" and \"-\". Without any, forecasts stay in "
             "the store.",
     .size = sizeof(struct config_sink),
     .first = offsetof(struct config, sinks),
     .count = offsetof(struct config, n_sinks)},
    {.name = "alertmanager",
     .keys = keys_alertmanager,
     .help = "A Prometheus Alertmanager, which groups, repeats and routes alerts to mail, chat and "
             "telephones. One section for each, with a name of your own. Without any, alerts stay "
             "in the store, the journal and the databases.",
     .size = sizeof(struct config_alertmanager),
     .first = offsetof(struct config, alertmanagers),
     .count = offsetof(struct config, n_alertmanagers)},
    {.name = "webhook",
     .keys = keys_webhook,
     .help = "A server that each notice is posted to as JSON, once it is in the store and until it "
             "is taken. One section for each, with a name of your own.",
     .size = sizeof(struct config_webhook),
     .first = offsetof(struct config, webhooks),
     .count = offsetof(struct config, n_webhooks)},
    {.name = "mqtt",
     .keys = keys_mqtt,
     .help = "An MQTT broker that readings come from. One section for each, with a name of your "
             "own. Messages are asked for with quality of service 1 in a session that the broker "
             "keeps, and are acknowledged once they are in the store: what is published while "
             "phutaid is away comes when it is back.",
     .size = sizeof(struct config_mqtt),
     .first = offsetof(struct config, mqtts),
     .count = offsetof(struct config, n_mqtts)},
    {.name = NULL},
};
