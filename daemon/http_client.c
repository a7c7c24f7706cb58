// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/http_client.h"

#include <assert.h>
#include <ctype.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

struct http_client {
    sd_event *event;
    sd_event_source *timer;
    CURLM *multi;
    struct http_exchange *first; // all under way, so that they can be ended
};

struct http_exchange {
    struct http_client *client;
    struct http_exchange *next, **link;
    CURL *easy;
    enum method { POST, GET, DELETE } method;
    bool cut;
    size_t answer_max;
    struct curl_slist *headers;
    struct buffer body, answer;
    http_answer_fn *answered;
    void *context;
    char error[CURL_ERROR_SIZE];
};

static void unlink_exchange(struct http_exchange *exchange)
{
    if (!exchange->link)
        return;
    *exchange->link = exchange->next;
    if (exchange->next)
        exchange->next->link = exchange->link;
    exchange->link = NULL;
}

static void link_exchange(struct http_exchange *exchange)
{
    struct http_exchange **head = &exchange->client->first;
    exchange->next = *head;
    exchange->link = head;
    if (*head)
        (*head)->link = &exchange->next;
    *head = exchange;
}

void http_client_cancel(struct http_exchange *exchange)
{
    if (!exchange)
        return;
    unlink_exchange(exchange);
    if (exchange->easy) {
        curl_multi_remove_handle(exchange->client->multi, exchange->easy);
        curl_easy_cleanup(exchange->easy);
    }
    curl_slist_free_all(exchange->headers);
    buffer_done(&exchange->body);
    buffer_done(&exchange->answer);
    free(exchange);
}

static enum http_failure failure_of(CURLcode code)
{
    switch (code) {
    case CURLE_OK:
        return HTTP_ANSWERED;
    case CURLE_OPERATION_TIMEDOUT:
        return HTTP_TIMEOUT;
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL: // of the reply: something that is not HTTP
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
        return HTTP_BROKEN;
    default:
        return HTTP_UNREACHABLE;
    }
}

static void finish(struct http_exchange *exchange, CURLcode code)
{
    long status = 0;
    curl_off_t retry_after_s = 0;
    curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(exchange->easy, CURLINFO_RETRY_AFTER, &retry_after_s);
    const char *error = *exchange->error ? exchange->error : curl_easy_strerror(code);
    struct http_answer answer = {
        .failure = failure_of(code),
        .status = code == CURLE_OK ? (int)status : 0,
        .error = code == CURLE_OK ? "" : error,
        .body = exchange->answer.data ? exchange->answer.data : "",
        .length = exchange->answer.data ? exchange->answer.length : 0,
        .cut = exchange->cut,
        .retry_after_s = retry_after_s,
    };
    // Off the list first: whoever is called back may end the others.
    unlink_exchange(exchange);
    exchange->answered(exchange->context, &answer);
    http_client_cancel(exchange);
}

static void collect(struct http_client *client)
{
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(client->multi, &left));) {
        if (message->msg != CURLMSG_DONE)
            continue;
        char *exchange = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &exchange);
        finish((void *)exchange, message->data.result);
    }
}

