// SPDX-License-Identifier: GPL-3.0-or-later
// phutai score: a forecast held against what came.
#include <getopt.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"
#include "daemon/commands.h"
#include "daemon/comparison.h"
#include "daemon/log.h"
#include "daemon/origin.h"
#include "daemon/output.h"
#include "daemon/score_text.h"

static const char usage[] =
    "usage: phutai score --forecast F --actual F [--clock C] [--json] [--output FILE]\n"
    "\n"
    "Joins a forecast and what came by zone and time, and judges it, per zone and over all.\n"
    "\n"
    "  --forecast F   time,zone,mean,q0.01,...: any set of quantiles; with a column issue every\n"
    "                 vintage is judged\n"
    "  --actual F     time,zone,load; may be given again\n"
    "  --clock C      local time that times without an offset are of: +07:00, or a POSIX TZ rule;\n"
    "                 needed where one file has offsets and the other has none\n"
    "  --json         the same as JSON\n"
    "  --output FILE  write there instead of to standard output\n"
    "\n"
    "  n         intervals judged; missing: forecast, but no actual value is there\n";

static const char usage_end[] =
    "\n"
    "Exit status: 0 done, 1 a file could not be read or no interval is in both, 2 wrong usage.\n";

enum { TOLD_MAX = 10 };

struct options {
    const char *forecast, *clock, *output;
    size_t n_actuals;
    const char **actuals;
    bool json;
};

struct told {
    size_t n;
};

static void tell(void *context, const char *text)
{
    struct told *told = context;
    if (told->n++ < TOLD_MAX)
        log_warning("%s; left out", text);
}

static const char *name_of(const struct comparison_score *score)
{
    return score->zone ? score->zone : "all";
}

static void print_row(FILE *out, const struct comparison_score *score, int width)
{
    score_text_name(out, name_of(score), width);
    fprintf(out, " %8zu %8zu", score->score.n, score->missing);
    score_text_values(out, &score->score, &score->peaks);
    fputc('\n', out);
}

static void print_table(FILE *out, const struct comparison *comparison)
{
    const size_t n = comparison_zones(comparison);
    int width = score_text_width("zone");
    for (size_t i = 0; i < n; i++) {
        const struct comparison_score score = comparison_zone(comparison, i);
        if (score_text_width(score.zone) > width)
            width = score_text_width(score.zone);
    }
    score_text_name(out, "zone", width);
    fprintf(out, " %8s %8s", "n", "missing");
    score_text_titles(out);
    fputc('\n', out);
    for (size_t i = 0; i < n; i++) {
        const struct comparison_score score = comparison_zone(comparison, i);
        print_row(out, &score, width);
    }
    const struct comparison_score all = comparison_all(comparison);
    print_row(out, &all, width);
}

static json_t *make_object(const struct comparison_score *score)
{
    json_t *object = json_pack("{s:s, s:I, s:I}", "zone", name_of(score), "n",
                               (json_int_t)score->score.n, "missing", (json_int_t)score->missing);
    score_text_members(object, &score->score, &score->peaks);
    return object;
}

static bool print_json(FILE *out, const struct comparison *comparison)
{
    json_t *zones = json_array();
    for (size_t i = 0; i < comparison_zones(comparison); i++) {
        const struct comparison_score score = comparison_zone(comparison, i);
        json_array_append_new(zones, make_object(&score));
    }
    const struct comparison_score all = comparison_all(comparison);
    json_t *root = json_pack("{s:o, s:o}", "zones", zones, "all", make_object(&all));
    const bool good = root && json_dumpf(root, out, JSON_INDENT(2)) == 0;
    fputc('\n', out);
    json_decref(root);
    if (!good)
        log_error("score: out of memory");
    return good;
}

// What the table does not show, and what makes it worthless.
static bool remark(const struct comparison *comparison)
{
    const struct comparison_score all = comparison_all(comparison);
    if (all.repeated)
        log_warning("score: %zu forecast rows stand more than once; the last of each was judged",
                    all.repeated);
    if (all.missing)
        log_warning("score: no actual value for %zu of %zu forecast intervals", all.missing,
                    all.missing + all.score.n);
    if (all.score.n)
        return true;
    log_error("score: no interval is in both files: do zones and times agree?");
    return false;
}

