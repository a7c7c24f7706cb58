// SPDX-License-Identifier: GPL-3.0-or-later
// phutai lineproto: standard input in line protocol -> the same points in canonical form.
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"
#include "daemon/commands.h"
#include "daemon/lineproto.h"
#include "daemon/log.h"
#include "daemon/output.h"

static const char usage[] =
    "usage: phutai lineproto [--precision ns|us|ms|s] [--line-bytes N] [--no-unsigned]\n"
    "                        [--output FILE]  < LINES\n"
    "\n"
    "Reads InfluxDB line protocol as strictly as its reference decoder does and writes the same\n"
    "points in canonical form: tags sorted, shortest numbers, timestamps in nanoseconds. A line\n"
    "without a timestamp is written without one. A refused line is named on standard error as\n"
    "`line N: reason`, and the rest goes on.\n"
    "\n"
    "  --precision P   unit of the timestamps read: ns (default), us, ms or s\n"
    "  --line-bytes N  spread the fields of a longer line over several; VictoriaMetrics takes "
    "262144\n"
    "                  bytes with the newline. A line with too long a field is refused\n"
    "  --no-unsigned   write 7i for 7u, as InfluxDB 1 needs it; 9223372036854775807i is the "
    "largest\n"
    "  --output FILE   write there instead of to standard output\n"
    "\n"
    "Exit status: 0 every line was taken, 1 a line was refused or reading or writing failed,\n"
    "2 wrong usage.\n";

struct options {
    int64_t ns_per_tick;
    struct lineproto_limits limits;
    const char *output;
};

static bool read_line_bytes(const char *text, size_t *ret)
{
    int64_t bytes;
    if (text_integer(text, &bytes) && bytes > 0) {
        *ret = (size_t)bytes;
        return true;
    }
    fprintf(stderr, "phutai lineproto: '%s' is no number of bytes\n", text);
    return false;
}

static bool read_precision(const char *text, int64_t *ret)
{
    static const struct {
        const char *name;
        int64_t ns;
    } units[] = {{"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (!strcmp(text, units[i].name)) {
            *ret = units[i].ns;
            return true;
        }
    fprintf(stderr, "phutai lineproto: precision '%s' is none of ns, us, ms, s\n", text);
    return false;
}

// Both: false with *ret_status where there is nothing left to do.
static bool take_option(int c, struct options *options, int *ret_status)
{
    switch (c) {
    case 'p':
        return read_precision(optarg, &options->ns_per_tick);
    case 'b':
        return read_line_bytes(optarg, &options->limits.line_bytes);
    case 'u':
        options->limits.no_naturals = true;
        return true;
    case 'o':
        options->output = optarg;
        return true;
    default:
        *ret_status = c == 'h' ? COMMAND_DONE : COMMAND_USAGE;
        fputs(usage, c == 'h' ? stdout : stderr);
        return false;
    }
}

static bool read_options(int argc, char **argv, struct options *ret, int *ret_status)
{
    static const struct option known[] = {{"precision", required_argument, NULL, 'p'},
                                          {"line-bytes", required_argument, NULL, 'b'},
                                          {"no-unsigned", no_argument, NULL, 'u'},
                                          {"output", required_argument, NULL, 'o'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    *ret = (struct options){.ns_per_tick = 1};
    *ret_status = COMMAND_USAGE;
    for (int c; (c = getopt_long(argc, argv, "o:h", known, NULL)) != -1;)
        if (!take_option(c, ret, ret_status))
            return false;
    if (optind == argc)
        return true;
    fprintf(stderr, "phutai lineproto: unexpected '%s'\n%s", argv[optind], usage);
    return false;
}

static bool read_all(FILE *in, struct buffer *body)
{
    enum { CHUNK = 65536 };
    char chunk[CHUNK];
    for (size_t n; (n = fread(chunk, 1, CHUNK, in)) > 0;)
        buffer_append(body, chunk, n);
    if (ferror(in))
        log_error("standard input: %s", strerror(errno));
    else if (body->failed)
        log_error("standard input does not fit into memory");
    return !ferror(in) && !body->failed;
}

// NULL where it is written, else why not.
static const char *write_point(struct buffer *line, const struct lineproto_point *point,
                               const struct lineproto_limits *limits)
{
    bool plain = limits->line_bytes == 0 && !limits->no_naturals;
    buffer_clear(line);
    if (plain ? lineproto_write(line, point) : lineproto_relay(line, point, limits))
        return NULL;
    return plain || line->failed ? "out of memory" : "needs a longer line, even for a single field";
}

// Says how many lines were refused. A failed write shows when the output is finished.
static size_t convert(struct buffer *body, const struct options *options, FILE *out)
{
    struct lineproto_point *point = malloc(sizeof *point);
    struct lineproto_reader reader;
    struct buffer line;
    size_t refused = 0;
    buffer_init(&line, SIZE_MAX / 4);
    lineproto_reader_init(&reader, body->data, body->length, options->ns_per_tick);
    enum lineproto_status status = LINEPROTO_END;
    while (point && (status = lineproto_next(&reader, point)) != LINEPROTO_END) {
        bool read = status == LINEPROTO_POINT;
        const char *why = read ? write_point(&line, point, &options->limits) : reader.error;
        if (why) {
            fprintf(stderr, "line %lu: %s (byte %zu of it)\n", reader.line, why,
                    read ? (size_t)1 : reader.column);
            refused++;
        } else {
            fwrite(line.data, 1, line.length, out);
        }
    }
    if (!point)
        log_error("out of memory");
    refused += !point;
    buffer_done(&line);
    free(point);
    return refused;
}

int cmd_lineproto(int argc, char **argv)
{
    struct options options;
    struct output output;
    struct buffer body;
    int status;
    if (!read_options(argc, argv, &options, &status))
        return status;
    if (!output_open(&output, options.output))
        return COMMAND_FAILED;
    buffer_init(&body, SIZE_MAX / 4);
    buffer_text(&body, "");
    bool good = read_all(stdin, &body) && convert(&body, &options, output.file) == 0;
    buffer_done(&body);
    // The good lines are kept, whatever became of the others.
    return output_finish(&output) && good ? COMMAND_DONE : COMMAND_FAILED;
}
