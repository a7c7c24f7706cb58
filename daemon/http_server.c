// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/http_server.h"

#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/http_body.h"
#include "daemon/http_reply.h"
#include "daemon/listen.h"

enum {
    CONNECTIONS_MAX = 256,
    // Bodies of this many full requests may be in memory at once; the next is told to come again.
    BODIES_MAX = 4,
    // A refused body is read to its end, so that the sender reads the reply; but not for ever.
    SWALLOW_MAX = 64 * 1024 * 1024,
    STATUS_MAX = 600,
    SWEEP_US = 1000000,
};

struct connection { // one socket
    struct connection *next, **link;
    int fd;
    uint64_t since_us; // when the request under way could have begun
    bool suspended;    // it is whole, and waits for its handler
};

struct exchange { // one request
    struct http_server *server;
    const struct http_route *route;
    struct http_request request;
    struct http_reply reply;
    char *method, *path;
    struct http_body body;
    bool handled;
};

struct http_server {
    sd_event *event;
    sd_event_source *io, *timer, *sweep;
    struct MHD_Daemon *daemon;
    struct http_server_config config;
    unsigned port;
    int listener;
    uint64_t held; // bytes of bodies in memory
    struct connection *connections;
    uint64_t replies[STATUS_MAX];
};

static enum MHD_Result send_reply(struct exchange *exchange)
{
    const int status = http_reply_settle(&exchange->reply, &exchange->request);
    assert(status >= 100 && status < STATUS_MAX);
    struct MHD_Response *response =
        http_reply_response(&exchange->reply, status == 405 ? exchange->route->method : NULL);
    if (!response)
        return MHD_NO;
    enum MHD_Result queued =
        MHD_queue_response(exchange->request.connection, (unsigned)status, response);
    MHD_destroy_response(response);
    exchange->server->replies[status]++;
    return queued;
}

static bool method_fits(const struct http_route *route, const char *method)
{
    return !strcmp(route->method, method) ||
           (!strcmp(route->method, "GET") && !strcmp(method, "HEAD"));
}

static bool path_fits(const struct http_route *route, const char *path, bool below)
{
    const size_t length = strlen(route->path);
    if (below)
        return length > 1 && route->path[length - 1] == '/' && !strncmp(route->path, path, length);
    return !strcmp(route->path, path);
}

// The first route for path and method; where only the path fits, one for the reply to name its
// method.
static bool look_for_route(struct exchange *exchange, bool below)
{
    const struct http_server_config *config = &exchange->server->config;
    for (size_t i = 0; i < config->n_routes; i++) {
        const struct http_route *route = &config->routes[i];
        if (!path_fits(route, exchange->request.path, below))
            continue;
        exchange->route = route;
        if (method_fits(route, exchange->request.method))
            return true;
    }
    return false;
}

static void find_route(struct exchange *exchange)
{
    const struct http_request *request = &exchange->request;
    if (look_for_route(exchange, false) || (!exchange->route && look_for_route(exchange, true)))
        return;
    if (exchange->route)
        http_reply_error(&exchange->reply, 405, "%s is not possible at %s: use %s", request->method,
                         request->path, exchange->route->method);
    else
        http_reply_error(&exchange->reply, 404, "there is nothing at %s", request->path);
}

static void refuse_size(struct exchange *exchange)
{
    http_reply_error(&exchange->reply, 413,
                     "the body is larger than %lld bytes: send smaller batches",
                     (long long)exchange->server->config.body_bytes);
}

static void refuse_load(struct exchange *exchange)
{
    exchange->reply.retry_after_s = 1;
    http_reply_error(&exchange->reply, 503, "too many requests at once: send again");
}

static void judge_length(struct exchange *exchange)
{
    const char *text = http_request_header(&exchange->request, "Content-Length");
    // The library has refused what is no number before this.
    if (text && strtoull(text, NULL, 10) > (unsigned long long)exchange->server->config.body_bytes)
        refuse_size(exchange);
}

// How the body comes: as it is, or as gzip, which is inflated piece by piece.
static void judge_encoding(struct exchange *exchange)
{
    const char *encoding = http_request_header(&exchange->request, "Content-Encoding");
    if (!encoding || !*encoding || !strcasecmp(encoding, "identity"))
        return;
    if (strcasecmp(encoding, "gzip") && strcasecmp(encoding, "x-gzip")) {
        http_reply_error(&exchange->reply, 415,
                         "Content-Encoding '%s' is unknown: use gzip or none", encoding);
        return;
    }
    if (!http_body_unpack(&exchange->body))
        refuse_load(exchange);
}

static enum MHD_Result begin(struct exchange *exchange)
{
    struct http_reply *reply = &exchange->reply;
    find_route(exchange);
    if (!reply->status && exchange->route->admit)
        exchange->route->admit(exchange->server->config.context, &exchange->request, reply);
    if (!reply->status)
        judge_length(exchange);
    if (!reply->status)
        judge_encoding(exchange);
    // Whoever asks before sending is told now; whoever sends at once is told after it has sent, as
    // it would not read the reply before.
    bool asks = http_request_header(&exchange->request, "Expect");
    return reply->status && asks ? send_reply(exchange) : MHD_YES;
}

