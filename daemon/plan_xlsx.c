// SPDX-License-Identifier: GPL-3.0-or-later
// The plan as a spreadsheet (libxlsxwriter).
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <xlsxwriter.h>

#include "daemon/log.h"
#include "daemon/plan_text.h"

struct book {
    const struct plan *plan;
    enum plan_language language;
    lxw_workbook *workbook;
    lxw_format *title, *head, *mw, *per_cent, *text, *wrapped, *none, *mark;
    lxw_worksheet *sheet; // the one at hand, and its next row
    lxw_row_t row;
};

static const char *word(const struct book *b, enum plan_word w)
{
    return plan_word(b->language, w);
}

static void make_formats(struct book *b)
{
    b->title = workbook_add_format(b->workbook);
    format_set_bold(b->title);
    format_set_font_size(b->title, 14);
    b->head = workbook_add_format(b->workbook);
    format_set_bold(b->head);
    format_set_text_wrap(b->head);
    format_set_border(b->head, LXW_BORDER_THIN);
    format_set_bg_color(b->head, 0xDCE6F1);
    format_set_align(b->head, LXW_ALIGN_VERTICAL_CENTER);
    b->mw = workbook_add_format(b->workbook);
    format_set_num_format(b->mw, "#,##0.0");
    format_set_border(b->mw, LXW_BORDER_THIN);
    b->per_cent = workbook_add_format(b->workbook);
    format_set_num_format(b->per_cent, "0.0%");
    format_set_border(b->per_cent, LXW_BORDER_THIN);
    b->text = workbook_add_format(b->workbook);
    format_set_border(b->text, LXW_BORDER_THIN);
    b->wrapped = workbook_add_format(b->workbook);
    format_set_border(b->wrapped, LXW_BORDER_THIN);
    format_set_text_wrap(b->wrapped);
    format_set_align(b->wrapped, LXW_ALIGN_VERTICAL_TOP);
    b->none = workbook_add_format(b->workbook);
    format_set_border(b->none, LXW_BORDER_THIN);
    format_set_align(b->none, LXW_ALIGN_RIGHT);
    b->mark = workbook_add_format(b->workbook);
    format_set_bold(b->mark);
    format_set_font_color(b->mark, LXW_COLOR_RED);
}

// A sheet with its title, the mark where data are made up, and a header; set to print on A4.
static void begin_sheet(struct book *b, const char *name, size_t n, const char *const header[])
{
    char title[256];
    lxw_worksheet *sheet = b->sheet = workbook_add_worksheet(b->workbook, name);
    snprintf(title, sizeof title, "%s %s, %s: %s", word(b, WORD_TITLE), b->plan->season,
             b->plan->config->site.name, name);
    worksheet_write_string(sheet, 0, 0, title, b->title);
    if (b->plan->simulated)
        worksheet_write_string(sheet, 1, 0, word(b, WORD_SIMULATED), b->mark);
    for (size_t k = 0; k < n; k++)
        worksheet_write_string(sheet, 2, (lxw_col_t)k, header[k], b->head);
    worksheet_set_column(sheet, 0, 0, 38, NULL);
    // One by one: a width that is set again for one column must not meet one of many.
    for (lxw_col_t column = 1; column < 60; column++)
        worksheet_set_column(sheet, column, column, 11, NULL);
    worksheet_set_row(sheet, 2, 45, NULL);
    worksheet_freeze_panes(sheet, 3, 1);
    worksheet_set_landscape(sheet);
    worksheet_set_paper(sheet, 9);
    worksheet_fit_to_pages(sheet, 1, 0);
    worksheet_repeat_rows(sheet, 0, 2);
    worksheet_set_margins(sheet, 0.4, 0.4, 0.5, 0.5);
    if (b->plan->simulated)
        worksheet_set_footer(sheet, "&LSIMULATED / mô phỏng&R&P / &N");
    else
        worksheet_set_footer(sheet, "&R&P / &N");
    b->row = 3;
}

static void put_number(struct book *b, lxw_col_t column, double value, lxw_format *format)
{
    if (isnan(value))
        worksheet_write_string(b->sheet, b->row, column, "–", b->none);
    else
        worksheet_write_number(b->sheet, b->row, column, value, format);
}

