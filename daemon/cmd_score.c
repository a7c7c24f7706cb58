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
#include "daemon/output.h"

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
    "  n         intervals judged; missing: forecast, but no actual value is there\n"
    "  MAPE      mean of |error| / actual, over actual values above 0\n"
    "  nMAE      mean |error| over mean actual\n"
    "  RMSE      root of the mean squared error, in the unit of the files\n"
    "  pinball   mean over intervals and quantiles of the pinball loss, same unit\n"
    "  in 50 %   share of actual values between q0.25 and q0.75; 90 %: q0.05 to q0.95;\n"
    "            98 %: q0.01 to q0.99\n"
    "  peak      mean of |largest mean - largest actual| / largest actual of each whole day\n"
    "  hour      days whose peak was forecast within one hour of its time / whole days\n"
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

static double share(size_t part, size_t whole)
{
    return whole ? 100 * (double)part / (double)whole : (double)NAN;
}

// The columns of the table and members of the JSON, in order. What is not known is NaN.
struct column {
    const char *title, *name;
    int decimals;
    double (*value)(const struct comparison_score *score);
};

static double get_mape(const struct comparison_score *s)
{
    return score_mape(&s->score);
}

static double get_nmae(const struct comparison_score *s)
{
    return score_nmae(&s->score);
}

static double get_rmse(const struct comparison_score *s)
{
    return score_rmse(&s->score);
}

static double get_pinball(const struct comparison_score *s)
{
    return score_mean_pinball(&s->score);
}

static double get_cover50(const struct comparison_score *s)
{
    return share(s->score.covered50, s->score.n_cover50);
}

static double get_cover90(const struct comparison_score *s)
{
    return share(s->score.covered90, s->score.n_cover90);
}

static double get_cover98(const struct comparison_score *s)
{
    return share(s->score.covered98, s->score.n_cover98);
}

static double get_peak(const struct comparison_score *s)
{
    return s->peaks.days ? s->peaks.abs_percent / (double)s->peaks.days : (double)NAN;
}

static const struct column columns[] = {
    {"MAPE %", "mape", 2, get_mape},
    {"nMAE %", "nmae", 2, get_nmae},
    {"RMSE", "rmse", 3, get_rmse},
    {"pinball", "pinball", 4, get_pinball},
    {"in 50 %", "coverage50", 1, get_cover50},
    {"in 90 %", "coverage90", 1, get_cover90},
    {"in 98 %", "coverage98", 1, get_cover98},
    {"peak %", "peak_error", 2, get_peak},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

// Characters rather than bytes, so that names in Vietnamese line up.
static int width_of(const char *text)
{
    int width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

static const char *name_of(const struct comparison_score *score)
{
    return score->zone ? score->zone : "all";
}

static void print_name(FILE *out, const char *name, int width)
{
    fprintf(out, "%s%*s", name, width - width_of(name), "");
}

static void print_row(FILE *out, const struct comparison_score *score, int width)
{
    print_name(out, name_of(score), width);
    fprintf(out, " %8zu %8zu", score->score.n, score->missing);
    for (size_t i = 0; i < COLUMNS; i++) {
        const double value = columns[i].value(score);
        if (isnan(value))
            fprintf(out, " %10s", "-");
        else
            fprintf(out, " %10.*f", columns[i].decimals, value);
    }
    fprintf(out, " %5zu/%zu\n", score->peaks.hour_hit, score->peaks.days);
}

static void print_table(FILE *out, const struct comparison *comparison)
{
    const size_t n = comparison_zones(comparison);
    int width = width_of("zone");
    for (size_t i = 0; i < n; i++) {
        const struct comparison_score score = comparison_zone(comparison, i);
        if (width_of(score.zone) > width)
            width = width_of(score.zone);
    }
    print_name(out, "zone", width);
    fprintf(out, " %8s %8s", "n", "missing");
    for (size_t i = 0; i < COLUMNS; i++)
        fprintf(out, " %10s", columns[i].title);
    fprintf(out, "  hour/days\n");
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
    for (size_t i = 0; i < COLUMNS; i++) {
        const double value = columns[i].value(score);
        json_object_set_new(object, columns[i].name, isnan(value) ? json_null() : json_real(value));
    }
    json_object_set_new(object, "peak_hours", json_integer((json_int_t)score->peaks.hour_hit));
    json_object_set_new(object, "peak_days", json_integer((json_int_t)score->peaks.days));
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

static int complain(const char *what)
{
    fprintf(stderr, "phutai score: %s\n\n%s", what, usage);
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
            fputs(usage, c == 'h' ? stdout : stderr);
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