static void refuse_body(struct exchange *exchange, enum gzip_status why)
{
    switch (why) {
    case GZIP_OK:
        return;
    case GZIP_CUT:
        http_reply_error(&exchange->reply, 400, "the gzip body is cut off: nothing was taken");
        return;
    case GZIP_BAD:
        http_reply_error(&exchange->reply, 400, "the body is not gzip: nothing was taken");
        return;
    case GZIP_TOO_BIG:
        refuse_size(exchange);
        return;
    case GZIP_NOMEM:
        refuse_load(exchange);
        return;
    }
}

static enum MHD_Result take_body(struct exchange *exchange, const char *data, size_t length)
{
    struct http_server *server = exchange->server;
    struct http_body *body = &exchange->body;
    const size_t before = body->plain.length;
    if (exchange->reply.status) {
        body->received += length;
        return body->received > SWALLOW_MAX ? MHD_NO : MHD_YES;
    }
    refuse_body(exchange, http_body_take(body, data, length));
    server->held = server->held - before + body->plain.length;
    if (!exchange->reply.status && server->held > BODIES_MAX * (uint64_t)server->config.body_bytes)
        refuse_load(exchange);
    if (exchange->reply.status) {
        server->held -= body->plain.length;
        http_body_done(body);
    }
    return MHD_YES;
}

// Comes again for a request that was suspended.
static enum MHD_Result answer(struct exchange *exchange)
{
    if (!exchange->reply.status && !exchange->handled)
        refuse_body(exchange, http_body_whole(&exchange->body) ? GZIP_OK : GZIP_CUT);
    if (!exchange->reply.status && !exchange->handled) {
        buffer_append(&exchange->body.plain, "", 0);
        exchange->request.body = exchange->body.plain.data;
        exchange->request.length = exchange->body.plain.length;
        exchange->handled = true;
        exchange->route->handle(exchange->server->config.context, &exchange->request,
                                &exchange->reply);
    }
    return exchange->reply.status ? send_reply(exchange) : MHD_YES;
}

static void exchange_free(struct exchange *exchange)
{
    if (!exchange)
        return;
    exchange->server->held -= exchange->body.plain.length;
    http_body_done(&exchange->body);
    buffer_done(&exchange->reply.body);
    free(exchange->method);
    free(exchange->path);
    free(exchange);
}

static struct exchange *exchange_new(struct http_server *server, struct MHD_Connection *connection,
                                     const char *url, const char *method)
{
    struct exchange *exchange = calloc(1, sizeof *exchange);
    if (!exchange)
        return NULL;
    exchange->server = server;
    exchange->method = strdup(method);
    exchange->path = strdup(url);
    http_body_init(&exchange->body, (size_t)server->config.body_bytes);
    buffer_init(&exchange->reply.body, HTTP_REPLY_MAX);
    exchange->reply.type = "text/plain; charset=utf-8";
    exchange->request = (struct http_request){.method = exchange->method,
                                              .path = exchange->path,
                                              .connection = connection,
                                              .exchange = exchange};
    if (!exchange->method || !exchange->path) {
        exchange_free(exchange);
        return NULL;
    }
    return exchange;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *length, void **of_request)
{
    (void)version;
    struct exchange *exchange = *of_request;
    if (!exchange) {
        *of_request = exchange = exchange_new(context, connection, url, method);
        return exchange ? begin(exchange) : MHD_NO;
    }
    if (!*length)
        return answer(exchange);
    enum MHD_Result result = take_body(exchange, data, *length);
    *length = 0;
    return result;
}

static uint64_t loop_now(const struct http_server *server)
{
    uint64_t us = 0;
    sd_event_now(server->event, CLOCK_MONOTONIC, &us);
    return us;
}

static struct connection *socket_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static void set_suspended(struct exchange *exchange, bool suspended)
{
    struct connection *socket = socket_of(exchange->request.connection);
    if (!socket)
        return;
    socket->suspended = suspended;
    socket->since_us = loop_now(exchange->server);
}

void http_request_suspend(struct http_request *request)
{
    set_suspended(request->exchange, true);
    MHD_suspend_connection(request->connection);
}

void http_request_resume(struct http_request *request)
{
    const struct exchange *exchange = request->exchange;
    assert(exchange->reply.status);
    set_suspended(request->exchange, false);
    MHD_resume_connection(request->connection);
    // Without threads of its own, the library wakes nobody.
    sd_event_source_set_time_relative(exchange->server->timer, 0);
    sd_event_source_set_enabled(exchange->server->timer, SD_EVENT_ONESHOT);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **of_request,
                         enum MHD_RequestTerminationCode why)
{
    (void)why;
    exchange_free(*of_request);
    *of_request = NULL;
    struct connection *socket = socket_of(connection);
    if (socket)
        socket->since_us = loop_now(context);
}

