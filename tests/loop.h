// SPDX-License-Identifier: GPL-3.0-or-later
// Running an event loop in a test, and talking HTTP over it to a server on the same loop.
#ifndef PHUTAI_TESTS_LOOP_H
#define PHUTAI_TESTS_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <systemd/sd-event.h>

// Ends the test where there is none.
sd_event *loop_new(void);

// Turns the loop until `done` says true; fails the test after 20 s.
void loop_run_until(sd_event *event, bool (*done)(void *context), void *context);
// The same until *counter has reached `wanted`.
void loop_run_until_count(sd_event *event, const int *counter, int wanted);
// Turns the loop for so long.
void loop_run_for(sd_event *event, unsigned ms);

struct loop_reply {
    int status; // 0 where none came
    char *text; // all that came; freed by loop_reply_done
    const char *body;
};
void loop_reply_done(struct loop_reply *reply);

// Sends bytes to 127.0.0.1:port, in pieces as the peer takes them, and turns the loop until the
// peer closes the connection.
struct loop_reply loop_send(sd_event *event, unsigned port, const char *data, size_t length);
// Several at once: each sends and receives as loop_talk_step is called, which says true once the
// peer has closed. `data` must outlive it. A talk may be ended before that, and is cut off then.
struct loop_talk *loop_talk_new(unsigned port, const char *data, size_t length);
bool loop_talk_step(void *talk);
bool loop_talk_sent(void *talk); // steps too; true once all is sent
struct loop_reply loop_talk_end(struct loop_talk *talk);

// As loop_send, a byte at a time.
struct loop_reply loop_drip(sd_event *event, unsigned port, const char *data, size_t length,
                            unsigned every_ms);

// A request with "Connection: close". `headers` are "Name: value\r\n..." or "".
struct loop_reply loop_request(sd_event *event, unsigned port, const char *method,
                               const char *target, const char *headers, const void *body,
                               size_t length);

#endif
