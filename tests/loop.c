// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "daemon/buffer.h"

enum { TURN_US = 2000, PATIENCE_MS = 20000 };

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1000 * (int64_t)now.tv_sec + now.tv_nsec / 1000000;
}

sd_event *loop_new(void)
{
    sd_event *event = NULL;
    assert_true(sd_event_new(&event) >= 0);
    return event;
}

void loop_run_until(sd_event *event, bool (*done)(void *context), void *context)
{
    int64_t end = now_ms() + PATIENCE_MS;
    while (!done(context)) {
        assert_true(now_ms() < end);
        assert_true(sd_event_run(event, TURN_US) >= 0);
    }
}

struct count {
    const int *counter;
    int wanted;
};

static bool reached(void *context)
{
    const struct count *count = context;
    return *count->counter >= count->wanted;
}

void loop_run_until_count(sd_event *event, const int *counter, int wanted)
{
    struct count count = {counter, wanted};
    loop_run_until(event, reached, &count);
}

void loop_run_for(sd_event *event, unsigned ms)
{
    for (int64_t end = now_ms() + ms; now_ms() < end;)
        assert_true(sd_event_run(event, TURN_US) >= 0);
}

void loop_reply_done(struct loop_reply *reply)
{
    free(reply->text);
    *reply = (struct loop_reply){0};
}

struct loop_talk {
    int fd;
    const char *data;
    size_t length;
    unsigned every_ms; // between two bytes; 0: all at once
    int64_t next_ms;
    struct buffer in;
};

static void talk_send(struct loop_talk *talk)
{
    if (talk->every_ms && now_ms() < talk->next_ms)
        return;
    size_t wanted = talk->every_ms && talk->length ? 1 : talk->length;
    ssize_t n = send(talk->fd, talk->data, wanted, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0) {
        talk->data += n;
        talk->length -= (size_t)n;
    }
    talk->next_ms = now_ms() + talk->every_ms;
}

// One step both ways; true once the peer has closed.
bool loop_talk_step(void *context)
{
    struct loop_talk *talk = context;
    if (talk->length)
        talk_send(talk);
    char chunk[65536];
    ssize_t n = recv(talk->fd, chunk, sizeof chunk, MSG_DONTWAIT);
    if (n > 0)
        buffer_append(&talk->in, chunk, (size_t)n);
    return n == 0 || (n < 0 && errno != EAGAIN);
}

static int connect_to(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((in_port_t)port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static struct loop_talk *new_talk(unsigned port, const char *data, size_t length, unsigned every_ms)
{
    struct loop_talk *talk = calloc(1, sizeof *talk);
    assert_non_null(talk);
    *talk = (struct loop_talk){
        .fd = connect_to(port), .data = data, .length = length, .every_ms = every_ms};
    buffer_init(&talk->in, (size_t)100 * 1024 * 1024);
    return talk;
}

struct loop_talk *loop_talk_new(unsigned port, const char *data, size_t length)
{
    return new_talk(port, data, length, 0);
}

bool loop_talk_sent(void *context)
{
    struct loop_talk *talk = context;
    return loop_talk_step(talk) || !talk->length;
}

struct loop_reply loop_talk_end(struct loop_talk *talk)
{
    close(talk->fd);
    struct loop_reply reply = {.text = buffer_take(&talk->in, NULL)};
    free(talk);
    assert_non_null(reply.text);
    if (!strncmp(reply.text, "HTTP/1.1 ", 9))
        reply.status = atoi(reply.text + 9);
    char *end = strstr(reply.text, "\r\n\r\n");
    reply.body = end ? end + 4 : "";
    return reply;
}

struct loop_reply loop_send(sd_event *event, unsigned port, const char *data, size_t length)
{
    return loop_drip(event, port, data, length, 0);
}

struct loop_reply loop_drip(sd_event *event, unsigned port, const char *data, size_t length,
                            unsigned every_ms)
{
    struct loop_talk *talk = new_talk(port, data, length, every_ms);
    loop_run_until(event, loop_talk_step, talk);
    return loop_talk_end(talk);
}

struct loop_reply loop_request(sd_event *event, unsigned port, const char *method,
                               const char *target, const char *headers, const void *body,
                               size_t length)
{
    struct buffer out;
    buffer_init(&out, (size_t)100 * 1024 * 1024);
    buffer_printf(&out, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n%s", method,
                  target, headers);
    if (length)
        buffer_printf(&out, "Content-Length: %zu\r\n", length);
    buffer_text(&out, "\r\n");
    buffer_append(&out, body, length);
    struct loop_reply reply = loop_send(event, port, out.data, out.length);
    buffer_done(&out);
    return reply;
}
