// SPDX-License-Identifier: GPL-3.0-or-later
// The configuration: one INI file and the registry files that it names, read into one constant
// struct. Every key stands in the table of keys.c; parsing, --check-config, the shipped sample and
// the manual page come from that table.
#ifndef PHUTAI_CONFIG_CONFIG_H
#define PHUTAI_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { CONFIG_NAMED_MAX = 16 }; // sections of one kind, such as [influxdb NAME]

static const int64_t CONFIG_NO_DAY = INT64_MIN; // a day that is not known

// A zone of the registry (zones.csv).
struct config_zone {
    char *id;     // [a-z0-9_-]+
    char *name;   // in the planner's language
    char *parent; // id of the zone it expands, or NULL
    char *district, *status, *source;
    double area_ha, fill_pct; // NaN where unknown
    // Of one that is filling; days are civil day numbers or CONFIG_NO_DAY.
    char *kin;              // id of the zone whose shape it borrows, or NULL
    int64_t opens_day;      // from which its filling counts
    double opens_sd_months; // how sure that is
    double leased_pct;      // NaN where unknown; as of leased_day
    int64_t leased_day;
    int64_t energised_day; // no load before it
};

// A stage of what feeds a zone (capacity.csv), in order of zone, feed and date: it replaces the
// feed's earlier ones, and a zone may draw the sum over its feeds.
struct config_capacity {
    uint64_t id;           // of substation and date: what two zones share slips together
    size_t zone;           // index into zones
    size_t feed;           // rows of one substation have the same number
    int64_t from_day;      // civil day number
    double mva;            // installed, or what is left without the largest unit where N-1 holds
    double firm_mw;        // mva * power factor * share
    double slip_per_month; // probability that the date slips by (another) month
    char *substation;      // the zone's id where not given
    char *note, *source;
};

enum config_day_kind { CONFIG_DAY_HOLIDAY, CONFIG_DAY_WORKING, CONFIG_DAY_TET };

struct config_day { // calendar.csv, in order of date, each date once
    int64_t day;    // civil day number since 1970-01-01
    enum config_day_kind kind;
    char *name;
};

enum config_entry_kind { // in this order in models/entries.h too
    CONFIG_ENTRY_LINE,
    CONFIG_ENTRY_SHUTDOWN,
    CONFIG_ENTRY_MAINTENANCE,
    CONFIG_ENTRY_SHIFT,
    CONFIG_ENTRY_DEMAND_RESPONSE,
    CONFIG_ENTRY_OVERRIDE,
    CONFIG_ENTRY_MASK
};

struct config_time {
    bool given;
    int64_t local_s;  // as written
    int32_t offset_s; // TEXT_NO_OFFSET: on the site's clock
};

struct config_entry { // register.csv, in the file's order; config/register.h
    uint64_t key;     // of its id, or of all it says; the highest bit is set
    char *id;         // "" where it has none
    size_t zone;      // index into zones
    enum config_entry_kind kind;
    double mw, factor; // NaN where not given
    double probability;
    struct config_time from, to, expires; // `to` and `expires`: the instant at which it is over
    int64_t ramp_s;
    int32_t hours_from_s, hours_to_s, into_from_s, into_to_s; // of the day
    char *author, *note;
    unsigned long line;
};

enum config_clock { CONFIG_CLOCK_SYSTEM, CONFIG_CLOCK_READINGS };
enum config_dialect {
    CONFIG_INFLUXDB1,
    CONFIG_INFLUXDB2,
    CONFIG_INFLUXDB3,
    CONFIG_VICTORIAMETRICS,
    CONFIG_WEBHOOK // notices as JSON; not of [influxdb NAME], but of [webhook NAME]
};

struct config_weather { // [weather NAME]: a station of that name, by Open-Meteo
    char *name;
    char *url, *archive_url;
    char *apikey_file; // NULL for none
    double latitude, longitude;
    int64_t every_s, forecast_days, past_days;
    int64_t history_s; // of the archive, once
    int64_t stale_s;   // an older run is not used
};

struct config_sink { // [influxdb NAME]
    char *name;
    enum config_dialect dialect;
    char *url, *database, *org, *bucket, *username;
    char *password_file, *token_file; // secrets stay in files, read when used
    int64_t batch_lines, timeout_s, retry_max_s;
    int64_t outbox_bytes, outbox_age_s; // what waits in the store, at most
};

enum config_payload { CONFIG_PAYLOAD_AUTO, CONFIG_LINES, CONFIG_JSON, CONFIG_NUMBER };
enum config_stamps { CONFIG_STAMPS_START, CONFIG_STAMPS_END };
enum config_untimed { CONFIG_UNTIMED_REFUSED, CONFIG_UNTIMED_ENDED };

// A topic or a pattern of topics, and what it stands for (config/topics.h).
struct config_topic {
    char *pattern; // levels between slashes: text, +, # or {zone}, {meter}, {station}
    char *zone, *meter, *station; // where the topic_map says so, else NULL
    double scale;
};