static void write_ranking(struct book *b)
{
    const char *const header[] = {
        word(b, WORD_ZONE),     "POE90 (MW)",         "POE50 (MW)",
        "POE10 (MW)",           "POE1 (MW)",          word(b, WORD_CAPACITY),
        word(b, WORD_MARGIN),   word(b, WORD_P_OVER), word(b, WORD_HOURS_OVER),
        word(b, WORD_MWH_OVER), word(b, WORD_HOUR),   word(b, WORD_DAYS),
        word(b, WORD_SHARE),
    };
    char days[80], from[32], to[32];
    begin_sheet(b, word(b, WORD_RANKING), sizeof header / sizeof *header, header);
    worksheet_set_column(b->sheet, 11, 11, 24, NULL);
    for (size_t k = 0; k < b->plan->n_nodes; k++, b->row++) {
        const struct plan_node *n = &b->plan->nodes[b->plan->ranking[k]];
        bool known = !isnan(n->node->limit_mw);
        worksheet_write_string(b->sheet, b->row, 0, n->node->name, b->text);
        put_number(b, 1, plan_poe(n, 90), b->mw);
        put_number(b, 2, plan_poe(n, 50), b->mw);
        put_number(b, 3, plan_poe(n, 10), b->mw);
        put_number(b, 4, plan_poe(n, 1), b->mw);
        put_number(b, 5, n->node->limit_mw, b->mw);
        put_number(b, 6, n->node->limit_mw - plan_poe(n, 10), b->mw);
        put_number(b, 7, known ? n->odds.p_over : (double)NAN, b->per_cent);
        put_number(b, 8, known ? n->odds.over_h : (double)NAN, b->mw);
        put_number(b, 9, known ? n->odds.over_mwh : (double)NAN, b->mw);
        worksheet_write_number(b->sheet, b->row, 10, n->odds.hour, b->text);
        plan_day_text(n->odds.day_early, from);
        plan_day_text(n->odds.day_late, to);
        snprintf(days, sizeof days, "%s – %s", from, to);
        worksheet_write_string(b->sheet, b->row, 11, days, b->text);
        put_number(b, 12, n->node->kind == NODES_ZONE ? n->share : (double)NAN, b->per_cent);
    }
    worksheet_write_string(b->sheet, b->row + 1, 0, word(b, WORD_NOTES), NULL);
}

static void write_months(struct book *b)
{
    char noon50[64], noon10[64], evening50[64], evening10[64];
    snprintf(noon50, sizeof noon50, "%s POE50 (MW)", word(b, WORD_NOON));
    snprintf(noon10, sizeof noon10, "%s POE10 (MW)", word(b, WORD_NOON));
    snprintf(evening50, sizeof evening50, "%s POE50 (MW)", word(b, WORD_EVENING));
    snprintf(evening10, sizeof evening10, "%s POE10 (MW)", word(b, WORD_EVENING));
    const char *const header[] = {word(b, WORD_ZONE),
                                  word(b, WORD_MONTH),
                                  noon50,
                                  noon10,
                                  evening50,
                                  evening10,
                                  word(b, WORD_ENERGY),
                                  word(b, WORD_CAPACITY),
                                  word(b, WORD_MARGIN)};
    begin_sheet(b, word(b, WORD_MONTHS), sizeof header / sizeof *header, header);
    for (size_t k = 0; k < b->plan->n_nodes; k++)
        for (size_t m = 0; m < b->plan->calendar->n_months; m++, b->row++) {
            const struct plan_node *n = &b->plan->nodes[k];
            const struct plan_month *month = &n->months[m];
            double worst = fmax(month->poe10[PEAKS_NOON], month->poe10[PEAKS_EVENING]);
            worksheet_write_string(b->sheet, b->row, 0, n->node->name, b->text);
            worksheet_write_number(b->sheet, b->row, 1, b->plan->calendar->months[m], b->text);
            put_number(b, 2, month->poe50[PEAKS_NOON], b->mw);
            put_number(b, 3, month->poe10[PEAKS_NOON], b->mw);
            put_number(b, 4, month->poe50[PEAKS_EVENING], b->mw);
            put_number(b, 5, month->poe10[PEAKS_EVENING], b->mw);
            put_number(b, 6, month->energy_mwh, b->mw);
            put_number(b, 7, n->node->limit_mw, b->mw);
            put_number(b, 8, n->node->limit_mw - worst, b->mw);
        }
}

static void write_poe(struct book *b)
{
    static const int levels[] = {99, 95, 90, 80, 70, 60, 50, 40, 30, 20, 15, 10, 5, 2, 1};
    enum { LEVELS = sizeof levels / sizeof *levels };
    char names[LEVELS][16];
    const char *header[LEVELS + 1] = {word(b, WORD_ZONE)};
    for (int k = 0; k < LEVELS; k++) {
        snprintf(names[k], sizeof names[k], "POE%d (MW)", levels[k]);
        header[k + 1] = names[k];
    }
    begin_sheet(b, word(b, WORD_POE), LEVELS + 1, header);
    for (size_t k = 0; k < b->plan->n_nodes; k++, b->row++) {
        worksheet_write_string(b->sheet, b->row, 0, b->plan->nodes[k].node->name, b->text);
        for (int i = 0; i < LEVELS; i++)
            put_number(b, (lxw_col_t)(i + 1), plan_poe(&b->plan->nodes[k], levels[i]), b->mw);
    }
}

