// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/verdict.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// InfluxDB 1 and 3 say "partial write" for a batch of which the rest is stored; InfluxDB 1 also
// says it where nothing is (too many series), which is as final.
static enum verdict verdict_of_400(const char *body)
{
    return strstr(body, "partial write") ? VERDICT_PARTIAL : VERDICT_REFUSED;
}

static enum verdict verdict_of_status(int status, const char *body)
{
    switch (status) {
    case 400:
        return verdict_of_400(body);
    case 422: // InfluxDB 2: type conflict or beyond retention, the rest is stored
        return VERDICT_PARTIAL;
    case 413:
        return VERDICT_TOO_LARGE;
    case 404:
        return strstr(body, "database not found") ? VERDICT_NO_DATABASE : VERDICT_OPERATOR;
    case 401:
    case 403:
    case 405: // an address of something else
        return VERDICT_OPERATOR;
    case 408:
    case 425:
    case 429:
    case 502: // a gateway whose server is away
    case 503:
    case 504:
        return VERDICT_BUSY;
    default:
        if (status >= 200 && status < 300)
            return VERDICT_DELIVERED;
        if (status >= 300 && status < 400) // redirects are not followed
            return VERDICT_OPERATOR;
        return status >= 400 && status < 500 ? VERDICT_REFUSED : VERDICT_FAULT;
    }
}

enum verdict verdict_of(const struct http_answer *answer)
{
    switch (answer->failure) {
    case HTTP_ANSWERED:
        return verdict_of_status(answer->status, answer->body);
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