struct config_mqtt { // [mqtt NAME]
    char *name;
    char *url, *client_id, *username, *password_file, *ca_file; // client_id NULL: "phutai-NAME"
    char *patterns, *topic_map_file;
    enum config_payload payload;
    char *time_key;
    double scale; // of numbers and JSON: value times this is MW
    enum config_stamps stamps;
    enum config_untimed untimed;
    int64_t payload_bytes, keepalive_s;
    size_t n_topics;
    struct config_topic *topics; // of topic_map first, then the patterns
};

enum config_folder_kind { CONFIG_FOLDER_READINGS, CONFIG_FOLDER_WEATHER };
enum config_separator {
    CONFIG_SEPARATOR_AUTO,
    CONFIG_SEPARATOR_COMMA,
    CONFIG_SEPARATOR_SEMICOLON,
    CONFIG_SEPARATOR_TAB
};
enum config_unit {
    CONFIG_UNIT_AUTO,
    CONFIG_UNIT_MW,
    CONFIG_UNIT_KW,
    CONFIG_UNIT_MWH,
    CONFIG_UNIT_KWH
};
enum config_decimal { CONFIG_DECIMAL_AUTO, CONFIG_DECIMAL_POINT, CONFIG_DECIMAL_COMMA };

struct config_alias { // a row of a zone_map
    char *name;       // as exports write it; no two of a map fold to the same (fold.h)
    size_t zone;      // index into zones; SIZE_MAX: left out
    char *meter;      // "" for the zone itself
};

struct config_folder { // [folder NAME]
    char *name;
    char *path, *done, *bad; // done, bad: NULL for folders of that name inside of path
    char *pattern;           // several with blanks between
    int64_t settle_s, file_bytes;
    enum config_folder_kind kind;
    enum config_separator separator;
    enum config_decimal decimal;
    enum config_stamps stamps;
    int64_t interval_s; // 0: the site's step
    enum config_unit unit;
    // NULL: found by the names that are known.
    char *time_column, *date_column, *hour_column, *time_format;
    char *zone_column, *meter_column, *load_column;
    char *station_column, *temp_column, *humidity_column;
    char *zone, *station; // of all rows, or NULL
    char *zone_map_file;
    size_t n_aliases;
    struct config_alias *aliases;
};

enum config_pull_dialect { CONFIG_PULL_INFLUXDB1, CONFIG_PULL_VICTORIAMETRICS };
enum config_pull_kind { CONFIG_PULL_LOAD, CONFIG_PULL_WEATHER };
enum config_pull_aggregate { CONFIG_PULL_NONE, CONFIG_PULL_MEAN };

struct config_pull { // [pull NAME]
    char *name;
    enum config_pull_dialect dialect;
    enum config_pull_kind kind;
    char *url, *database, *retention_policy, *username;
    char *password_file, *token_file;
    // NULL where not given: those of [intake].
    char *measurement, *field, *zone_tag, *meter_tag, *station_tag, *temp_field, *humidity_field;
    char *filter;
    double scale; // value of the field times this is MW, or degrees Celsius
    enum config_stamps stamps;
    enum config_pull_aggregate aggregate;
    int64_t samples; // an interval's mean needs so many
    int64_t every_s, overlap_s, history_s, timeout_s;
};

// What a rule of alerts looks at.
enum config_alert_on {
    CONFIG_ALERT_PEAK,     // forecast: the chance that the load passes a limit within some days
    CONFIG_ALERT_SEASON,   // the same of the coming season
    CONFIG_ALERT_LOAD,     // the newest reading, over a limit
    CONFIG_ALERT_READINGS, // the age of a zone's newest reading
    CONFIG_ALERT_WEATHER,  // the age of the newest weather, observed or forecast
    CONFIG_ALERT_SKILL,    // forecasts that lose to last week's same hour
    CONFIG_ALERT_SINK,     // the age of what waits for a database, Alertmanager or webhook
    CONFIG_ALERT_REGISTER  // entries of the register that begin soon
};
enum { CONFIG_ALERT_LEVELS = 3 }; // watch, emergency, extreme

struct config_alert { // [alert NAME]
    char *name;
    enum config_alert_on on;
    char *zones; // "all", "total", or ids of zones and groups, with blanks between
    double
        per_cent[CONFIG_ALERT_LEVELS]; // of the limit at which each level begins, 0: no such level
    double limit_mw;                   // instead of the firm capacity; NaN where not given
    double probability, clear_probability;
    double clear_per_cent; // load: below so much of a level's limit it is over
    int64_t within_s;      // peak, register: how far ahead
    int64_t age_s;         // readings, weather, sink: older than this
    int64_t days;          // skill: over so many days
    int64_t hold, hold_clear, change_s, reminder_s;
    bool inhibited; // by the alerts of the group and the whole that the zone is part of
    int32_t mute_from_s, mute_to_s; // of the day, without notices; equal: none
};

enum config_language { CONFIG_VIETNAMESE, CONFIG_ENGLISH };

struct config_alertmanager { // [alertmanager NAME]
    char *name;
    char *url, *username, *password_file, *token_file;
    int64_t every_s, timeout_s;
};

