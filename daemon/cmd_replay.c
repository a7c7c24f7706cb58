// SPDX-License-Identifier: GPL-3.0-or-later
// phutai replay: sends recorded readings and weather to a running phutaid as line protocol, in the
// order in which they happened, as fast as they happened or faster.
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <curl/curl.h>

#include "config/text.h"
#include "daemon/buffer.h"
#include "daemon/commands.h"
#include "daemon/lineproto.h"
#include "daemon/origin.h"
#include "daemon/progress.h"
#include "daemon/tidy.h"

enum {
    BODY_BYTES_MAX = 16 << 20,
    LINES_MAX = 20000, // of one request: what InfluxDB's own clients are advised to send at most
    TRIES = 30,        // a second apart, while the daemon cannot be reached
};

struct event {
    int64_t instant;
    bool weather;
    unsigned name; // index into names
    double value;
};

struct recording {
    struct civil_clock clock;
    int64_t from, to;
    size_t n, capacity;
    struct event *events;
    size_t n_names;
    char **names;
    bool simulated[2]; // readings, weather: made up, by the files' own word
};

struct request {
    const char *url, *readings, *weather, *clock, *from, *to;
    double speed; // recorded seconds a second; 0 for as fast as it goes
};

static const char help[] =
    "usage: phutai replay --url URL --readings FILE [OPTION]...\n"
    "\n"
    "Sends recorded readings and weather to a running phutaid, in the order of their time.\n"
    "\n"
    "  --url URL            of the daemon, e.g. http://127.0.0.1:8428\n"
    "  --readings FILE      tidy CSV time,zone,load (also .gz)\n"
    "  --weather FILE       tidy CSV time,station,temp_c\n"
    "  --from T, --to T     only times from T on, and before T\n"
    "  --speed N            recorded hours a second; 0 (the default) as fast as it goes\n"
    "  --clock CLOCK        of times without an offset: +10:00, or a POSIX TZ rule\n";

// Index of a name, new or known. SIZE_MAX without memory.
static size_t find_name(struct recording *recording, const char *name)
{
    for (size_t k = recording->n_names; k-- > 0;)
        if (!strcmp(recording->names[k], name))
            return k;
    void *grown = realloc(recording->names, (recording->n_names + 1) * sizeof *recording->names);
    char *copy = grown ? strdup(name) : NULL;
    recording->names = grown ? grown : recording->names;
    if (!copy)
        return SIZE_MAX;
    recording->names[recording->n_names] = copy;
    return recording->n_names++;
}

static bool add_event(struct recording *recording, bool weather, const char *name, int64_t instant,
                      double value)
{
    if (instant < recording->from || instant >= recording->to)
        return true;
    if (recording->n == recording->capacity) {
        size_t capacity = recording->capacity ? 2 * recording->capacity : 65536;
        void *grown = realloc(recording->events, capacity * sizeof *recording->events);
        if (!grown)
            return false;
        recording->events = grown;
        recording->capacity = capacity;
    }
    size_t index = find_name(recording, name);
    if (index == SIZE_MAX)
        return false;
    recording->events[recording->n++] = (struct event){
        .instant = instant, .weather = weather, .name = (unsigned)index, .value = value};
    return true;
}

static bool take_reading(void *context, const char *zone, int64_t instant, double load)
{
    return add_event(context, false, zone, instant, load);
}

static bool take_weather(void *context, const char *station, int64_t instant, double temp_c,
                         double humidity_pct)
{
    (void)humidity_pct;
    return add_event(context, true, station, instant, temp_c);
}

static int by_time(const void *a, const void *b)
{
    const struct event *x = a, *y = b;
    if (x->instant != y->instant)
        return x->instant < y->instant ? -1 : 1;
    return x->weather != y->weather ? (x->weather ? -1 : 1) : (int)x->name - (int)y->name;
}

