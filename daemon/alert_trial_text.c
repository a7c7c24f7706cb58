// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/alert_trial_text.h"

#include <math.h>
#include <string.h>

#include "config/text.h"

const char alert_trial_text_help[] =
    "  days       with a limit, a forecast and readings; over: of them, those that passed it\n"
    "  alerts     days for which an alert stood when they began: right, false; missed: none did\n"
    "  precision  right of the alerts; recall: right of the days over\n"
    "  Brier      mean squared error of the last chance before the day began; month: of the share\n"
    "             of days over in that month of the five years before; yest.: of what the day\n"
    "             before did, as if all of it were known\n"
    "  v. month   1 - Brier / that of the month; v. yest. the same; above 0 is better\n"
    "  lead h     hours from an alert's being raised to the first interval over the limit: mean\n"
    "             and median of the right ones\n";

static const char *const verdict_names[VERDICTS] = {
    [VERDICT_QUIET] = "quiet",
    [VERDICT_RIGHT] = "right",
    [VERDICT_FALSE] = "false",
    [VERDICT_MISSED] = "missed",
};

// What a season is called.
enum { SEASON_LEN = 16 };
static void season_name(int season, char ret[static SEASON_LEN])
{
    if (season == ALERT_TRIAL_ALL)
        strcpy(ret, "all");
    else
        snprintf(ret, SEASON_LEN, "%04d", season);
}

static void day_name(int64_t day, char ret[static TEXT_TIME_LEN])
{
    text_write_time(day * CIVIL_DAY_S, TEXT_NO_OFFSET, ret);
    ret[strlen("2000-12-31")] = 0;
}

static void time_name(const struct alert_trial *trial, int64_t instant,
                      char ret[static TEXT_TIME_LEN])
{
    text_write_time(civil_local(trial->clock, instant), TEXT_NO_OFFSET, ret);
}

// The reals of a row, in the order of the columns.
enum { REALS = 9 };
struct row {
    struct alert_trial_sum sum;
    double limit_mw; // NaN where it is not one
    double real[REALS];
};
static const struct column {
    const char *title, *name;
    int width, decimals;
} columns[REALS] = {
    {"precision", "precision", 9, 3},
    {"recall", "recall", 6, 3},
    {"Brier", "brier", 7, 4},
    {"month", "brier_month", 7, 4},
    {"yest.", "brier_yesterday", 7, 4},
    {"v. month", "skill_month", 8, 3},
    {"v. yest.", "skill_yesterday", 8, 3},
    {"lead h", "lead_mean_h", 6, 1},
    {"median", "lead_median_h", 6, 1},
};

static double duel_skill(const struct alert_trial_duel *duel)
{
    return verdicts_brier_skill(&duel->ours, &duel->theirs);
}

// The limit of the days of a season that count, where it is one.
static double limit_of(const struct alert_trial *trial, int season)
{
    double limit = NAN;
    for (size_t k = 0; k < trial->n; k++) {
        const struct alert_trial_day *day = &trial->days[k];
        if (!alert_trial_counts(day) || (season != ALERT_TRIAL_ALL && day->season != season))
            continue;
        if (!isnan(limit) && limit != day->limit_mw)
            return NAN;
        limit = day->limit_mw;
    }
    return limit;
}

static bool make_row(const struct alert_trial *trial, int season, struct row *ret)
{
    if (!alert_trial_sum(trial, season, &ret->sum))
        return false;
    const struct alert_trial_sum *sum = &ret->sum;
    ret->limit_mw = limit_of(trial, season);
    const double reals[REALS] = {
        verdicts_precision(&sum->verdicts),
        verdicts_recall(&sum->verdicts),
        verdicts_brier(&sum->brier),
        verdicts_brier(&sum->usual.theirs),
        verdicts_brier(&sum->persistent.theirs),
        duel_skill(&sum->usual),
        duel_skill(&sum->persistent),
        sum->mean_lead_h,
        sum->median_lead_h,
    };
    memcpy(ret->real, reals, sizeof reals);
    return true;
}

// The seasons one by one, then all; ALERT_TRIAL_ALL comes last.
static int next_season(const struct alert_trial *trial, int season)
{
    for (size_t k = 0; k < trial->n; k++)
        if (trial->days[k].season > season && alert_trial_counts(&trial->days[k]))
            return trial->days[k].season;
    return ALERT_TRIAL_ALL;
}

static void put_real(FILE *out, double value, int width, int decimals)
{
    if (isnan(value))
        fprintf(out, " %*s", width, "-");
    else
        fprintf(out, " %*.*f", width, decimals, value);
}

static void put_row(FILE *out, int season, const struct row *row)
{
    char name[SEASON_LEN];
    const size_t *count = row->sum.verdicts.count;
    season_name(season, name);
    fprintf(out, "%-6s", name);
    put_real(out, row->limit_mw, 8, 1);
    fprintf(out, " %5zu %5zu %6zu %5zu %5zu %6zu", row->sum.days, row->sum.over, row->sum.alerts,
            count[VERDICT_RIGHT], count[VERDICT_FALSE], count[VERDICT_MISSED]);
    for (int k = 0; k < REALS; k++)
        put_real(out, row->real[k], columns[k].width, columns[k].decimals);
    fputc('\n', out);
}