// One row a zone and week, one column an interval of the day.
static bool write_typical(struct book *b)
{
    int32_t step_s = b->plan->calendar->step_s;
    size_t steps = (size_t)(CIVIL_DAY_S / step_s);
    double *mw = calloc(steps, sizeof *mw);
    const char *const header[] = {word(b, WORD_ZONE), word(b, WORD_WEEK)};
    char text[32];
    if (!mw)
        return false;
    begin_sheet(b, word(b, WORD_TYPICAL), 2, header);
    for (size_t i = 0; i < steps; i++) {
        snprintf(text, sizeof text, "%02d:%02d", (int)i * step_s / CIVIL_HOUR_S,
                 (int)i * step_s % CIVIL_HOUR_S / 60);
        worksheet_write_string(b->sheet, 2, (lxw_col_t)(i + 2), text, b->head);
    }
    for (lxw_col_t column = 2; column < steps + 2; column++)
        worksheet_set_column(b->sheet, column, column, 7, NULL);
    for (size_t k = 0; k < b->plan->n_nodes; k++)
        for (size_t week = 0; week < PLAN_WEEKS_MAX; week++) {
            int64_t monday;
            if (!plan_typical_day(&b->plan->nodes[k], week, &monday, mw))
                continue;
            plan_day_text(monday, text);
            worksheet_write_string(b->sheet, b->row, 0, b->plan->nodes[k].node->name, b->text);
            worksheet_write_string(b->sheet, b->row, 1, text, b->text);
            for (size_t i = 0; i < steps; i++)
                put_number(b, (lxw_col_t)(i + 2), mw[i], b->mw);
            b->row++;
        }
    free(mw);
    return true;
}

static void write_options(struct book *b)
{
    char term[64];
    snprintf(term, sizeof term, "%s / %s", word(b, WORD_IMMEDIATE), word(b, WORD_LONG_TERM));
    const char *const header[] = {word(b, WORD_ZONE), term, word(b, WORD_OPTIONS)};
    begin_sheet(b, word(b, WORD_OPTIONS), 3, header);
    worksheet_set_column(b->sheet, 1, 1, 14, NULL);
    worksheet_set_column(b->sheet, 2, 2, 110, NULL);
    for (size_t k = 0; k < b->plan->n_nodes; k++) {
        const struct plan_node *n = &b->plan->nodes[b->plan->ranking[k]];
        struct plan_sentence sentences[PLAN_OPTIONS_MAX];
        size_t count =
            n->node->kind == NODES_ZONE ? plan_options(b->plan, n, b->language, sentences) : 0;
        for (size_t i = 0; i < count; i++, b->row++) {
            worksheet_write_string(b->sheet, b->row, 0, n->node->name, b->wrapped);
            worksheet_write_string(
                b->sheet, b->row, 1,
                word(b, sentences[i].long_term ? WORD_LONG_TERM : WORD_IMMEDIATE), b->wrapped);
            worksheet_write_string(b->sheet, b->row, 2, sentences[i].text, b->wrapped);
        }
    }
}

static void write_scenarios(struct book *b)
{
    const char *const header[] = {word(b, WORD_ZONE), word(b, WORD_SCENARIO), "POE50 (MW)",
                                  "POE10 (MW)", word(b, WORD_P_OVER)};
    begin_sheet(b, word(b, WORD_SCENARIOS), sizeof header / sizeof *header, header);
    worksheet_set_column(b->sheet, 1, 1, 32, NULL);
    for (size_t k = 0; k < b->plan->n_nodes; k++)
        for (size_t s = 0; s < b->plan->n_scenarios; s++, b->row++) {
            const struct plan_scenario *scenario = &b->plan->scenarios[s];
            worksheet_write_string(b->sheet, b->row, 0, b->plan->nodes[k].node->name, b->text);
            worksheet_write_string(b->sheet, b->row, 1,
                                   plan_scenario_name(b->language, scenario->scenario), b->text);
            put_number(b, 2, scenario->poe50[k], b->mw);
            put_number(b, 3, scenario->poe10[k], b->mw);
            put_number(b, 4, scenario->p_over[k], b->per_cent);
        }
}

bool plan_write_xlsx(const struct plan *plan, enum plan_language language, const char *path)
{
    char temporary[4096];
    struct book b = {.plan = plan, .language = language};
    snprintf(temporary, sizeof temporary, "%s.part", path);
    b.workbook = workbook_new(temporary);
    if (!b.workbook) {
        log_error("%s: out of memory", path);
        return false;
    }
    make_formats(&b);
    write_ranking(&b);
    write_months(&b);
    write_poe(&b);
    bool fine = write_typical(&b);
    write_options(&b);
    write_scenarios(&b);
    lxw_error error = workbook_close(b.workbook);
    if (error || !fine || rename(temporary, path)) {
        log_error("%s: %s", path, error ? lxw_strerror(error) : "not written");
        remove(temporary);
        return false;
    }
    return true;
}
