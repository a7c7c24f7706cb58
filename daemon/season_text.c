// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/season_text.h"

#include <math.h>
#include <string.h>

enum { POE_ROWS = 99, NAME_COLUMNS = 42 };

bool season_text_rows(FILE *out, size_t n, const struct season_text_node nodes[])
{
    double poe[POE_ROWS], peak[POE_ROWS];
    for (int k = 0; k < POE_ROWS; k++)
        poe[k] = (double)(POE_ROWS - k) / 100;
    fputs("zone,poe,peak\n", out);
    for (size_t node = 0; node < n; node++) {
        if (!peaks_quantiles(nodes[node].peaks, PEAKS_PEAK, POE_ROWS, poe, peak))
            return false;
        for (int k = 0; k < POE_ROWS; k++)
            fprintf(out, "%s,%.2f,%.3f\n", nodes[node].id, poe[k], peak[k]);
    }
    return true;
}

// Columns of a terminal that a text takes: its characters of UTF-8, each taken for one wide.
static int width_of(const char *text)
{
    int width = 0;
    for (; *text; text++)
        width += (*text & 0xc0) != 0x80;
    return width;
}

static void write_name(FILE *out, const char *name)
{
    int width = width_of(name);
    fprintf(out, "%s%*s", name, width < NAME_COLUMNS ? NAME_COLUMNS - width : 0, "");
}

static void write_day(FILE *out, int64_t day)
{
    struct civil_date date = civil_date_from_day(day);
    fprintf(out, " %02d/%02d", date.day, date.month);
}

static bool write_node(FILE *out, const struct civil_clock *clock,
                       const struct season_text_node *node)
{
    static const double poe[] = {0.5, 0.1, 0.01};
    struct peaks_odds odds;
    double mw[3];
    if (!peaks_quantiles(node->peaks, PEAKS_PEAK, 3, poe, mw) ||
        !peaks_odds(node->peaks, clock, &odds))
        return false;
    write_name(out, node->name);
    fprintf(out, "%9.1f%9.1f%9.1f", mw[0], mw[1], mw[2]);
    if (isnan(node->limit_mw))
        fprintf(out, "%9s%8s%8s", "-", "-", "-");
    else
        fprintf(out, "%9.1f%7.1f%%%8.1f", node->limit_mw, 100 * odds.p_over, odds.over_h);
    fprintf(out, "%5dh", odds.hour);
    write_day(out, odds.day_early);
    fputs(" -", out);
    write_day(out, odds.day_late);
    fprintf(out, "  %s\n", node->why);
    return true;
}

bool season_text_table(FILE *out, const struct civil_clock *clock, size_t n,
                       const struct season_text_node nodes[])
{
    write_name(out, "MW");
    fprintf(out, "%9s%9s%9s%9s%8s%8s%6s%14s  %s\n", "POE50", "POE10", "POE1", "limit", "p_over",
            "h over", "hour", "4 of 5 days", "why");
    for (size_t k = 0; k < n; k++)
        if (!write_node(out, clock, &nodes[k]))
            return false;
    return true;
}

// How the level of a zone with a history was found.
static void tell_outlook(const struct outlook *o, char ret[static SEASON_TEXT_WHY_LEN])
{
    double unit = o->logarithm ? 1 : o->mean_mw;
    double mean = 100 * o->level.mean / unit, scale = 100 * o->level.scale / unit;
    bool seen = o->n_windows && o->window_years[0];
    if (seen)
        snprintf(ret, SEASON_TEXT_WHY_LEN, "%s; level %+.1f %% +- %.1f %% by %zu earlier season%s",
                 o->model, mean, scale, o->n_windows, o->n_windows == 1 ? "" : "s");
    else
        snprintf(ret, SEASON_TEXT_WHY_LEN, "%s; level +- %.1f %%, no earlier season to learn from",
                 o->model, scale);
}

static void tell_ramp(const struct ramp_reason *r, char ret[static SEASON_TEXT_WHY_LEN])
{
    snprintf(ret, SEASON_TEXT_WHY_LEN,
             "%.0f ha x %.2f MW/ha x %.0f %% built (%.0f to %.0f %%); %zu kin, %zu months of its "
             "own",
             r->area_ha, r->mw_per_ha, 100 * r->built, 100 * r->built_low, 100 * r->built_high,
             r->n_kin, r->n_readings);
}

void season_text_why(const struct site_season *season, size_t node,
                     char ret[static SEASON_TEXT_WHY_LEN])
{
    const struct site_node *n = &season->nodes[node];
    if (n->kind != NODES_ZONE)
        snprintf(ret, SEASON_TEXT_WHY_LEN, "sum of %zu zones",
                 season->sums[node - season->n_zones].n);
    else if (n->reasoned)
        tell_ramp(&n->reason, ret);
    else if (season->seasons.status[node] == MODEL_OK)
        tell_outlook(&season->seasons.outlooks[node], ret);
    else
        snprintf(ret, SEASON_TEXT_WHY_LEN, "no readings, and nothing says how it fills");
}