static void on_connection(void *context, struct MHD_Connection *connection, void **of_socket,
                          enum MHD_ConnectionNotificationCode what)
{
    struct http_server *server = context;
    struct connection *socket = *of_socket;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        socket = calloc(1, sizeof *socket);
        if (!socket)
            return;
        socket->fd =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        socket->since_us = loop_now(server);
        socket->next = server->connections;
        socket->link = &server->connections;
        if (socket->next)
            socket->next->link = &socket->next;
        server->connections = socket;
    } else if (socket) {
        *socket->link = socket->next;
        if (socket->next)
            socket->next->link = socket->link;
        free(socket);
        socket = NULL;
    }
    *of_socket = socket;
}

// Cuts off whoever takes too long over one request: the library itself only sees silence.
static int on_sweep(sd_event_source *source, uint64_t usec, void *context)
{
    (void)usec;
    struct http_server *server = context;
    uint64_t now = loop_now(server), limit = 1000000 * (uint64_t)server->config.request_s;
    for (struct connection *c = server->connections; c; c = c->next)
        if (!c->suspended && now - c->since_us > limit)
            shutdown(c->fd, SHUT_RDWR);
    sd_event_source_set_time_relative(source, SWEEP_US);
    return 0;
}

static void turn(struct http_server *server)
{
    MHD_run(server->daemon);
    MHD_UNSIGNED_LONG_LONG timeout_ms;
    if (MHD_get_timeout(server->daemon, &timeout_ms) != MHD_YES) {
        sd_event_source_set_enabled(server->timer, SD_EVENT_OFF);
        return;
    }
    sd_event_source_set_time_relative(server->timer, 1000 * (uint64_t)timeout_ms);
    sd_event_source_set_enabled(server->timer, SD_EVENT_ONESHOT);
}

static int on_ready(sd_event_source *source, int fd, uint32_t events, void *context)
{
    (void)source, (void)fd, (void)events;
    turn(context);
    return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *context)
{
    (void)source, (void)usec;
    turn(context);
    return 0;
}

static bool start_daemon(struct http_server *server)
{
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, server,
        MHD_OPTION_LISTEN_SOCKET, server->listener, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)server->config.idle_s,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, server, MHD_OPTION_END);
    return server->daemon;
}

static bool join_loop(struct http_server *server)
{
    enum { ACCURACY_US = 1000 };
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    return info &&
           sd_event_add_io(server->event, &server->io, info->epoll_fd, EPOLLIN, on_ready, server) >=
               0 &&
           sd_event_add_time_relative(server->event, &server->timer, CLOCK_MONOTONIC, 0,
                                      ACCURACY_US, on_timer, server) >= 0 &&
           sd_event_add_time_relative(server->event, &server->sweep, CLOCK_MONOTONIC, SWEEP_US, 0,
                                      on_sweep, server) >= 0 &&
           sd_event_source_set_enabled(server->sweep, SD_EVENT_ON) >= 0;
}

struct http_server *http_server_new(sd_event *event, const struct http_server_config *config,
                                    char ret_error[static 256])
{
    struct http_server *server = calloc(1, sizeof *server);
    if (!server) {
        snprintf(ret_error, 256, "no memory for the HTTP server");
        return NULL;
    }
    server->event = sd_event_ref(event);
    server->config = *config;
    server->listener = listen_open(config->listen, &server->port, ret_error);
    if (server->listener < 0)
        goto out;
    if (start_daemon(server) && join_loop(server))
        return server;
    snprintf(ret_error, 256, "cannot start the HTTP server on '%s': %s", config->listen,
             strerror(errno));
out:
    http_server_free(server);
    return NULL;
}

// What was resumed just now takes the library some turns to send.
static void send_last_replies(struct http_server *server)
{
    enum { TURNS = 4 };
    for (int i = 0; i < TURNS; i++)
        MHD_run(server->daemon);
}

void http_server_free(struct http_server *server)
{
    if (!server)
        return;
    if (server->daemon)
        send_last_replies(server);
    sd_event_source_disable_unref(server->io);
    sd_event_source_disable_unref(server->timer);
    sd_event_source_disable_unref(server->sweep);
    if (server->daemon)
        MHD_stop_daemon(server->daemon); // closes the listener too, unless it was taken out before
    else if (server->listener >= 0)
        close(server->listener);
    sd_event_unref(server->event);
    free(server);
}

unsigned http_server_port(const struct http_server *server)
{
    return server->port;
}

void http_server_set_body_bytes(struct http_server *server, int64_t body_bytes)
{
    server->config.body_bytes = body_bytes;
}

void http_server_stop_listening(struct http_server *server)
{
    MHD_socket listener = MHD_quiesce_daemon(server->daemon);
    if (listener != MHD_INVALID_SOCKET)
        close(listener);
}

uint64_t http_server_replies(const struct http_server *server, int status)
{
    assert(status >= 100 && status < STATUS_MAX);
    return server->replies[status];
}
