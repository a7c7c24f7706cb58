// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/verdict.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool says(const char *body, size_t n, const char *const words[])
{
    for (size_t i = 0; i < n; i++)
        if (strstr(body, words[i]))
            return true;
    return false;
}

// A request that no server of this kind takes, whatever its lines are.
static bool is_misdirected(enum config_dialect dialect, const char *body)
{
    static const char *const words[] = {"database is required", "unsupported path requested",
                                        // Go's server, and nginx
                                        "HTTP request to an HTTPS server", "sent to HTTPS port",
                                        // vmauth, of a token that it does not know
                                        "cannot find the provided auth token"};
    return says(body, sizeof words / sizeof *words, words) ||
           (dialect == CONFIG_INFLUXDB3 && strstr(body, "db name"));
}

// The lines are good, but the server keeps none as old as these, or has too many series.
static bool is_beyond_limits(const char *body)
{
    static const char *const words[] = {"beyond retention policy", "max-series-per-database",
                                        "max-values-per-tag"};
    return says(body, sizeof words / sizeof *words, words);
}

// What was sent did not arrive as it was sent.
static bool is_cut(const char *body)
{
    static const char *const words[] = {"unexpected EOF", "cannot read gzipped", "gzip: invalid"};
    return says(body, sizeof words / sizeof *words, words);
}

// InfluxDB 1 and 3 say "partial write" for a batch of which the rest is stored. InfluxDB 2 and
// VictoriaMetrics refuse a batch whole.
static enum verdict verdict_of_400(enum config_dialect dialect, const char *body)
{
    if (is_misdirected(dialect, body))
        return VERDICT_OPERATOR;
    if (is_beyond_limits(body))
        return VERDICT_LOST;
    if (strstr(body, "partial write"))
        return VERDICT_PARTIAL;
    return is_cut(body) ? VERDICT_FAULT : VERDICT_REFUSED;
}

// InfluxDB 2: a type conflict, or beyond retention; the rest is stored. InfluxDB 3: no further
// database, table or column is allowed.
static enum verdict verdict_of_422(enum config_dialect dialect, const char *body)
{
    if (dialect == CONFIG_INFLUXDB3)
        return VERDICT_OPERATOR;
    return is_beyond_limits(body) ? VERDICT_LOST : VERDICT_PARTIAL;
}

// Errors of the server that say of themselves what they are about.
static enum verdict verdict_of_5xx(const char *body)
{
    static const char *const no_room[] = {"no space left on device", "disk quota exceeded",
                                          "too many open files", "timeout", "engine is closed"};
    if (strstr(body, "retention policy not found"))
        return VERDICT_OPERATOR;
    return says(body, sizeof no_room / sizeof *no_room, no_room) ? VERDICT_BUSY : VERDICT_FAULT;
}

// A webhook's refusal of one notice, rather than of all: nothing is known of its words. 410:
// whoever took them is there no longer.
static bool is_of_notice(int status)
{
    static const int others[] = {401, 403, 404, 405, 407, 408, 410, 425, 429};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (status == others[i])
            return false;
    return status >= 400 && status < 500;
}

static enum verdict verdict_of_status(enum config_dialect dialect, int status, const char *body)
{
    if (dialect == CONFIG_WEBHOOK && is_of_notice(status))
        return is_misdirected(dialect, body) ? VERDICT_OPERATOR : VERDICT_REFUSED;
    switch (status) {
    case 400:
        return verdict_of_400(dialect, body);
    case 422:
        return verdict_of_422(dialect, body);
    case 413:
        return VERDICT_TOO_LARGE;
    case 404:
        return dialect == CONFIG_INFLUXDB1 && strstr(body, "database not found")
                   ? VERDICT_NO_DATABASE
                   : VERDICT_OPERATOR;
    case 408:
    case 425:
    case 429:
    case 502: // a gateway whose server is away
    case 503:
    case 504:
    case 507: // no room
        return VERDICT_BUSY;
    default:
        if (status >= 200 && status < 300)
            return VERDICT_DELIVERED;
        // Redirects are not followed; other 4xx are about the address or the request.
        return status >= 300 && status < 500 ? VERDICT_OPERATOR : verdict_of_5xx(body);
    }
}

enum verdict verdict_of(enum config_dialect dialect, const struct http_answer *answer)
{
    switch (answer->failure) {
    case HTTP_ANSWERED:
        return verdict_of_status(dialect, answer->status, answer->body);
    case HTTP_BROKEN:
        return VERDICT_BROKEN;
    case HTTP_UNREACHABLE:
    case HTTP_TIMEOUT:
        break;
    }
    return VERDICT_BUSY;
}

// One line of at most `size` bytes, cut between characters.
static void copy_words(char *to, size_t size, const char *from)
{
    size_t n = 0;
    for (; from[n] && n + 1 < size; n++)
        to[n] = (unsigned char)from[n] < ' ' || from[n] == 0x7f ? ' ' : from[n];
    if (from[n])
        while (n && ((unsigned char)from[n] & 0xc0) == 0x80)
            n--;
    to[n] = '\0';
}

void verdict_words(const struct http_answer *answer, char ret[static VERDICT_WORDS_LEN])
{
    if (answer->failure != HTTP_ANSWERED) {
        copy_words(ret, VERDICT_WORDS_LEN, answer->error);
        return;
    }
    json_t *json = json_loads(answer->body, 0, NULL);
    const char *words = json_string_value(json_object_get(json, "error"));
    if (!words)
        words = json_string_value(json_object_get(json, "message"));
    if (!words)
        words = answer->body;
    int n = snprintf(ret, VERDICT_WORDS_LEN, "HTTP %d%s", answer->status, *words ? ": " : "");
    copy_words(ret + n, VERDICT_WORDS_LEN - (size_t)n, words);
    json_decref(json);
}

int64_t verdict_lost_lines(const struct http_answer *answer)
{
    static const char unparsed[] = "unable to parse", dropped[] = "dropped=";
    int64_t lost = 0;
    for (const char *at = answer->body; (at = strstr(at, unparsed)); at += sizeof unparsed - 1)
        lost++;
    const char *at = strstr(answer->body, dropped);
    long long told = at ? strtoll(at + sizeof dropped - 1, NULL, 10) : 0;
    lost += told > 0 ? told : 0;
    return lost > 0 ? lost : 1;
}
