// SPDX-License-Identifier: GPL-3.0-or-later
// phutai doctor: the databases that forecasts go to.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <curl/curl.h>

#include "config/text.h"
#include "daemon/cmd_doctor.h"
#include "daemon/influx.h"
#include "daemon/receipts.h"
#include "daemon/secret.h"
#include "daemon/store_outbox.h"
#include "daemon/webhook.h"

enum {
    PING_TIMEOUT_S = 5,
    ANSWER_MAX = 4 << 20,
    URL_MAX = 8192,
    WAITING_MAX_S = 3600,
    CERTIFICATE_DAYS = 21, // with less to go, somebody should renew it
};

static size_t take_answer(char *data, size_t one, size_t n, void *context)
{
    buffer_append(context, data, one * n);
    return one * n;
}

static void set_target(CURL *easy, const char *url, char *error)
{
    *error = '\0';
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)PING_TIMEOUT_S);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error);
}

static bool set_credentials(CURL *easy, const struct credentials *credentials,
                            struct curl_slist **ret_headers)
{
    *ret_headers = NULL;
    if (*credentials->authorization)
        *ret_headers = curl_slist_append(NULL, credentials->authorization);
    return (!*credentials->authorization || *ret_headers) &&
           !curl_easy_setopt(easy, CURLOPT_HTTPHEADER, *ret_headers) &&
           !curl_easy_setopt(easy, CURLOPT_USERNAME, credentials->user) &&
           !curl_easy_setopt(easy, CURLOPT_PASSWORD,
                             credentials->user ? credentials->password : NULL);
}

static void get(const char *url, const struct credentials *credentials, struct doctor_answer *ret)
{
    char error[CURL_ERROR_SIZE];
    struct curl_slist *headers = NULL;
    CURL *easy = curl_easy_init();
    *ret = (struct doctor_answer){.error = "out of memory"};
    buffer_init(&ret->body, ANSWER_MAX);
    if (!easy)
        return;
    set_target(easy, url, error);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &ret->body);
    CURLcode code = CURLE_OUT_OF_MEMORY;
    if (set_credentials(easy, credentials, &headers))
        code = curl_easy_perform(easy);
    if (code == CURLE_OK)
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &ret->status);
    else
        snprintf(ret->error, sizeof ret->error, "%.250s",
                 *error ? error : curl_easy_strerror(code));
    curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
}

void cmd_doctor_get(const char *url, struct doctor_answer *ret)
{
    static const struct credentials none;
    get(url, &none, ret);
}

// What the server refuses with that status, NULL where nothing. `shown`: it was shown what is
// configured.
static const char *refused(const struct config_sink *sink, long status, bool shown)
{
    if (status != 401 && status != 403)
        return NULL;
    return shown && sink->token_file                        ? "token refused"
           : shown && sink->username && sink->password_file ? "password refused"
                                                            : "refused without token or password";
}

// Asks a database as the daemon does, and says what it refuses, NULL where nothing. A secret that
// cannot be read is told where the secrets are.
static const char *ask_sink(const struct config_sink *sink, const char *url,
                            struct doctor_answer *ret)
{
    char error[256];
    struct credentials credentials;
    bool shown = influx_credentials_read(sink, &credentials, error);
    get(url, &credentials, ret);
    credentials_wipe(&credentials);
    return refused(sink, ret->status, shown);
}

static void check_server(struct doctor *doctor, const char *what, const struct config_sink *sink)
{
    struct buffer url;
    struct doctor_answer answer;
    buffer_init(&url, URL_MAX);
    influx_ping_url(sink, &url);
    const char *refusal = ask_sink(sink, url.failed ? "" : url.data, &answer);
    if (!answer.status)
        cmd_doctor_say(doctor, DOCTOR_FAIL, what, "%s does not answer: %s", sink->url,
                       answer.error);
    else if (refusal)
        cmd_doctor_say(doctor, DOCTOR_FAIL, what, "%s answers: %s (HTTP %ld)", sink->url, refusal,
                       answer.status);
    else
        cmd_doctor_say(doctor, answer.status >= 500 ? DOCTOR_WARN : DOCTOR_OK, what,
                       "%s answers (HTTP %ld)", sink->url, answer.status);
    buffer_done(&answer.body);
    buffer_done(&url);
}