static int on_ready(sd_event_source *source, int fd, uint32_t events, void *context)
{
    (void)source;
    struct http_client *client = context;
    int running, action = (events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                          (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                          (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
    curl_multi_socket_action(client->multi, fd, action, &running);
    collect(client);
    return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *context)
{
    (void)source, (void)usec;
    struct http_client *client = context;
    int running;
    curl_multi_socket_action(client->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    collect(client);
    return 0;
}

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *of_socket)
{
    (void)easy;
    struct http_client *client = context;
    sd_event_source *source = of_socket;
    if (what == CURL_POLL_REMOVE) {
        sd_event_source_disable_unref(source);
        return 0;
    }
    uint32_t events = (what & CURL_POLL_IN ? (uint32_t)EPOLLIN : 0) |
                      (what & CURL_POLL_OUT ? (uint32_t)EPOLLOUT : 0);
    if (source)
        return sd_event_source_set_io_events(source, events) < 0 ? -1 : 0;
    if (sd_event_add_io(client->event, &source, fd, events, on_ready, client) < 0)
        return -1;
    curl_multi_assign(client->multi, fd, source);
    return 0;
}

static int set_timer(CURLM *multi, long timeout_ms, void *context)
{
    (void)multi;
    struct http_client *client = context;
    if (timeout_ms < 0)
        return sd_event_source_set_enabled(client->timer, SD_EVENT_OFF) < 0 ? -1 : 0;
    uint64_t us = 1000 * (uint64_t)timeout_ms;
    if (sd_event_source_set_time_relative(client->timer, us) < 0 ||
        sd_event_source_set_enabled(client->timer, SD_EVENT_ONESHOT) < 0)
        return -1;
    return 0;
}

struct http_client *http_client_new(sd_event *event)
{
    // Counts its calls, so it may be called again by a second client.
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return NULL;
    struct http_client *client = calloc(1, sizeof *client);
    if (!client) {
        curl_global_cleanup();
        return NULL;
    }
    client->event = sd_event_ref(event);
    client->multi = curl_multi_init();
    enum { ACCURACY_US = 1000 };
    if (!client->multi ||
        sd_event_add_time_relative(event, &client->timer, CLOCK_MONOTONIC, UINT64_MAX / 2,
                                   ACCURACY_US, on_timer, client) < 0 ||
        sd_event_source_set_enabled(client->timer, SD_EVENT_OFF) < 0) {
        http_client_free(client);
        return NULL;
    }
    curl_multi_setopt(client->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
    curl_multi_setopt(client->multi, CURLMOPT_SOCKETDATA, client);
    curl_multi_setopt(client->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(client->multi, CURLMOPT_TIMERDATA, client);
    return client;
}

void http_client_free(struct http_client *client)
{
    if (!client)
        return;
    while (client->first)
        http_client_cancel(client->first);
    curl_multi_cleanup(client->multi);
    sd_event_source_disable_unref(client->timer);
    sd_event_unref(client->event);
    free(client);
    curl_global_cleanup();
}

static size_t take_answer(char *data, size_t one, size_t n, void *context)
{
    struct http_exchange *exchange = context;
    size_t length = one * n, room = exchange->answer_max - exchange->answer.length;
    exchange->cut = exchange->cut || length > room;
    buffer_append(&exchange->answer, data, length < room ? length : room);
    return exchange->answer.failed ? 0 : length;
}

static bool add_headers(struct http_exchange *exchange, const struct http_call *call)
{
    for (size_t i = 0; i < HTTP_HEADERS_MAX && call->headers[i]; i++) {
        struct curl_slist *longer = curl_slist_append(exchange->headers, call->headers[i]);
        if (!longer)
            return false;
        exchange->headers = longer;
    }
    return true;
}

static bool set_method(struct http_exchange *exchange)
{
    CURL *easy = exchange->easy;
    if (exchange->method == DELETE)
        return !curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "DELETE");
    if (exchange->method == GET)
        return !curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    const char *body = exchange->body.data ? exchange->body.data : "";
    return !curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                             (curl_off_t)exchange->body.length) &&
           !curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
}

// All that follows from the call; the names beside each other so that none is forgotten.
static bool set_options(struct http_exchange *exchange, const struct http_call *call)
{
    CURL *easy = exchange->easy;
    return !curl_easy_setopt(easy, CURLOPT_PRIVATE, exchange) &&
           !curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange->error) &&
           !curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) &&
           !curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") &&
           !curl_easy_setopt(easy, CURLOPT_USERAGENT, "phutai") &&
           !curl_easy_setopt(easy, CURLOPT_URL, call->url) &&
           !curl_easy_setopt(easy, CURLOPT_HTTPHEADER, exchange->headers) &&
           !curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)call->timeout_s) &&
           !curl_easy_setopt(easy, CURLOPT_USERNAME, call->user) &&
           !curl_easy_setopt(easy, CURLOPT_PASSWORD, call->password) &&
           !curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_answer) &&
           !curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange) && set_method(exchange);
}

// NULL without memory.
static struct http_exchange *make_exchange(struct http_client *client, const struct http_call *call)
{
    struct http_exchange *exchange = calloc(1, sizeof *exchange);
    if (!exchange)
        return NULL;
    *exchange = (struct http_exchange){
        .client = client, .answered = call->answer, .context = call->context};
    exchange->answer_max = call->answer_max ? (size_t)call->answer_max : HTTP_ANSWER_MAX;
    buffer_init(&exchange->answer, exchange->answer_max);
    exchange->easy = curl_easy_init();
    return exchange;
}

// NULL, and all is freed, where it cannot be started.
static struct http_exchange *start(struct http_exchange *exchange, const struct http_call *call)
{
    if (!exchange->easy || !add_headers(exchange, call) || !set_options(exchange, call) ||
        curl_multi_add_handle(exchange->client->multi, exchange->easy) != CURLM_OK) {
        http_client_cancel(exchange);
        return NULL;
    }
    link_exchange(exchange);
    return exchange;
}

struct http_exchange *http_client_post(struct http_client *client, const struct http_call *call,
                                       struct buffer *body)
{
    struct http_exchange *exchange = make_exchange(client, call);
    if (!exchange) {
        buffer_done(body);
        return NULL;
    }
    exchange->body = *body;
    buffer_init(body, body->ceiling);
    return start(exchange, call);
}

static struct http_exchange *start_without_body(struct http_client *client, enum method method,
                                                const struct http_call *call)
{
    struct http_exchange *exchange = make_exchange(client, call);
    if (!exchange)
        return NULL;
    exchange->method = method;
    return start(exchange, call);
}

struct http_exchange *http_client_get(struct http_client *client, const struct http_call *call)
{
    return start_without_body(client, GET, call);
}

struct http_exchange *http_client_delete(struct http_client *client, const struct http_call *call)
{
    return start_without_body(client, DELETE, call);
}

void http_escape(struct buffer *url, const char *text)
{
    for (const char *c = text; *c; c++) {
        bool plain =
            isascii((unsigned char)*c) && (isalnum((unsigned char)*c) || strchr("-._~", *c));
        if (plain)
            buffer_append(url, c, 1);
        else
            buffer_printf(url, "%%%02X", (unsigned)(unsigned char)*c);
    }
}
