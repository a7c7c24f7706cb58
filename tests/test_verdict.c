// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "daemon/lineproto.h"
#include "daemon/verdict.h"

// Answers as InfluxDB 1.6.7 gave them, and as those of 2.x and 3.x are documented.
static const struct answer {
    int status;
    const char *body;
    enum verdict verdict;
} answers[] = {
    {204, "", VERDICT_DELIVERED},
    {200, "{\"results\":[]}", VERDICT_DELIVERED},
    {400,
     "{\"error\":\"partial write: field type conflict: input field \\\"v\\\" on measurement "
     "\\\"c\\\" "
     "is type integer, already exists as type float dropped=2\"}",
     VERDICT_PARTIAL},
    {400, "{\"error\":\"partial write: unable to parse 'p v= 2': missing field value dropped=0\"}",
     VERDICT_PARTIAL},
    {400, "{\"error\":\"partial write of line protocol occurred\",\"data\":[]}", VERDICT_PARTIAL},
    {400, "{\"error\":\"unable to parse 'bad': missing fields\"}", VERDICT_REFUSED},
    {400, "{\"code\":\"invalid\",\"message\":\"unable to parse\"}", VERDICT_REFUSED},
    {422, "{\"code\":\"unprocessable entity\",\"message\":\"type conflict\"}", VERDICT_PARTIAL},
    {413, "{\"error\":\"Request Entity Too Large\"}", VERDICT_TOO_LARGE},
    {404, "{\"error\":\"database not found: \\\"d\\\"\"}", VERDICT_NO_DATABASE},
    {404, "{\"code\":\"not found\",\"message\":\"bucket not found\"}", VERDICT_OPERATOR},
    {404, "404 page not found\n", VERDICT_OPERATOR},
    {401, "{\"error\":\"authorization failed\"}", VERDICT_OPERATOR},
    {403, "", VERDICT_OPERATOR},
    {405, "", VERDICT_OPERATOR},
    {302, "", VERDICT_OPERATOR},
    {429, "", VERDICT_BUSY},
    {502, "<html>", VERDICT_BUSY},
    {503, "request throttled, queue full", VERDICT_BUSY},
    {504, "", VERDICT_BUSY},
    {400, "{\"error\":\"partial write: points beyond retention policy dropped=1\"}", VERDICT_LOST},
    {400, "{\"error\":\"partial write: max-series-per-database limit exceeded: (5) dropped=110\"}",
     VERDICT_LOST},
    {400, "{\"error\":\"database is required\"}", VERDICT_OPERATOR},
    {400, "{\"error\":\"unexpected EOF\"}", VERDICT_FAULT},
    {500, "{\"error\":\"retention policy not found: nope\"}", VERDICT_OPERATOR},
    {500, "{\"error\":\"[shard 1] proto: field contains invalid UTF-8\"}", VERDICT_FAULT},
    {500, "{\"error\":\"engine: write wal: no space left on device\"}", VERDICT_BUSY},
    {507, "", VERDICT_BUSY},
    {418, "", VERDICT_OPERATOR},
    {411, "", VERDICT_OPERATOR},
    {415, "", VERDICT_OPERATOR},
    {400, "Client sent an HTTP request to an HTTPS server.\n", VERDICT_OPERATOR},
    {400, "cannot find the provided auth token \"x\" in config\n", VERDICT_OPERATOR},
    {400, "<center>The plain HTTP request was sent to HTTPS port</center>", VERDICT_OPERATOR},
};

static void judge(enum config_dialect dialect, size_t n, const struct answer known[])
{
    for (size_t i = 0; i < n; i++) {
        const struct http_answer answer = {.status = known[i].status, .body = known[i].body};
        if (verdict_of(dialect, &answer) != known[i].verdict)
            fail_msg("%d %s", known[i].status, known[i].body);
    }
}

static void judges_by_meaning(void **state)
{
    (void)state;
    judge(CONFIG_INFLUXDB1, sizeof answers / sizeof *answers, answers);
}

