// SPDX-License-Identifier: GPL-3.0-or-later
// Keys of the rules of alerts.
#include "keys.h"

#include <assert.h>
#include <string.h>

#include "config.h"
#include "text.h"

// Both ends of the window are put through the offset of the first.
static_assert(offsetof(struct config_alert, mute_to_s) ==
              offsetof(struct config_alert, mute_from_s) + sizeof(int32_t));

static const char *const language_choices[] = {"vi", "en", NULL};
static const char *const on_choices[] = {"peak",  "season", "load",     "readings", "weather",
                                         "skill", "sink",   "register", NULL};

static bool is_positive(const char *text)
{
    double value;
    return text_real(text, &value) && value > 0;
}

// Of a page, which may have a query: it is shown, and nothing is put behind it.
static bool is_link(const char *text)
{
    const size_t scheme = !strncmp(text, "https://", 8) ? 8 : 7;
    return (scheme == 8 || !strncmp(text, "http://", 7)) && text[scheme] &&
           !strpbrk(text, " \t\"<>\\") && text_is_clean(text);
}

const struct key keys_alerts[] = {
    {.section = "alerts",
     .name = "language",
     .type = KEY_CHOICE,
     .fallback = "vi",
     .choices = language_choices,
     .offset = offsetof(struct config, alerts.language),
     .help = "What the journal, the databases and the title and text for Alertmanager are in: "
             "Vietnamese or English. Webhooks and Alertmanager get both texts beside."},
    {.section = "alerts",
     .name = "link",
     .type = KEY_TEXT,
     .example = "https://phutai.example/bac-giang",
     .check = is_link,
     .expects = "http:// or https:// and an address without blanks",
     .offset = offsetof(struct config, alerts.link),
     .help = "A page to look at, told with every notice: a dashboard, or the plan. Without it "
             "notices carry no link."},
    {.name = NULL},
};

