// SPDX-License-Identifier: GPL-3.0-or-later
// Keys of a database that is written to.
#include "keys.h"

#include "config.h"
#include "text.h"

static const char *const dialect_choices[] = {"influxdb1", "influxdb2", "influxdb3",
                                              "victoriametrics", NULL};

const struct key keys_influxdb[] = {
    {.section = "influxdb",
     .name = "dialect",
     .type = KEY_CHOICE,
     .fallback = "influxdb1",
     .choices = dialect_choices,
     .offset = offsetof(struct config_sink, dialect),
     .help = "What the server is. \"influxdb1\" writes to /write with a database, \"influxdb2\" to "
             "/api/v2/write with an organisation, a bucket and a token, \"influxdb3\" to "
             "/api/v3/write_lp with a database and perhaps a token. \"victoriametrics\" writes to "
             "/write, leaves out what lies more than 48 h ahead, which it would drop without a "
             "word, and sends again what it may have lost when it starts anew."},
    {.section = "influxdb",
     .name = "url",
     .type = KEY_TEXT,
     .fallback = "http://127.0.0.1:8086",
     .check = text_is_url,
     .expects = "http:// or https://, a host and perhaps a port, without user, \"?\" and \"#\"",
     .offset = offsetof(struct config_sink, url),
     .help = "Where the server is."},
    {.section = "influxdb",
     .name = "database",
     .type = KEY_TEXT,
     .fallback = "phutai",
     .offset = offsetof(struct config_sink, database),
     .help =
         "The database to write to, for influxdb1 and influxdb3. It is made when it is missing. "
         "VictoriaMetrics puts it into the label \"db\"."},
    {.section = "influxdb",
     .name = "org",
     .type = KEY_TEXT,
     .example = "so-cong-thuong",
     .offset = offsetof(struct config_sink, org),
     .help = "The organisation, for influxdb2, which needs one."},
    {.section = "influxdb",
     .name = "bucket",
     .type = KEY_TEXT,
     .example = "phutai",
     .offset = offsetof(struct config_sink, bucket),
     .help = "The bucket to write to, for influxdb2, which needs one. It must exist."},
    {.section = "influxdb",
     .name = "username",
     .type = KEY_TEXT,
     .example = "phutai",
     .offset = offsetof(struct config_sink, username),
     .help =
         "Who writes, for influxdb1 and victoriametrics with authentication. Needs password_file "
         "too."},
    {.section = "influxdb",
     .name = "password_file",
     .type = KEY_PATH,
     .example = "influxdb.password",
     .offset = offsetof(struct config_sink, password_file),
     .help = "File whose first line is the password. Secrets stay out of this file, so that it can "
             "be shown around."},
    {.section = "influxdb",
     .name = "token_file",
     .type = KEY_PATH,
     .example = "influxdb.token",
     .offset = offsetof(struct config_sink, token_file),
     .help = "File whose first line is the token, for influxdb2, which needs one, and for "
             "influxdb3 and victoriametrics."},
    {.section = "influxdb",
     .name = "batch_lines",
     .type = KEY_INTEGER,
     .fallback = "5000",
     .least = "1",
     .most = "100000",
     .unit = "lines",
     .offset = offsetof(struct config_sink, batch_lines),
     .help = "Most lines sent at once. Fewer ease a small server, more are quicker."},
    {.section = "influxdb",
     .name = "timeout",
     .type = KEY_DURATION,
     .fallback = "10s",
     .least = "1s",
     .most = "10min",
     .offset = offsetof(struct config_sink, timeout_s),
     .help = "How long to wait for an answer before the same lines are sent again."},
    {.section = "influxdb",
     .name = "retry_max",
     .type = KEY_DURATION,
     .fallback = "5min",
     .least = "1s",
     .most = "1d",
     .offset = offsetof(struct config_sink, retry_max_s),
     .help = "The longest pause between two attempts while the server is away. Pauses double up to "
             "it; what is waiting is kept in the store."},
    {.section = "influxdb",
     .name = "outbox_bytes",
     .type = KEY_BYTES,
     .fallback = "1GB",
     .least = "100kB",
     .most = "1000GB",
     .offset = offsetof(struct config_sink, outbox_bytes),
     .help = "How much may wait in the store. Beyond it the oldest batches are dropped, which is "
             "logged and counted."},
    {.section = "influxdb",
     .name = "outbox_age",
     .type = KEY_DURATION,
     .fallback = "30d",
     .least = "1min",
     .most = "10y",
     .offset = offsetof(struct config_sink, outbox_age_s),
     .help = "How long a batch may wait in the store before it is dropped in the same way."},
    {.name = NULL},
};