struct config_webhook { // [webhook NAME]
    char *name;
    char *url, *token_file;
    int64_t timeout_s, retry_max_s;
    int64_t outbox_bytes, outbox_age_s;
};

struct config {
    struct {                // [site]
        char *name, *clock; // clock: "+07:00" or a POSIX TZ rule
        int64_t step_s;
        char *zones_file, *capacity_file, *calendar_file; // NULL where not given
        char *register_file;
        double power_factor;
        double slip; // per month, of commissioning dates that state none of their own
    } site;
    struct { // [store]
        char *path;
        int64_t vintages_s; // how long every vintage is kept; one a day for good
    } store;
    struct {          // [intake]
        char *listen; // "127.0.0.1:8428"; port 0 takes a free one
        char *token_file;
        int64_t body_bytes;
        int64_t rate_lines; // a second and sender, 0 for no limit
        int64_t future_s;   // a reading further ahead than this is refused
        double load_min_mw, load_max_mw;
        double missing_pct; // of a zone's usual load that may be missing in a sum of meters
        char *load_measurement, *zone_tag, *meter_tag, *load_field;
        double load_scale; // field value times this is MW
        char *weather_measurement, *station_tag, *temp_field, *humidity_field;
    } intake;
    struct { // [forecast]
        enum config_clock clock;
        int64_t every_s, horizon_s, history_s;
    } forecast;
    struct {                    // [season]
        char *name;             // "summer": the season of a year is "2024-summer"
        char *from, *to;        // first and last day, "04-01"; may pass the turn of the year
        int64_t paths, every_s; // simulated seasons; how often they are made anew, 0 never
    } season;
    struct {             // [heartbeat]
        int64_t every_s; // 0: none
    } heartbeat;
    struct {       // [page]
        bool open; // to readers on this machine without a token
    } page;
    struct {                           // [alerts]
        enum config_language language; // of the journal, points and Alertmanager
        char *link;                    // where the page is, told with every notice; NULL for none
    } alerts;
    size_t n_rules;
    struct config_alert rules[CONFIG_NAMED_MAX];
    size_t n_alertmanagers;
    struct config_alertmanager alertmanagers[CONFIG_NAMED_MAX];
    size_t n_webhooks;
    struct config_webhook webhooks[CONFIG_NAMED_MAX];
    size_t n_weather;
    struct config_weather weather[CONFIG_NAMED_MAX];
    size_t n_sinks;
    struct config_sink sinks[CONFIG_NAMED_MAX];
    size_t n_mqtts;
    struct config_mqtt mqtts[CONFIG_NAMED_MAX];
    size_t n_folders;
    struct config_folder folders[CONFIG_NAMED_MAX];
    size_t n_pulls;
    struct config_pull pulls[CONFIG_NAMED_MAX];
    size_t n_zones, n_capacities, n_days, n_entries;
    struct config_zone *zones;
    struct config_capacity *capacities;
    struct config_day *days;
    struct config_entry *entries;
};

// Every fault found, in the form `file:line: what, which value, what is expected`.
struct config_errors {
    size_t n;
    char **text;
};
void config_errors_done(struct config_errors *errors);

// Reads `path` and the files it names, relative to its own folder. All faults are gathered, not
// only the first (a hundred at most). NULL when there is any, or without memory; the caller frees
// with config_free. Sets `errors` in either case; the caller ends it with config_errors_done.
struct config *config_read(const char *path, struct config_errors *errors);
void config_free(struct config *config);

// The shipped sample: every key with its help, unit, range and default. And the manual page.
void config_print_sample(FILE *out);
void config_print_manual(FILE *out);

// Index of the first of config->capacities that is a zone's, where it has any.
size_t config_capacity_first(const struct config *config, size_t zone);

// Firm capacity of a zone on a day by the planned dates, MW: the sum of the newest stage of each of
// its feeds. NaN where none is known.
double config_firm_mw(const struct config *config, size_t zone, int64_t day);

// Whose shape a zone without history borrows: the kin that it names, else its parent, else the
// operating zone nearest in area. SIZE_MAX where there is none.
size_t config_zone_kin(const struct config *config, size_t zone);

// The days of a season named by year and name, such as "2024-summer": its first and last one. The
// year is that of its first day. False where the text names no season of this site.
[[nodiscard]] bool config_season_days(const struct config *config, const char *season,
                                      int64_t *ret_first, int64_t *ret_last);

// From what age on a weather forecast of that station is not used, seconds: as its section says,
// or a day where it has none.
int64_t config_weather_stale_s(const struct config *config, const char *station);

// Index of a zone id, or SIZE_MAX.
size_t config_zone_find(const struct config *config, const char *id);

// Of the id of a group, "quang-chau-all", the index of the parent that it is with its expansions;
// SIZE_MAX where it is no group: a zone without expansions is none.
size_t config_group_parent(const struct config *config, const char *id);

// Whether a zone, a group or the whole stands among the zones of a rule by its id: "all" names
// none.
bool config_rule_names(const struct config_alert *rule, const char *id);

#endif
