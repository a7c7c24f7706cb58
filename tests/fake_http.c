// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fake_http.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/buffer.h"
#include "daemon/gzip.h"

enum { BODY_MAX = 64 * 1024 * 1024, SLOW_MS = 30000 };

struct fake_http {
    pthread_t thread;
    pthread_mutex_t lock;
    int listener, wake; // wake: an eventfd that says stop
    unsigned port;
    char url[64];
    const struct fake_reply *script;
    size_t n, at;
    size_t requests;
    struct fake_request request[FAKE_REQUESTS_MAX];
    size_t n_rules;
    struct {
        const char *needle;
        const struct fake_reply *reply;
    } rules[FAKE_RULES_MAX];
};

static void send_all(int fd, const char *data, size_t length)
{
    while (length) {
        ssize_t sent = send(fd, data, length, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        data += sent;
        length -= (size_t)sent;
    }
}

static void send_text(int fd, const char *text)
{
    send_all(fd, text, strlen(text));
}

// Reads one chunk, giving up when told to stop.
static bool read_some(struct fake_http *fake, int fd, struct buffer *in)
{
    struct pollfd fds[] = {{.fd = fd, .events = POLLIN}, {.fd = fake->wake, .events = POLLIN}};
    if (poll(fds, 2, SLOW_MS) <= 0 || fds[1].revents)
        return false;
    char chunk[65536];
    ssize_t got = recv(fd, chunk, sizeof chunk, 0);
    if (got > 0)
        buffer_append(in, chunk, (size_t)got);
    return got > 0 && !in->failed;
}

static size_t announced_length(const char *head)
{
    const char *at = strcasestr(head, "\r\nContent-Length:");
    return at ? strtoul(at + strlen("\r\nContent-Length:"), NULL, 10) : 0;
}

// Cuts what came into head and body. False where the sender went away before the end.
static bool read_request(struct fake_http *fake, int fd, struct fake_request *ret)
{
    struct buffer in;
    buffer_init(&in, BODY_MAX);
    char *end = NULL;
    while (!end && read_some(fake, fd, &in))
        end = strstr(in.data, "\r\n\r\n");
    if (!end) {
        buffer_done(&in);
        return false;
    }
    size_t head = (size_t)(end - in.data), body = announced_length(in.data);
    if (strcasestr(in.data, "\r\nExpect: 100"))
        send_text(fd, "HTTP/1.1 100 Continue\r\n\r\n");
    while (in.length < head + 4 + body)
        if (!read_some(fake, fd, &in)) {
            buffer_done(&in);
            return false;
        }
    ret->head = strndup(in.data, head);
    struct buffer plain;
    buffer_init(&plain, BODY_MAX);
    if (strcasestr(ret->head, "\r\nContent-Encoding: gzip"))
        assert(gzip_inflate(&plain, in.data + head + 4, body) == GZIP_OK);
    else
        buffer_append(&plain, in.data + head + 4, body);
    ret->body = buffer_take(&plain, &ret->length);
    buffer_done(&in);
    return true;
}

// Until the other side has closed, or the end.
static void wait_to_stop(struct fake_http *fake, int fd)
{
    struct pollfd fds[] = {{.fd = fake->wake, .events = POLLIN}, {.fd = fd, .events = POLLRDHUP}};
    poll(fds, 2, SLOW_MS);
}

static void answer(struct fake_http *fake, int fd, const struct fake_reply *reply)
{
    const char *body = reply->body ? reply->body : "";
    size_t length = strlen(body), announced = reply->manner == FAKE_HALF ? 2 * length : length;
    char head[1024];
    snprintf(head, sizeof head,
             "HTTP/1.1 %d Answer\r\nConnection: close\r\nContent-Length: %zu\r\n%s\r\n",
             reply->status, announced, reply->headers ? reply->headers : "");
    switch (reply->manner) {
    case FAKE_NO_REPLY:
        return;
    case FAKE_GARBAGE:
        send_text(fd, "\x01\x02 this is no HTTP \xff\r\n\r\n");
        return;
    case FAKE_SLOW:
        send_all(fd, head, strlen(head) / 2);
        wait_to_stop(fake, fd);
        return;
    case FAKE_LATE:
        usleep(200000);
        [[fallthrough]];
    case FAKE_PLAIN:
    case FAKE_HALF:
        send_text(fd, head);
        send_text(fd, body);
    }
}

static const struct fake_reply *choose(struct fake_http *fake, const struct fake_request *request)
{
    for (size_t i = 0; i < fake->n_rules; i++)
        if (strstr(request->head, fake->rules[i].needle) ||
            strstr(request->body, fake->rules[i].needle))
            return fake->rules[i].reply;
    const struct fake_reply *reply = &fake->script[fake->at];
    if (fake->at + 1 < fake->n)
        fake->at++;
    return reply;
}

static void serve(struct fake_http *fake, int fd)
{
    struct fake_request request;
    if (!read_request(fake, fd, &request))
        return;
    pthread_mutex_lock(&fake->lock);
    assert(fake->requests < FAKE_REQUESTS_MAX);
    fake->request[fake->requests++] = request;
    const struct fake_reply *reply = choose(fake, &request);
    pthread_mutex_unlock(&fake->lock);
    answer(fake, fd, reply);
}

static void *run(void *context)
{
    struct fake_http *fake = context;
    for (;;) {
        struct pollfd fds[] = {{.fd = fake->listener, .events = POLLIN},
                               {.fd = fake->wake, .events = POLLIN}};
        poll(fds, 2, -1);
        if (fds[1].revents)
            return NULL;
        int fd = accept(fake->listener, NULL, NULL);
        if (fd < 0)
            continue;
        serve(fake, fd);
        shutdown(fd, SHUT_WR);
        close(fd);
    }
}

void fake_http_listen(struct fake_http *fake)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((in_port_t)fake->port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof address;
    int one = 1;
    fake->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert(fake->listener >= 0);
    setsockopt(fake->listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    int bound = bind(fake->listener, (struct sockaddr *)&address, sizeof address);
    assert(bound == 0);
    int listening = listen(fake->listener, 16);
    assert(listening == 0);
    getsockname(fake->listener, (struct sockaddr *)&address, &length);
    fake->port = ntohs(address.sin_port);
    int started = pthread_create(&fake->thread, NULL, run, fake);
    assert(started == 0);
}

void fake_http_refuse(struct fake_http *fake)
{
    uint64_t one = 1;
    ssize_t written = write(fake->wake, &one, sizeof one);
    assert(written == sizeof one);
    pthread_join(fake->thread, NULL);
    ssize_t got = read(fake->wake, &one, sizeof one);
    assert(got == sizeof one);
    close(fake->listener);
}

struct fake_http *fake_http_start(size_t n, const struct fake_reply script[])
{
    struct fake_http *fake = calloc(1, sizeof *fake);
    assert(fake);
    pthread_mutex_init(&fake->lock, NULL);
    fake->wake = eventfd(0, EFD_CLOEXEC);
    fake->script = script;
    fake->n = n;
    fake_http_listen(fake);
    snprintf(fake->url, sizeof fake->url, "http://127.0.0.1:%u", fake->port);
    return fake;
}

void fake_http_stop(struct fake_http *fake)
{
    fake_http_refuse(fake);
    close(fake->wake);
    for (size_t i = 0; i < fake->requests; i++) {
        free(fake->request[i].head);
        free(fake->request[i].body);
    }
    pthread_mutex_destroy(&fake->lock);
    free(fake);
}

void fake_http_script(struct fake_http *fake, size_t n, const struct fake_reply script[])
{
    pthread_mutex_lock(&fake->lock);
    fake->script = script;
    fake->n = n;
    fake->at = 0;
    pthread_mutex_unlock(&fake->lock);
}

void fake_http_when(struct fake_http *fake, const char *needle, const struct fake_reply *reply)
{
    pthread_mutex_lock(&fake->lock);
    if (needle) {
        assert(fake->n_rules < FAKE_RULES_MAX);
        fake->rules[fake->n_rules].needle = needle;
        fake->rules[fake->n_rules++].reply = reply;
    } else {
        fake->n_rules = 0;
    }
    pthread_mutex_unlock(&fake->lock);
}

unsigned fake_http_port(const struct fake_http *fake)
{
    return fake->port;
}

const char *fake_http_url(const struct fake_http *fake)
{
    return fake->url;
}

size_t fake_http_requests(struct fake_http *fake)
{
    pthread_mutex_lock(&fake->lock);
    size_t n = fake->requests;
    pthread_mutex_unlock(&fake->lock);
    return n;
}

const struct fake_request *fake_http_request(struct fake_http *fake, size_t i)
{
    assert(i < fake_http_requests(fake));
    return &fake->request[i];
}