static void put_tenths(FILE *out, const struct alert_trial_sum *sum)
{
    fprintf(out, "\n%-9s %5s %5s %9s %9s\n", "chance", "days", "over", "said", "came");
    for (int k = 0; k < VERDICTS_TENTHS; k++) {
        const struct verdicts_tenth *tenth = &sum->tenths[k];
        fprintf(out, "%.1f - %.1f %5zu %5zu", k / 10.0, (k + 1) / 10.0, tenth->n, tenth->came);
        put_real(out, tenth->n ? tenth->chances / (double)tenth->n : (double)NAN, 9, 3);
        put_real(out, tenth->n ? (double)tenth->came / (double)tenth->n : (double)NAN, 9, 3);
        fputc('\n', out);
    }
}

static void put_alert(FILE *out, const struct alert_trial *trial, const struct alert_trial_day *day)
{
    char name[TEXT_TIME_LEN], raised[TEXT_TIME_LEN] = "-";
    day_name(day->day, name);
    if (day->warned)
        time_name(trial, day->raised, raised);
    fprintf(out, "%-10s %-16s", name, raised);
    put_real(out, day->chance, 6, 2);
    put_real(out, day->limit_mw, 8, 1);
    put_real(out, day->median_mw, 8, 1);
    put_real(out, day->peak_mw, 8, 1);
    put_real(out, alert_trial_lead_h(day), 6, 1);
    fprintf(out, "  %s\n", verdict_names[alert_trial_verdict(day)]);
}

static void put_alerts(FILE *out, const struct alert_trial *trial)
{
    fprintf(out, "\n%-10s %-16s %6s %8s %8s %8s %6s  %s\n", "day", "raised", "chance", "limit",
            "median", "came", "lead h", "verdict");
    for (size_t k = 0; k < trial->n; k++)
        if (alert_trial_counts(&trial->days[k]) &&
            alert_trial_verdict(&trial->days[k]) != VERDICT_QUIET)
            put_alert(out, trial, &trial->days[k]);
}

bool alert_trial_text_table(FILE *out, const struct alert_trial *trial, const char *zone)
{
    struct row row;
    int season = ALERT_TRIAL_ALL;
    fprintf(out, "rule '%s', zone '%s'\n\n", trial->rule.name, zone);
    fprintf(out, "%-6s %8s %5s %5s %6s %5s %5s %6s", "season", "limit", "days", "over", "alerts",
            "right", "false", "missed");
    for (int k = 0; k < REALS; k++)
        fprintf(out, " %*s", columns[k].width, columns[k].title);
    fputc('\n', out);
    do {
        season = next_season(trial, season);
        if (!make_row(trial, season, &row))
            return false;
        put_row(out, season, &row);
    } while (season != ALERT_TRIAL_ALL);
    put_tenths(out, &row.sum);
    put_alerts(out, trial);
    return true;
}

static void put_field(FILE *out, double value)
{
    char text[TEXT_REAL_LEN] = "";
    if (!isnan(value))
        text_write_real(value, text);
    fprintf(out, ",%s", text);
}

void alert_trial_text_csv_header(FILE *out)
{
    fputs("rule,zone,season,limit_mw,days,over,alerts,right,false,missed", out);
    for (int k = 0; k < REALS; k++)
        fprintf(out, ",%s", columns[k].name);
    fputc('\n', out);
}

bool alert_trial_text_csv(FILE *out, const struct alert_trial *trial, const char *zone)
{
    struct row row;
    int season = ALERT_TRIAL_ALL;
    char name[SEASON_LEN];
    do {
        season = next_season(trial, season);
        if (!make_row(trial, season, &row))
            return false;
        const size_t *count = row.sum.verdicts.count;
        season_name(season, name);
        fprintf(out, "%s,%s,%s", trial->rule.name, zone, name);
        put_field(out, row.limit_mw);
        fprintf(out, ",%zu,%zu,%zu,%zu,%zu,%zu", row.sum.days, row.sum.over, row.sum.alerts,
                count[VERDICT_RIGHT], count[VERDICT_FALSE], count[VERDICT_MISSED]);
        for (int k = 0; k < REALS; k++)
            put_field(out, row.real[k]);
        fputc('\n', out);
    } while (season != ALERT_TRIAL_ALL);
    return true;
}

void alert_trial_text_days_header(FILE *out)
{
    fputs("rule,zone,season,day,limit_mw,chance,median_mw,alert,raised,peak_mw,over,verdict,"
          "chance_month,chance_yesterday,lead_h\n",
          out);
}

static void put_day(FILE *out, const struct alert_trial *trial, const char *zone,
                    const struct alert_trial_day *day)
{
    char name[TEXT_TIME_LEN], raised[TEXT_TIME_LEN] = "";
    day_name(day->day, name);
    if (day->warned)
        time_name(trial, day->raised, raised);
    fprintf(out, "%s,%s,%04d,%s", trial->rule.name, zone, day->season, name);
    put_field(out, day->limit_mw);
    put_field(out, day->chance);
    put_field(out, day->median_mw);
    fprintf(out, ",%d,%s", day->warned, raised);
    put_field(out, day->peak_mw);
    fprintf(out, ",%d,%s", day->over != INT64_MAX, verdict_names[alert_trial_verdict(day)]);
    put_field(out, day->usual);
    put_field(out, day->persistent);
    put_field(out, alert_trial_lead_h(day));
    fputc('\n', out);
}

void alert_trial_text_days(FILE *out, const struct alert_trial *trial, const char *zone)
{
    for (size_t k = 0; k < trial->n; k++)
        if (alert_trial_counts(&trial->days[k]))
            put_day(out, trial, zone, &trial->days[k]);
}