static void judges_by_dialect(void **state)
{
    (void)state;
    static const struct answer of_2[] = {
        {422,
         "{\"code\":\"unprocessable entity\",\"message\":\"failure writing points to database: "
         "partial write: points beyond retention policy dropped=2\"}",
         VERDICT_LOST},
        {422, "{\"message\":\"partial write: field type conflict: dropped=1\"}", VERDICT_PARTIAL},
        {404, "{\"message\":\"database not found\"}", VERDICT_OPERATOR},
        {429, "", VERDICT_BUSY},
    };
    static const struct answer of_3[] = {
        {204, "", VERDICT_DELIVERED},
        {400,
         "{\"error\":\"partial write of line protocol "
         "occurred\",\"data\":[{\"original_line\":\"bad\","
         "\"line_number\":2,\"error_message\":\"No fields were provided\"}]}",
         VERDICT_PARTIAL},
        {422, "the limit of 500 columns would be exceeded", VERDICT_OPERATOR},
        {401, "", VERDICT_OPERATOR},
        {413, "", VERDICT_TOO_LARGE},
        {503, "", VERDICT_BUSY},
    };
    static const struct answer of_victoria[] = {
        {204, "", VERDICT_DELIVERED},
        {400, "too long line: more than 262144 bytes", VERDICT_REFUSED},
        {400, "unsupported path requested: \"/nope/write\"", VERDICT_OPERATOR},
        {400, "cannot read gzipped influx line protocol data: unexpected EOF", VERDICT_FAULT},
        {401, "", VERDICT_OPERATOR},
        {503, "cannot handle more than 8 concurrent inserts during 1m0s", VERDICT_BUSY},
    };
    static const struct answer of_webhook[] = {
        {200, "ok", VERDICT_DELIVERED},
        {204, "", VERDICT_DELIVERED},
        {302, "", VERDICT_OPERATOR},
        {400, "invalid_payload", VERDICT_REFUSED},
        {400, "Client sent an HTTP request to an HTTPS server.\n", VERDICT_OPERATOR},
        {401, "", VERDICT_OPERATOR},
        {403, "", VERDICT_OPERATOR},
        {404, "no_service", VERDICT_OPERATOR},
        {405, "", VERDICT_OPERATOR},
        {407, "", VERDICT_OPERATOR},
        {410, "channel_is_archived", VERDICT_OPERATOR},
        {408, "", VERDICT_BUSY},
        {425, "", VERDICT_BUSY},
        {429, "", VERDICT_BUSY},
        {413, "", VERDICT_REFUSED},
        {422, "", VERDICT_REFUSED},
        {500, "", VERDICT_FAULT},
        {503, "", VERDICT_BUSY},
    };
    judge(CONFIG_INFLUXDB2, sizeof of_2 / sizeof *of_2, of_2);
    judge(CONFIG_INFLUXDB3, sizeof of_3 / sizeof *of_3, of_3);
    judge(CONFIG_VICTORIAMETRICS, sizeof of_victoria / sizeof *of_victoria, of_victoria);
    judge(CONFIG_WEBHOOK, sizeof of_webhook / sizeof *of_webhook, of_webhook);
}

static void judges_failures(void **state)
{
    (void)state;
    assert_int_equal(verdict_of(CONFIG_INFLUXDB1, &(struct http_answer){.failure = HTTP_BROKEN}),
                     VERDICT_BROKEN);
    assert_int_equal(verdict_of(CONFIG_INFLUXDB1, &(struct http_answer){.failure = HTTP_TIMEOUT}),
                     VERDICT_BUSY);
    assert_int_equal(
        verdict_of(CONFIG_INFLUXDB1, &(struct http_answer){.failure = HTTP_UNREACHABLE}),
        VERDICT_BUSY);
}

static void finds_the_words(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *body, *words;
    } cases[] = {
        {404, "{\"error\":\"database not found: \\\"d\\\"\"}",
         "HTTP 404: database not found: \"d\""},
        {401, "{\"code\":\"unauthorized\",\"message\":\"no\\nway\"}", "HTTP 401: no way"},
        {503, "queue full\n", "HTTP 503: queue full "},
        {400, "{\"error\":7}", "HTTP 400: {\"error\":7}"},
        {403, "", "HTTP 403"},
    };
    char words[VERDICT_WORDS_LEN];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        verdict_words(&(struct http_answer){.status = cases[i].status, .body = cases[i].body},
                      words);
        assert_string_equal(words, cases[i].words);
    }
    verdict_words(&(struct http_answer){.failure = HTTP_UNREACHABLE, .error = "refused"}, words);
    assert_string_equal(words, "refused");
}

static void cuts_long_words_between_characters(void **state)
{
    (void)state;
    for (size_t shift = 0; shift < 4; shift++) {
        char body[1000] = "abc", words[VERDICT_WORDS_LEN];
        body[shift] = '\0';
        while (strlen(body) < 900)
            strcat(body, "ụ");
        verdict_words(&(struct http_answer){.status = 400, .body = body}, words);
        assert_in_range(strlen(words), VERDICT_WORDS_LEN - 4, VERDICT_WORDS_LEN - 1);
        assert_true(lineproto_utf8(words, strlen(words)));
    }
}

static void counts_lost_lines(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        int64_t lost;
    } cases[] = {
        {"partial write: points beyond retention policy dropped=17", 17},
        {"partial write: unable to parse 'a': x\nunable to parse 'b': y dropped=0", 2},
        {"partial write: unable to parse 'a': x dropped=3", 4},
        {"partial write of line protocol occurred", 1},
        {"dropped=-9", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(verdict_lost_lines(&(struct http_answer){.body = cases[i].body}),
                         cases[i].lost);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_by_meaning), cmocka_unit_test(judges_by_dialect),
        cmocka_unit_test(judges_failures),   cmocka_unit_test(finds_the_words),
        cmocka_unit_test(counts_lost_lines), cmocka_unit_test(cuts_long_words_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