static bool read_recording(const struct request *request, struct recording *recording)
{
    struct tidy tidy = {.clock = &recording->clock};
    bool fine = tidy_read_readings(&tidy, request->readings, take_reading, recording);
    recording->simulated[false] = tidy.simulated;
    if (fine && request->weather) {
        fine = tidy_read_weather(&tidy, request->weather, take_weather, recording);
        recording->simulated[true] = tidy.simulated;
    }
    if (!fine) {
        fprintf(stderr, "%s\n", tidy.error);
        return false;
    }
    if (recording->simulated[false] || recording->simulated[true])
        fputs("what is sent is " ORIGIN_WORDS "\n", stderr);
    qsort(recording->events, recording->n, sizeof *recording->events, by_time);
    return true;
}

static void put_event(const struct recording *recording, const struct event *event,
                      struct buffer *out)
{
    struct lineproto_writer writer;
    lineproto_begin(&writer, out, event->weather ? "weather" : "load");
    if (recording->simulated[event->weather])
        lineproto_put_tag(&writer, ORIGIN_COLUMN, ORIGIN_SIMULATED);
    lineproto_put_tag(&writer, event->weather ? "station" : "zone", recording->names[event->name]);
    lineproto_put_real(&writer, event->weather ? "temp_c" : "mw", event->value);
    lineproto_end(&writer, event->instant * 1000000000);
}

static size_t drop_answer(char *data, size_t size, size_t n, void *context)
{
    (void)context;
    fwrite(data, size, n, stderr);
    return size * n;
}

// Posts until the daemon has it: what it has not acknowledged is sent again, which changes nothing.
static bool post(CURL *curl, const struct buffer *body)
{
    long status = 0;
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body->data);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->length);
    for (int k = 0; k < TRIES; k++) {
        CURLcode code = curl_easy_perform(curl);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        if (code == CURLE_OK && status / 100 != 5)
            return status / 100 == 2 || status == 400;
        if (k == 0)
            fprintf(stderr, "the daemon does not take it (%s, status %ld), trying again\n",
                    curl_easy_strerror(code), status);
        sleep(1);
    }
    return false;
}

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + 1e-9 * (double)(now.tv_nsec - start->tv_nsec);
}

static void wait_until(const struct timespec *start, double seconds)
{
    double left = seconds - seconds_since(start);
    if (left > 0)
        usleep((useconds_t)(left * 1e6));
}

// One request: everything of one hour, or as many whole times as LINES_MAX lines hold.
static size_t next_batch(const struct recording *recording, const struct request *request,
                         size_t from, struct buffer *body)
{
    size_t i = from;
    int64_t hour = recording->events[from].instant / CIVIL_HOUR_S;
    buffer_clear(body);
    while (i < recording->n && i - from < LINES_MAX &&
           (request->speed == 0 || recording->events[i].instant / CIVIL_HOUR_S == hour))
        put_event(recording, &recording->events[i++], body);
    return i;
}

static void tell_sent(const struct recording *recording, double seconds)
{
    char first[TEXT_TIME_LEN], last[TEXT_TIME_LEN];
    text_write_time(civil_local(&recording->clock, recording->events[0].instant), TEXT_NO_OFFSET,
                    first);
    text_write_time(civil_local(&recording->clock, recording->events[recording->n - 1].instant),
                    TEXT_NO_OFFSET, last);
    fprintf(stderr, "%zu readings and observations, %s to %s, in %.1f s\n", recording->n, first,
            last, seconds);
}

static bool send_all(const struct request *request, const struct recording *recording, CURL *curl)
{
    struct buffer body;
    struct timespec start;
    bool fine = true;
    struct progress progress;
    clock_gettime(CLOCK_MONOTONIC, &start);
    buffer_init(&body, BODY_BYTES_MAX);
    progress_start(&progress, "replay");
    for (size_t i = 0; fine && i < recording->n;) {
        int64_t ahead = recording->events[i].instant - recording->events[0].instant;
        if (request->speed > 0)
            wait_until(&start, (double)ahead / request->speed);
        i = next_batch(recording, request, i, &body);
        fine = !body.failed && post(curl, &body);
        progress_at(&progress, i, recording->n);
    }
    progress_end(&progress);
    if (fine)
        tell_sent(recording, seconds_since(&start));
    buffer_done(&body);
    return fine;
}

