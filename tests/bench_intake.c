// SPDX-License-Identifier: GPL-3.0-or-later
// Lines of line protocol that servers take in a second over HTTP, by the same client with the same
// bodies: tests/bench_intake LINES ROUNDS PHUTAI-URL [OTHER-URL]. URLs end where "/write?..." does,
// so that they may name a database. Prints the medians of the rounds, one figure a line:
//     what_server value
// and, of phutai, how long GET /healthz waits while a body of 25 MB comes in.
#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/buffer.h"

enum {
    BATCH = 20000,
    SMALL_BATCH = 100,
    SMALL_CLIENTS = 100,
    SERIES = 100, // stations, or meters
    ZONES = 10,
    BODY_MAX = 100 << 20,
    LARGE = 24900000,
    ROUNDS_MAX = 99,
    SERVERS = 2,
    FIRST = 1262304000, // 2010-01-01T00:00Z
};

enum kind { WEATHER, LOAD, KINDS };
enum phase { NEW, REPEATED, SMALL, PHASES };
static const char *const kind_names[] = {"weather", "load"};
static const char *const phase_names[] = {"new", "repeated", "small"};

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

// Line number i of a kind: all series of one time, then the next time.
static void put_line(struct buffer *out, enum kind kind, long i)
{
    const long series = i % SERIES, tick = i / SERIES;
    const double a = 12.3 + (double)(i * 37 % 211) / 10, b = 40 + (double)(i * 53 % 597) / 10;
    if (kind == WEATHER)
        buffer_printf(out, "weather,station=s%03ld temp_c=%.1f,rh_pct=%.1f %ld\n", series, a, b,
                      FIRST + tick * 60);
    else
        buffer_printf(out, "load,zone=z%ld,meter=m%03ld mw=%.3f,kvar=%.1f %ld\n", series % ZONES,
                      series, a, b, FIRST + tick * 300);
}

struct bodies {
    size_t n, lines;
    struct buffer *body;
};

static struct bodies make_bodies(enum kind kind, long first, size_t lines, size_t batch)
{
    struct bodies made = {.n = (lines + batch - 1) / batch, .lines = lines};
    made.body = calloc(made.n, sizeof *made.body);
    for (size_t i = 0; i < lines; i++) {
        if (i % batch == 0)
            buffer_init(&made.body[i / batch], BODY_MAX);
        put_line(&made.body[i / batch], kind, first + (long)i);
    }
    return made;
}

static void free_bodies(struct bodies *bodies)
{
    for (size_t i = 0; i < bodies->n; i++)
        buffer_done(&bodies->body[i]);
    free(bodies->body);
}

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "bench_intake: %s: %s\n", what, why);
    exit(1);
}

static size_t swallow(char *data, size_t size, size_t n, void *context)
{
    (void)data, (void)context;
    return size * n;
}

static CURL *new_client(const char *url)
{
    CURL *client = curl_easy_init();
    char target[512];
    snprintf(target, sizeof target, "%s%cprecision=s", url, strchr(url, '?') ? '&' : '?');
    curl_easy_setopt(client, CURLOPT_URL, target);
    curl_easy_setopt(client, CURLOPT_WRITEFUNCTION, swallow);
    curl_easy_setopt(client, CURLOPT_HTTPHEADER,
                     curl_slist_append(NULL, "Expect:")); // kept until the end
    return client;
}

static void give_body(CURL *client, const struct buffer *body)
{
    curl_easy_setopt(client, CURLOPT_POSTFIELDS, body->data);
    curl_easy_setopt(client, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->length);
}

static void check_taken(CURL *client, CURLcode code, const char *url)
{
    long status = 0;
    char words[32];
    curl_easy_getinfo(client, CURLINFO_RESPONSE_CODE, &status);
    snprintf(words, sizeof words, "HTTP %ld", status);
    if (code != CURLE_OK || status != 204)
        fail(url, code != CURLE_OK ? curl_easy_strerror(code) : words);
}

// Gives each client that is done the next body; returns how many are under way.
static int hand_out(CURLM *multi, const char *url, const struct bodies *bodies, size_t *next)
{
    int left, freed = 0;
    for (CURLMsg *message; (message = curl_multi_info_read(multi, &left));) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURL *client = message->easy_handle;
        check_taken(client, message->data.result, url);
        curl_multi_remove_handle(multi, client);
        freed++;
        if (*next == bodies->n)
            continue;
        give_body(client, &bodies->body[(*next)++]);
        curl_multi_add_handle(multi, client);
        freed--;
    }
    return freed;
}