// "Expire date:Mar 12 00:00:00 2027 GMT" of the server's own certificate, which comes first.
static bool find_expiry(const struct curl_certinfo *info, time_t *ret)
{
    static const char name[] = "Expire date:";
    struct tm tm = {0};
    for (const struct curl_slist *line = info->num_of_certs ? info->certinfo[0] : NULL; line;
         line = line->next)
        if (!strncmp(line->data, name, sizeof name - 1) &&
            strptime(line->data + sizeof name - 1, "%b %d %H:%M:%S %Y", &tm)) {
            *ret = timegm(&tm);
            return true;
        }
    return false;
}

// When the server's certificate expires. It is not checked here, so that the date of one that is
// not trusted is seen too: nothing but the greeting goes over this connection.
static bool ask_expiry(const char *url, time_t *ret)
{
    char error[CURL_ERROR_SIZE];
    struct curl_certinfo *info = NULL;
    CURL *easy = curl_easy_init();
    if (!easy)
        return false;
    set_target(easy, url, error);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(easy, CURLOPT_CERTINFO, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
    bool found = curl_easy_perform(easy) == CURLE_OK &&
                 curl_easy_getinfo(easy, CURLINFO_CERTINFO, &info) == CURLE_OK && info &&
                 find_expiry(info, ret);
    curl_easy_cleanup(easy);
    return found;
}

static void check_certificate(struct doctor *doctor, const char *what,
                              const struct config_sink *sink)
{
    time_t expires;
    if (strncmp(sink->url, "https://", 8) || !ask_expiry(sink->url, &expires))
        return; // that there is no connection is told already
    int64_t left_s = expires - doctor->now;
    if (left_s < 0)
        cmd_doctor_say(doctor, DOCTOR_FAIL, what, "its certificate expired %s ago",
                       cmd_doctor_span(-left_s).text);
    else
        cmd_doctor_say(doctor, left_s < CERTIFICATE_DAYS * CIVIL_DAY_S ? DOCTOR_WARN : DOCTOR_OK,
                       what, "its certificate expires in %s", cmd_doctor_span(left_s).text);
}

static void check_losses(struct doctor *doctor, const char *what,
                         const struct store_outbox_state *state)
{
    char from[TEXT_TIME_LEN], to[TEXT_TIME_LEN];
    if (state->rejects)
        cmd_doctor_say(doctor, DOCTOR_WARN, what,
                       "%" PRId64 " rejects, refused by the server: phutai outbox list --rejects",
                       state->rejects);
    if (!state->dropped)
        return;
    text_write_time(state->dropped_from, 0, from);
    text_write_time(state->dropped_to, 0, to);
    cmd_doctor_say(doctor, DOCTOR_WARN, what,
                   "%" PRId64 " batches with %" PRId64 " lines, %" PRId64 " kB, were dropped from "
                   "a full outbox, the last of them made from %s to %s",
                   state->dropped, state->dropped_lines, state->dropped_bytes / 1000, from, to);
}

static void check_waiting(struct doctor *doctor, const char *what,
                          const struct store_outbox_state *state)
{
    if (state->acked)
        cmd_doctor_say(doctor, DOCTOR_OK, what,
                       "%" PRId64 " batches acknowledged, kept until they are safe there",
                       state->acked);
    if (!state->batches) {
        cmd_doctor_say(doctor, DOCTOR_OK, what, "nothing waits");
        return;
    }
    int64_t age_s = doctor->now - state->oldest;
    cmd_doctor_say(doctor, age_s > WAITING_MAX_S ? DOCTOR_WARN : DOCTOR_OK, what,
                   "%" PRId64 " batches of %" PRId64 " kB wait, the oldest for %s", state->batches,
                   state->bytes / 1000, cmd_doctor_span(age_s).text);
}

static void check_outbox(struct doctor *doctor, const char *what, const struct config_sink *sink)
{
    struct store_outbox_state state;
    char trouble[STORE_TROUBLE_LEN];
    if (!store_outbox_state(doctor->store, sink->name, &state, trouble)) {
        cmd_doctor_say(doctor, DOCTOR_FAIL, what, "%s", store_error(doctor->store));
        return;
    }
    check_losses(doctor, what, &state);
    check_waiting(doctor, what, &state);
    if (!*trouble)
        return;
    // As of verdict_words. Many servers ask for credentials only where something is written.
    const char *refusal =
        strncmp(trouble, "HTTP ", 5) ? NULL : refused(sink, strtol(trouble + 5, NULL, 10), true);
    cmd_doctor_say(doctor, DOCTOR_WARN, what, "%s for %s: %s", refusal ? refusal : "in trouble",
                   cmd_doctor_span(doctor->now - state.trouble_since).text, trouble);
}

// Whether VictoriaMetrics tells when it started. One that is away or busy is asked again by the
// daemon, and told of by its ping.
static void check_start(struct doctor *doctor, const char *what, const struct config_sink *sink)
{
    char start[RECEIPTS_SERVER_LEN];
    struct buffer url;
    struct doctor_answer answer;
    buffer_init(&url, URL_MAX);
    influx_metrics_url(sink, &url);
    const char *refusal = ask_sink(sink, url.failed ? "" : url.data, &answer);
    receipts_read_start(answer.status == 200 && answer.body.data ? answer.body.data : "", start);
    bool answered = answer.status && answer.status < 500 && answer.status != 429;
    if (answered && !strcmp(start, "?"))
        cmd_doctor_say(doctor, DOCTOR_WARN, what,
                       "%s does not tell when the server started: %s (HTTP %ld): what it loses "
                       "when it is killed cannot be sent again",
                       url.data, refusal ? refusal : "no process_start_time_seconds",
                       answer.status);
    buffer_done(&answer.body);
    buffer_done(&url);
}

// What is different with VictoriaMetrics.
static void check_victoriametrics(struct doctor *doctor, const char *what,
                                  const struct config_sink *sink)
{
    if (sink->dialect != CONFIG_VICTORIAMETRICS)
        return;
    if (doctor->config->forecast.horizon_s > 2 * CIVIL_DAY_S)
        cmd_doctor_say(
            doctor, DOCTOR_OK, what,
            "load_forecast reaches two days there, of a horizon of %s, as VictoriaMetrics "
            "drops what lies further ahead: take longer leads from load_forecast_issued",
            cmd_doctor_span(doctor->config->forecast.horizon_s).text);
    check_start(doctor, what, sink);
}

static void check_sink(struct doctor *doctor, const struct config_sink *sink)
{
    char what[128];
    snprintf(what, sizeof what, "influxdb '%s'", sink->name);
    if (doctor->store)
        check_outbox(doctor, what, sink);
    check_server(doctor, what, sink);
    check_certificate(doctor, what, sink);
    check_victoriametrics(doctor, what, sink);
    cmd_doctor_secret(doctor, sink->password_file);
    cmd_doctor_secret(doctor, sink->token_file);
}

// Whoever is told of alerts: what waits, what was refused; whether it is there is seen when there
// is something to tell.
static void check_webhook(struct doctor *doctor, const struct config_webhook *webhook)
{
    char what[128];
    struct config_sink sink;
    snprintf(what, sizeof what, "webhook '%s'", webhook->name);
    if (doctor->store && webhook_sink_init(&sink, webhook)) {
        check_outbox(doctor, what, &sink);
        webhook_sink_done(&sink);
    }
    cmd_doctor_secret(doctor, webhook->token_file);
}

// Names in the store that the configuration does not know.
struct strangers {
    const struct config *config;
    size_t n;
    char names[32][64];
};

static bool note_stranger(void *context, const char *sink)
{
    struct strangers *strangers = context;
    if (webhook_knows_sink(strangers->config, sink))
        return true;
    snprintf(strangers->names[strangers->n++], sizeof strangers->names[0], "%s", sink);
    return strangers->n < sizeof strangers->names / sizeof *strangers->names;
}

static void check_strangers(struct doctor *doctor)
{
    char what[128];
    struct store_outbox_state state;
    struct strangers strangers = {.config = doctor->config};
    if (!store_each_sink(doctor->store, note_stranger, &strangers)) {
        cmd_doctor_say(doctor, DOCTOR_FAIL, "outbox", "%s", store_error(doctor->store));
        return;
    }
    for (size_t i = 0; i < strangers.n; i++) {
        const char *name = strangers.names[i];
        const bool hook = !strncmp(name, WEBHOOK_SINK, strlen(WEBHOOK_SINK));
        snprintf(what, sizeof what, "%s '%s'", hook ? "webhook" : "influxdb",
                 hook ? name + strlen(WEBHOOK_SINK) : name);
        if (store_outbox_state(doctor->store, name, &state, NULL))
            cmd_doctor_say(doctor, DOCTOR_WARN, what,
                           "not configured any more, but in the store are %" PRId64
                           " batches and %" PRId64 " rejects of it: phutai outbox drop --sink %s",
                           state.batches + state.acked, state.rejects, name);
    }
}

void cmd_doctor_sinks(struct doctor *doctor)
{
    for (size_t i = 0; i < doctor->config->n_sinks; i++)
        check_sink(doctor, &doctor->config->sinks[i]);
    for (size_t i = 0; i < doctor->config->n_webhooks; i++)
        check_webhook(doctor, &doctor->config->webhooks[i]);
    if (doctor->store)
        check_strangers(doctor);
}