const struct key keys_alert[] = {
    {.section = "alert",
     .name = "on",
     .type = KEY_CHOICE,
     .example = "peak",
     .choices = on_choices,
     .required = true,
     .offset = offsetof(struct config_alert, on),
     .help = "What is looked at. \"peak\": the chance that a coming day's load passes the limit. "
             "\"season\": the same of the coming season. \"load\": the newest reading. "
             "\"readings\": the age of a zone's newest reading. \"weather\": that of a station's "
             "newest weather. \"skill\": forecasts that lose to last week's same hour. \"sink\": "
             "the age of what waits for a database, an Alertmanager or a webhook. \"register\": "
             "entries of the register that begin soon."},
    {.section = "alert",
     .name = "zones",
     .type = KEY_TEXT,
     .fallback = "all",
     .offset = offsetof(struct config_alert, zones),
     .help = "Which zones it is about: \"all\", or ids with blanks between. \"quang-chau-all\" is "
             "a zone with its expansions, \"total\" the sum of all."},
    {.section = "alert",
     .name = "watch",
     .type = KEY_REAL,
     .fallback = "90",
     .least = "0",
     .most = "1000",
     .unit = "percent",
     .offset = offsetof(struct config_alert, per_cent[0]),
     .help = "How much of the limit the first level begins at. 0 leaves the level out. What is no "
             "load has one level, the lowest that is not left out."},
    {.section = "alert",
     .name = "emergency",
     .type = KEY_REAL,
     .fallback = "100",
     .least = "0",
     .most = "1000",
     .unit = "percent",
     .offset = offsetof(struct config_alert, per_cent[1]),
     .help = "The same of the second level (khẩn cấp). 0 leaves it out."},
    {.section = "alert",
     .name = "extreme",
     .type = KEY_REAL,
     .fallback = "110",
     .least = "0",
     .most = "1000",
     .unit = "percent",
     .offset = offsetof(struct config_alert, per_cent[2]),
     .help = "The same of the third level (cực kỳ khẩn cấp). 0 leaves it out."},
    {.section = "alert",
     .name = "limit_mw",
     .type = KEY_REAL,
     .example = "120",
     .most = "100000",
     .unit = "MW",
     .check = is_positive,
     .expects = "greater than 0",
     .offset = offsetof(struct config_alert, limit_mw),
     .help = "The limit, in place of the firm capacity of each zone by its registry. Set it where "
             "none is known, such as for the whole, or where a contract says less."},
    {.section = "alert",
     .name = "probability",
     .type = KEY_REAL,
     .fallback = "0.5",
     .least = "0.01",
     .most = "0.99",
     .offset = offsetof(struct config_alert, probability),
     .help = "For peak and season: how likely it must be that a level's share of the limit is "
             "passed. A lower one tells earlier, and more often in vain; 0.1 asks whether one "
             "season of ten passes it."},
    {.section = "alert",
     .name = "clear_probability",
     .type = KEY_REAL,
     .fallback = "0.3",
     .least = "0.001",
     .most = "0.99",
     .offset = offsetof(struct config_alert, clear_probability),
     .help = "For peak and season: below this chance a level is over. At most probability; the gap "
             "between the two keeps an alert from coming and going."},
    {.section = "alert",
     .name = "clear",
     .type = KEY_REAL,
     .fallback = "97",
     .least = "1",
     .most = "100",
     .unit = "percent",
     .offset = offsetof(struct config_alert, clear_per_cent),
     .help = "For load: below so much of a level's limit the level is over."},
    {.section = "alert",
     .name = "within",
     .type = KEY_DURATION,
     .fallback = "7d",
     .least = "1h",
     .most = "30d",
     .offset = offsetof(struct config_alert, within_s),
     .help = "For peak and register: how far ahead is looked. A peak is seen as far as [forecast] "
             "horizon reaches."},
    {.section = "alert",
     .name = "age",
     .type = KEY_DURATION,
     .fallback = "2h",
     .least = "1min",
     .most = "1y",
     .offset = offsetof(struct config_alert, age_s),
     .help = "For readings, weather and sink: how old is too old. Some intervals more than what is "
             "usual, or every late delivery is told."},
    {.section = "alert",
     .name = "days",
     .type = KEY_INTEGER,
     .fallback = "7",
     .least = "1",
     .most = "90",
     .unit = "days",
     .offset = offsetof(struct config_alert, days),
     .help = "For skill: over how many days of scores forecasts are judged. A day or two tells "
             "chance from skill badly."},
    {.section = "alert",
     .name = "hold",
     .type = KEY_INTEGER,
     .fallback = "2",
     .least = "1",
     .most = "100",
     .unit = "looks",
     .offset = offsetof(struct config_alert, hold),
     .help = "How many looks in a row must call for a level before it is raised; one is made after "
             "every forecast, of loads at every reading, of the age of things each minute or "
             "more often. 1 tells at once."},
    {.section = "alert",
     .name = "hold_clear",
     .type = KEY_INTEGER,
     .fallback = "3",
     .least = "1",
     .most = "100",
     .unit = "looks",
     .offset = offsetof(struct config_alert, hold_clear),
     .help = "How many looks in a row must be clear before a level falls or the alert is over."},
    {.section = "alert",
     .name = "change",
     .type = KEY_DURATION,
     .fallback = "1h",
     .least = "0s",
     .most = "30d",
     .offset = offsetof(struct config_alert, change_s),
     .help = "How long a level lasts at least before it falls. Worse levels are raised "
             "regardless."},
    {.section = "alert",
     .name = "reminder",
     .type = KEY_DURATION,
     .fallback = "24h",
     .least = "0s",
     .most = "1y",
     .offset = offsetof(struct config_alert, reminder_s),
     .help = "How often an alert that nobody has acknowledged is told again. 0s never does."},
    {.section = "alert",
     .name = "inhibited",
     .type = KEY_YES_NO,
     .fallback = "yes",
     .offset = offsetof(struct config_alert, inhibited),
     .help = "Whether a zone is quiet while a rule of the same kind, at the same level or a higher "
             "one, tells of the group or the whole that it is part of."},
    {.section = "alert",
     .name = "mute",
     .type = KEY_WINDOW,
     .example = "22:00-06:00",
     .offset = offsetof(struct config_alert, mute_from_s),
     .help = "Hours of every day without notices, on the site's clock. What still holds afterwards "
             "is told then. Alertmanager mutes by person and day as well."},
    {.name = NULL},
};