// Seconds that the server takes for all of the bodies, over so many connections at once.
static double post_all(const char *url, const struct bodies *bodies, size_t connections)
{
    CURLM *multi = curl_multi_init();
    CURL *client[SMALL_CLIENTS];
    size_t next = 0;
    int busy = 0, running;
    for (size_t i = 0; i < connections; i++)
        client[i] = new_client(url);
    const double start = now_s();
    for (; next < connections && next < bodies->n; busy++) {
        give_body(client[next], &bodies->body[next]);
        curl_multi_add_handle(multi, client[next++]);
    }
    while (busy > 0) {
        curl_multi_perform(multi, &running);
        busy -= hand_out(multi, url, bodies, &next);
        if (busy > 0)
            curl_multi_poll(multi, NULL, 0, 100, NULL);
    }
    const double spent = now_s() - start;
    for (size_t i = 0; i < connections; i++)
        curl_easy_cleanup(client[i]);
    curl_multi_cleanup(multi);
    return spent;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(size_t n, double values[])
{
    qsort(values, n, sizeof *values, compare);
    return (values[n / 2] + values[(n - 1) / 2]) / 2;
}

// Lines a second of each round, by kind, phase and server.
static double rates[KINDS][PHASES][SERVERS][ROUNDS_MAX];

static void run_round(size_t round, long lines, int servers, char *const url[])
{
    for (enum kind kind = 0; kind < KINDS; kind++) {
        const long first = (long)round * (lines + lines / 4);
        struct bodies large = make_bodies(kind, first, (size_t)lines, BATCH);
        struct bodies small = make_bodies(kind, first + lines, (size_t)lines / 4, SMALL_BATCH);
        for (enum phase phase = 0; phase < PHASES; phase++)
            for (int k = 0; k < servers; k++) {
                const int server = (k + (int)round) % servers; // neither is always the first
                const struct bodies *bodies = phase == SMALL ? &small : &large;
                rates[kind][phase][server][round] =
                    (double)bodies->lines /
                    post_all(url[server], bodies, phase == SMALL ? SMALL_CLIENTS : 1);
            }
        free_bodies(&large);
        free_bodies(&small);
    }
}

struct large_post {
    const char *url;
    struct bodies bodies;
    double spent_s;
    _Atomic bool done;
};

static void *post_large(void *context)
{
    struct large_post *post = context;
    post->spent_s = post_all(post->url, &post->bodies, 1);
    post->done = true;
    return NULL;
}

// The longest time that a look at /healthz takes while one large body is sent and stored.
static void measure_stall(const char *url, long first, double *ret_longest_s, double *ret_spent_s)
{
    char target[512];
    pthread_t thread;
    struct buffer body;
    struct large_post post = {.url = url, .bodies = {.n = 1, .body = &body}};
    buffer_init(&body, BODY_MAX);
    while (body.length < LARGE)
        put_line(&body, WEATHER, first + (long)post.bodies.lines++);
    snprintf(target, sizeof target, "%.*s/healthz", (int)(strstr(url, "/write") - url), url);
    CURL *client = curl_easy_init();
    curl_easy_setopt(client, CURLOPT_URL, target);
    curl_easy_setopt(client, CURLOPT_WRITEFUNCTION, swallow);
    curl_easy_perform(client);
    *ret_longest_s = 0;
    pthread_create(&thread, NULL, post_large, &post);
    while (!post.done) {
        const double start = now_s();
        curl_easy_perform(client);
        const double waited = now_s() - start;
        if (waited > *ret_longest_s)
            *ret_longest_s = waited;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    pthread_join(thread, NULL);
    *ret_spent_s = post.spent_s;
    curl_easy_cleanup(client);
    buffer_done(&body);
}

int main(int argc, char **argv)
{
    const long lines = argc > 3 ? atol(argv[1]) : 0, rounds = argc > 3 ? atol(argv[2]) : 0;
    const int servers = argc - 3;
    double longest_s, spent_s;
    if (lines < BATCH || rounds < 1 || rounds > ROUNDS_MAX || servers > SERVERS)
        fail("usage", "tests/bench_intake LINES ROUNDS PHUTAI-URL [OTHER-URL]");
    curl_global_init(CURL_GLOBAL_DEFAULT);
    for (size_t round = 0; round < (size_t)rounds; round++)
        run_round(round, lines, servers, argv + 3);
    for (enum kind kind = 0; kind < KINDS; kind++)
        for (enum phase phase = 0; phase < PHASES; phase++)
            for (int k = 0; k < servers; k++)
                printf("%s_%s_%s %.0f\n", kind_names[kind], phase_names[phase],
                       k ? "other" : "phutai", median((size_t)rounds, rates[kind][phase][k]));
    measure_stall(argv[3], rounds * (lines + lines / 4), &longest_s, &spent_s);
    printf("stall_ms %.1f\nlarge_s %.2f\n", 1000 * longest_s, spent_s);
    return 0;
}