static int replay(const struct request *request, struct recording *recording)
{
    char url[1024];
    CURL *curl = curl_easy_init();
    bool fine = curl && read_recording(request, recording);
    if (fine && !recording->n)
        fprintf(stderr, "%s: nothing between --from and --to\n", request->readings);
    if (fine) {
        snprintf(url, sizeof url, "%s/write?precision=ns", request->url);
        curl_easy_setopt(curl, CURLOPT_URL, url);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop_answer);
        fine = send_all(request, recording, curl);
        if (!fine)
            fprintf(stderr, "phutai replay: the daemon at %s took not everything\n", request->url);
    }
    curl_easy_cleanup(curl);
    for (size_t k = 0; k < recording->n_names; k++)
        free(recording->names[k]);
    free(recording->names);
    free(recording->events);
    return fine ? COMMAND_DONE : COMMAND_FAILED;
}

static bool parse_time(const struct recording *recording, const char *text, int64_t *ret)
{
    int64_t local;
    int32_t offset;
    if (!text_time(text, &local, &offset)) {
        fprintf(stderr, "'%s' is not a time such as 2013-01-14T00:00\n", text);
        return false;
    }
    *ret = offset == TEXT_NO_OFFSET ? civil_instant(&recording->clock, local) : local - offset;
    return true;
}

static bool parse_speed(const char *text, struct request *request)
{
    if (text_real(text, &request->speed) && request->speed >= 0) {
        request->speed *= CIVIL_HOUR_S;
        return true;
    }
    fprintf(stderr, "--speed '%s': recorded hours a second, such as 24; 0 for no waiting\n", text);
    return false;
}

// -1 after --help, COMMAND_DONE to go on.
static int parse(int argc, char **argv, struct request *request)
{
    static const struct option options[] = {
        {"url", required_argument, NULL, 'u'},
        {"readings", required_argument, NULL, 'r'},
        {"weather", required_argument, NULL, 'w'},
        {"clock", required_argument, NULL, 'c'},
        {"from", required_argument, NULL, 'f'},
        {"to", required_argument, NULL, 't'},
        {"speed", required_argument, NULL, 's'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'u':
            request->url = optarg;
            break;
        case 'r':
            request->readings = optarg;
            break;
        case 'w':
            request->weather = optarg;
            break;
        case 'c':
            request->clock = optarg;
            break;
        case 'f':
            request->from = optarg;
            break;
        case 't':
            request->to = optarg;
            break;
        case 's':
            if (!parse_speed(optarg, request))
                return COMMAND_USAGE;
            break;
        case 'h':
            return -1;
        default:
            return COMMAND_USAGE;
        }
    }
    if (optind == argc && request->url && request->readings)
        return COMMAND_DONE;
    fputs("phutai replay needs --url and --readings; see --help\n", stderr);
    return COMMAND_USAGE;
}

int cmd_replay(int argc, char **argv)
{
    struct request request = {0};
    struct recording recording = {.from = INT64_MIN, .to = INT64_MAX};
    int status = parse(argc, argv, &request);
    if (status == -1)
        fputs(help, stdout);
    if (status)
        return status == -1 ? COMMAND_DONE : status;
    if (request.clock && !civil_clock_parse(request.clock, &recording.clock)) {
        fprintf(stderr, "--clock '%s': neither an offset such as +07:00 nor a POSIX TZ rule\n",
                request.clock);
        return COMMAND_USAGE;
    }
    if ((request.from && !parse_time(&recording, request.from, &recording.from)) ||
        (request.to && !parse_time(&recording, request.to, &recording.to)))
        return COMMAND_USAGE;
    return replay(&request, &recording);
}