const struct key keys_alertmanager[] = {
    {.section = "alertmanager",
     .name = "url",
     .type = KEY_TEXT,
     .example = "http://127.0.0.1:9093",
     .required = true,
     .check = text_is_url,
     .expects = "http:// or https://, a host and perhaps a port, without user, \"?\" and \"#\"",
     .offset = offsetof(struct config_alertmanager, url),
     .help = "Where it is; /api/v2/alerts and /api/v2/silences are put behind it. Of several that "
             "gossip with each other every one gets a section."},
    {.section = "alertmanager",
     .name = "username",
     .type = KEY_TEXT,
     .example = "phutai",
     .offset = offsetof(struct config_alertmanager, username),
     .help = "Who posts, where it asks. Needs password_file too."},
    {.section = "alertmanager",
     .name = "password_file",
     .type = KEY_PATH,
     .example = "alertmanager.password",
     .offset = offsetof(struct config_alertmanager, password_file),
     .help = "File whose first line is the password."},
    {.section = "alertmanager",
     .name = "token_file",
     .type = KEY_PATH,
     .example = "alertmanager.token",
     .offset = offsetof(struct config_alertmanager, token_file),
     .help = "File whose first line is a token, sent as \"Bearer\". Where it is given, username "
             "and password are not sent."},
    {.section = "alertmanager",
     .name = "every",
     .type = KEY_DURATION,
     .fallback = "1min",
     .least = "1s",
     .most = "1h",
     .offset = offsetof(struct config_alertmanager, every_s),
     .help = "How often what fires is posted again. An alert that is no longer posted ends there "
             "some turns later."},
    {.section = "alertmanager",
     .name = "timeout",
     .type = KEY_DURATION,
     .fallback = "10s",
     .least = "1s",
     .most = "10min",
     .offset = offsetof(struct config_alertmanager, timeout_s),
     .help = "How long to wait for an answer before it is posted again."},
    {.name = NULL},
};

const struct key keys_webhook[] = {
    {.section = "webhook",
     .name = "url",
     .type = KEY_TEXT,
     .example = "https://chat.example/hook",
     .required = true,
     .check = text_is_url,
     .expects = "http:// or https://, a host and a path, without user, \"?\" and \"#\"",
     .offset = offsetof(struct config_webhook, url),
     .help = "Where notices are posted to. A secret belongs in token_file, not in the path."},
    {.section = "webhook",
     .name = "token_file",
     .type = KEY_PATH,
     .example = "webhook.token",
     .offset = offsetof(struct config_webhook, token_file),
     .help = "File whose first line is a token, sent as \"Bearer\"."},
    {.section = "webhook",
     .name = "timeout",
     .type = KEY_DURATION,
     .fallback = "10s",
     .least = "1s",
     .most = "10min",
     .offset = offsetof(struct config_webhook, timeout_s),
     .help = "How long to wait for an answer before the same notice is sent again."},
    {.section = "webhook",
     .name = "retry_max",
     .type = KEY_DURATION,
     .fallback = "5min",
     .least = "1s",
     .most = "1d",
     .offset = offsetof(struct config_webhook, retry_max_s),
     .help = "The longest pause between two attempts while the server is away. Pauses double up to "
             "it; what is waiting is kept in the store."},
    {.section = "webhook",
     .name = "outbox_bytes",
     .type = KEY_BYTES,
     .fallback = "10MB",
     .least = "100kB",
     .most = "1000GB",
     .offset = offsetof(struct config_webhook, outbox_bytes),
     .help = "How much may wait in the store. Beyond it the oldest notices are dropped, which is "
             "logged and counted."},
    {.section = "webhook",
     .name = "outbox_age",
     .type = KEY_DURATION,
     .fallback = "7d",
     .least = "1min",
     .most = "10y",
     .offset = offsetof(struct config_webhook, outbox_age_s),
     .help = "How long a notice may wait in the store before it is dropped in the same way. An old "
             "alarm helps nobody."},
    {.name = NULL},
};
