// SPDX-License-Identifier: GPL-3.0-or-later
// Lines of line protocol parsed and written a second, on one core: tests/bench_lineproto [SECONDS].
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/lineproto.h"

enum { LINES = 200000, BODY_MAX = 100 << 20 };

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void make_body(struct buffer *body)
{
    for (int64_t i = 0; i < LINES; i++)
        buffer_printf(body, "load,zone=yen-lu,meter=m%" PRId64 " mw=%.3f,kvar=%.1f %" PRId64 "\n",
                      i % 9, 12.345 + (double)(i % 997) * 0.385, 1.2 + (double)(i % 13) * 0.3,
                      1700000000000000000 + i * 1800000000000);
}

static size_t parse(char *body, size_t length, struct lineproto_point *point, struct buffer *out)
{
    struct lineproto_reader reader;
    size_t points = 0;
    lineproto_reader_init(&reader, body, length, 1);
    while (lineproto_next(&reader, point) == LINEPROTO_POINT)
        points += !out || lineproto_write(out, point);
    return points;
}

static void measure(const char *what, const struct buffer *body, struct buffer *out, double limit_s)
{
    struct lineproto_point *point = malloc(sizeof *point);
    double start = now_s(), spent;
    size_t points = 0;
    do {
        if (out)
            buffer_clear(out);
        points += parse(body->data, body->length, point, out);
        spent = now_s() - start;
    } while (spent < limit_s);
    printf("lineproto %-16s %5.2f million lines/s  %6.1f MB/s\n", what,
           (double)points / spent * 1e-6,
           (double)points / LINES * (double)body->length / spent * 1e-6);
    free(point);
}

int main(int argc, char **argv)
{
    double limit_s = argc > 1 ? atof(argv[1]) : 1;
    struct buffer body, out;
    buffer_init(&body, BODY_MAX);
    buffer_init(&out, BODY_MAX);
    make_body(&body);
    measure("read", &body, NULL, limit_s);
    measure("read and write", &body, &out, limit_s);
    buffer_done(&body);
    buffer_done(&out);
    return 0;
}