static bool write_out(const struct options *options, const struct comparison *comparison)
{
    struct output output;
    bool good = true;
    if (!output_open(&output, options->output))
        return false;
    if (options->json)
        good = print_json(output.file, comparison);
    else
        print_table(output.file, comparison);
    if (good)
        return output_finish(&output);
    output_discard(&output);
    return false;
}

static bool finish_read(struct tidy *tidy, bool good, const char *path)
{
    struct told *told = tidy->bad_context;
    if (told->n > TOLD_MAX)
        log_warning("%s: %zu more such rows", path, told->n - TOLD_MAX);
    told->n = 0;
    if (!good)
        log_error("%s", tidy->error);
    return good;
}

// Times with an offset beside times without one agree only by luck, unless their clock is known.
static void check_offsets(const struct options *options, int32_t forecast_s, int32_t actual_s)
{
    if (!options->clock && (forecast_s == TEXT_NO_OFFSET) != (actual_s == TEXT_NO_OFFSET))
        log_warning("score: only one of the files has times with an offset; the other's are taken "
                    "for UTC, unless --clock says better");
}

static bool read_files(const struct options *options, struct tidy *tidy,
                       struct comparison *comparison)
{
    bool good = finish_read(tidy, comparison_read_forecast(comparison, tidy, options->forecast),
                            options->forecast);
    const int32_t forecast_s = tidy->offset_s;
    for (size_t i = 0; good && i < options->n_actuals; i++) {
        const char *path = options->actuals[i];
        good = finish_read(tidy, comparison_read_actual(comparison, tidy, path), path);
        check_offsets(options, forecast_s, tidy->offset_s);
        if (tidy->simulated)
            log_warning("%s: " ORIGIN_WORDS, path);
    }
    return good;
}

static int run(const struct options *options, const struct civil_clock *clock)
{
    struct told told = {0};
    struct tidy tidy = {.clock = clock, .bad = tell, .bad_context = &told};
    struct comparison *comparison = comparison_new();
    bool good = comparison && read_files(options, &tidy, comparison);
    if (good && !comparison_judge(comparison)) {
        log_error("score: out of memory");
        good = false;
    }
    good = good && remark(comparison) && write_out(options, comparison);
    comparison_free(comparison);
    return good ? COMMAND_DONE : COMMAND_FAILED;
}

static void print_usage(FILE *out)
{
    fputs(usage, out);
    fputs(score_text_help, out);
    fputs(usage_end, out);
}

static int complain(const char *what)
{
    fprintf(stderr, "phutai score: %s\n\n", what);
    print_usage(stderr);
    return COMMAND_USAGE;
}

static int run_options(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {{"forecast", required_argument, NULL, 'f'},
                                          {"actual", required_argument, NULL, 'a'},
                                          {"clock", required_argument, NULL, 'c'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"output", required_argument, NULL, 'o'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    struct civil_clock clock = {.offset_s = 0};
    for (int c; (c = getopt_long(argc, argv, "o:h", known, NULL)) != -1;) {
        if (c == 'f')
            options->forecast = optarg;
        else if (c == 'a')
            options->actuals[options->n_actuals++] = optarg;
        else if (c == 'c')
            options->clock = optarg;
        else if (c == 'j')
            options->json = true;
        else if (c == 'o')
            options->output = optarg;
        else {
            print_usage(c == 'h' ? stdout : stderr);
            return c == 'h' ? COMMAND_DONE : COMMAND_USAGE;
        }
    }
    if (optind < argc)
        return complain("all files are named by an option");
    if (!options->forecast || !options->n_actuals)
        return complain("both --forecast and --actual are needed");
    if (!strcmp(options->forecast, "-"))
        return complain("the forecast must be a file");
    if (options->clock && !civil_clock_parse(options->clock, &clock))
        return complain("--clock is neither an offset such as +07:00 nor a POSIX TZ rule");
    return run(options, &clock);
}

int cmd_score(int argc, char **argv)
{
    struct options options = {.actuals = calloc((size_t)argc, sizeof *options.actuals)};
    if (!options.actuals) {
        log_error("out of memory");
        return COMMAND_FAILED;
    }
    const int status = run_options(argc, argv, &options);
    free(options.actuals);
    return status;
}
