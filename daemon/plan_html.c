// SPDX-License-Identifier: GPL-3.0-or-later
// The plan as one page that needs nothing else, and prints on A4.
#include <math.h>
#include <stdio.h>

#include "daemon/log.h"
#include "daemon/output.h"
#include "daemon/plan_text.h"

static const char style[] =
    "@page{size:A4;margin:14mm}*{box-sizing:border-box}"
    "body{font:10.5pt/1.4 'DejaVu Sans',Arial,sans-serif;color:#1b1b1b;max-width:190mm;margin:0 "
    "auto;"
    "padding:6mm}h1{font-size:17pt;margin:0 0 2mm}h2{font-size:12.5pt;margin:7mm 0 2mm;"
    "border-bottom:1px solid #999;break-after:avoid}h3{font-size:11pt;margin:4mm 0 "
    "1mm;break-after:avoid}"
    "table{border-collapse:collapse;width:99.5%;font-size:8.5pt}th,td{border:1px solid #bbb;"
    "padding:1mm 1.5mm;text-align:right}th{background:#e8eef5}td:first-child,th:first-child{"
    "text-align:left}td:first-child{width:30%}tr{break-inside:avoid}.mark{background:#b00020;color:"
    "#fff;padding:1.5mm 3mm;"
    "font-weight:bold}.note{font-size:9pt;color:#444}svg{width:100%;height:auto}section{"
    "break-inside:auto}li{margin:.6mm 0}.bad{background:#fde3e0}@media print{body{padding:0}"
    ".mark{print-color-adjust:exact;-webkit-print-color-adjust:exact}}";

struct page {
    const struct plan *plan;
    enum plan_language language;
    FILE *out;
};

static const char *word(const struct page *p, enum plan_word w)
{
    return plan_word(p->language, w);
}

static void put(const struct page *p, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '&':
            fputs("&amp;", p->out);
            break;
        case '<':
            fputs("&lt;", p->out);
            break;
        case '>':
            fputs("&gt;", p->out);
            break;
        case '"':
            fputs("&quot;", p->out);
            break;
        default:
            fputc(*text, p->out);
        }
}

static void put_in(const struct page *p, const char *tag, const char *text)
{
    fprintf(p->out, "<%s>", tag);
    put(p, text);
    fprintf(p->out, "</%s>", tag);
}

static void put_cell(const struct page *p, double value, double scale, const char *unit)
{
    if (isnan(value))
        fputs("<td>–</td>", p->out);
    else
        fprintf(p->out, "<td>%.1f%s</td>", scale * value, unit);
}

static void write_head(const struct page *p, int64_t issue)
{
    const struct plan *plan = p->plan;
    char time[32];
    int64_t local = civil_local(plan->clock, issue);
    plan_day_text(civil_day(local), time);
    fprintf(p->out,
            "<!doctype html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">"
            "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>",
            p->language == PLAN_VI ? "vi" : "en");
    put(p, word(p, WORD_TITLE));
    fprintf(p->out, " %s</title><style>%s</style></head><body>\n", plan->season, style);
    if (plan->simulated)
        fprintf(p->out, "<p class=\"mark\">%s</p>", word(p, WORD_SIMULATED));
    fputs("<h1>", p->out);
    put(p, word(p, WORD_TITLE));
    fprintf(p->out, " %s – ", plan->season);
    put(p, plan->config->site.name);
    fprintf(p->out, "</h1><p class=\"note\">%s %s %02d:%02d. %s</p>\n", word(p, WORD_ISSUED), time,
            civil_second_of_day(local) / CIVIL_HOUR_S,
            civil_second_of_day(local) % CIVIL_HOUR_S / 60, word(p, WORD_NOTES));
}

// Bars of POE50 and POE10 beside the capacity, for zones; each row is told in words as well.
static void write_bars(const struct page *p)
{
    enum { ROW = 22, LEFT = 275, WIDTH = 390 };
    const struct plan *plan = p->plan;
    double most = 1;
    int row = 0;
    size_t rows = 0;
    for (size_t k = 0; k < plan->n_nodes; k++)
        rows += plan->nodes[k].node->kind == NODES_ZONE;
    for (size_t k = 0; k < plan->n_nodes; k++)
        if (plan->nodes[k].node->kind == NODES_ZONE)
            most = fmax(most, fmax(plan_poe(&plan->nodes[k], 10), plan->nodes[k].node->limit_mw));
    put_in(p, "h3", word(p, WORD_CHART));
    fprintf(p->out, "<svg viewBox=\"0 0 760 %zu\" role=\"img\" font-size=\"11\">", rows * ROW);
    for (size_t k = 0; k < plan->n_nodes; k++) {
        const struct plan_node *n = &plan->nodes[plan->ranking[k]];
        double scale = WIDTH / most, limit = n->node->limit_mw;
        int y = row * ROW;
        if (n->node->kind != NODES_ZONE)
            continue;
        row++;
        fprintf(p->out, "<text x=\"0\" y=\"%d\">", y + 14);
        put(p, n->node->name);
        fprintf(p->out,
                "</text><rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"13\" fill=\"#9ec5e8\"/>"
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"13\" fill=\"#2a6fb0\"/>",
                LEFT, y + 4, scale * plan_poe(n, 10), LEFT, y + 4, scale * plan_poe(n, 50));
        if (!isnan(limit))
            fprintf(p->out,
                    "<rect x=\"%.1f\" y=\"%d\" width=\"3\" height=\"19\" fill=\"#b00020\"/>",
                    LEFT + scale * limit - 1.5, y + 1);
        fprintf(p->out, "<text x=\"%.1f\" y=\"%d\">%.0f / %.0f</text>",
                LEFT + scale * fmax(plan_poe(n, 10), isnan(limit) ? 0 : limit) + 6, y + 14,
                plan_poe(n, 50), plan_poe(n, 10));
    }
    fputs("</svg>\n", p->out);
}

static void write_ranking(const struct page *p)
{
    const struct plan *plan = p->plan;
    static const enum plan_word heads[] = {WORD_CAPACITY, WORD_P_OVER, WORD_HOURS_OVER, WORD_HOUR,
                                           WORD_DAYS};
    put_in(p, "h2", word(p, WORD_RANKING));
    fputs("<table><thead><tr>", p->out);
    put_in(p, "th", word(p, WORD_ZONE));
    fputs("<th>POE50</th><th>POE10</th><th>POE1</th>", p->out);
    for (size_t k = 0; k < sizeof heads / sizeof *heads; k++)
        put_in(p, "th", word(p, heads[k]));
    fputs("</tr></thead><tbody>\n", p->out);
    for (size_t k = 0; k < plan->n_nodes; k++) {
        const struct plan_node *n = &plan->nodes[plan->ranking[k]];
        char from[32], to[32];
        bool known = !isnan(n->node->limit_mw);
        plan_day_text(n->odds.day_early, from);
        plan_day_text(n->odds.day_late, to);
        from[5] = '\0';
        to[5] = '\0';
        fputs(known && n->options.needed ? "<tr class=\"bad\">" : "<tr>", p->out);
        put_in(p, "td", n->node->name);
        put_cell(p, plan_poe(n, 50), 1, "");
        put_cell(p, plan_poe(n, 10), 1, "");
        put_cell(p, plan_poe(n, 1), 1, "");
        put_cell(p, n->node->limit_mw, 1, "");
        put_cell(p, known ? n->odds.p_over : (double)NAN, 100, " %");
        put_cell(p, known ? n->odds.over_h : (double)NAN, 1, "");
        fprintf(p->out, "<td>%dh</td><td>%s–%s</td></tr>\n", n->odds.hour, from, to);
    }
    fputs("</tbody></table>\n", p->out);
}

static void write_options(const struct page *p)
{
    put_in(p, "h2", word(p, WORD_OPTIONS));
    for (size_t k = 0; k < p->plan->n_nodes; k++) {
        const struct plan_node *n = &p->plan->nodes[p->plan->ranking[k]];
        struct plan_sentence sentences[PLAN_OPTIONS_MAX];
        size_t count =
            n->node->kind == NODES_ZONE ? plan_options(p->plan, n, p->language, sentences) : 0;
        if (!count)
            continue;
        put_in(p, "h3", n->node->name);
        fputs("<ul>", p->out);
        for (size_t i = 0; i < count; i++) {
            fprintf(p->out, "<li><b>%s:</b> ",
                    word(p, sentences[i].long_term ? WORD_LONG_TERM : WORD_IMMEDIATE));
            put(p, sentences[i].text);
            fputs("</li>", p->out);
        }
        fputs("</ul>\n", p->out);
    }
}

static void write_months(const struct page *p)
{
    const struct plan *plan = p->plan;
    put_in(p, "h2", word(p, WORD_MONTHS));
    fputs("<table><thead><tr>", p->out);
    put_in(p, "th", word(p, WORD_ZONE));
    put_in(p, "th", word(p, WORD_MONTH));
    for (int part = 0; part < PEAKS_PARTS; part++)
        fprintf(p->out, "<th>%s POE50</th><th>POE10</th>",
                word(p, part == PEAKS_NOON ? WORD_NOON : WORD_EVENING));
    put_in(p, "th", word(p, WORD_ENERGY));
    fputs("</tr></thead><tbody>\n", p->out);
    for (size_t k = 0; k < plan->n_nodes; k++)
        for (size_t m = 0; m < plan->calendar->n_months; m++) {
            const struct plan_month *month = &plan->nodes[k].months[m];
            fputs("<tr>", p->out);
            put_in(p, "td", m ? "" : plan->nodes[k].node->name);
            fprintf(p->out, "<td>%d</td>", plan->calendar->months[m]);
            for (int part = 0; part < PEAKS_PARTS; part++) {
                put_cell(p, month->poe50[part], 1, "");
                put_cell(p, month->poe10[part], 1, "");
            }
            fprintf(p->out, "<td>%.0f</td></tr>\n", month->energy_mwh);
        }
    fputs("</tbody></table>\n", p->out);
}

static void write_scenarios(const struct page *p)
{
    const struct plan *plan = p->plan;
    put_in(p, "h2", word(p, WORD_SCENARIOS));
    fputs("<table><thead><tr>", p->out);
    put_in(p, "th", word(p, WORD_ZONE));
    for (size_t s = 0; s < plan->n_scenarios; s++)
        put_in(p, "th", plan_scenario_name(p->language, plan->scenarios[s].scenario));
    fputs("</tr></thead><tbody>\n", p->out);
    for (size_t k = 0; k < plan->n_nodes; k++) {
        fputs("<tr>", p->out);
        put_in(p, "td", plan->nodes[k].node->name);
        for (size_t s = 0; s < plan->n_scenarios; s++) {
            fprintf(p->out, "<td>%.1f / %.1f", plan->scenarios[s].poe50[k],
                    plan->scenarios[s].poe10[k]);
            if (!isnan(plan->scenarios[s].p_over[k]))
                fprintf(p->out, "<br>%.1f %%", 100 * plan->scenarios[s].p_over[k]);
            fputs("</td>", p->out);
        }
        fputs("</tr>\n", p->out);
    }
    fputs("</tbody></table><p class=\"note\">POE50 / POE10 (MW)</p>\n", p->out);
}

// Days of the season that are likely to pass the capacity, of the zones that may.
static void write_days(const struct page *p)
{
    enum { WIDTH = 720, HEIGHT = 60 };
    const struct plan *plan = p->plan;
    const struct peaks_calendar *c = plan->calendar;
    put_in(p, "h3", word(p, WORD_CHART_DAYS));
    for (size_t k = 0; k < plan->n_nodes; k++) {
        const struct plan_node *n = &plan->nodes[plan->ranking[k]];
        if (n->node->kind != NODES_ZONE || isnan(n->node->limit_mw) || n->odds.p_over < 0.01)
            continue;
        fprintf(p->out, "<p class=\"note\">");
        put(p, n->node->name);
        fprintf(p->out, "</p><svg viewBox=\"0 0 %d %d\" role=\"img\" font-size=\"9\">", WIDTH,
                HEIGHT + 14);
        for (size_t d = 0; d < c->n_days; d++) {
            double height = HEIGHT * n->peaks->over[d],
                   x = (double)WIDTH * (double)d / (double)c->n_days;
            fprintf(p->out,
                    "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#b00020\"/>",
                    x, HEIGHT - height, 0.85 * WIDTH / (double)c->n_days, height);
            if (civil_date_from_day(c->days[d].day).day == 1)
                fprintf(p->out,
                        "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"0\" y2=\"%d\" stroke=\"#bbb\"/>"
                        "<text x=\"%.1f\" y=\"%d\">%s %d</text>",
                        x, x, HEIGHT + 12, x + 2, HEIGHT + 11, word(p, WORD_MONTH),
                        c->months[c->days[d].month]);
        }
        fprintf(p->out, "<text x=\"0\" y=\"9\">100 %%</text></svg>\n");
    }
}

bool plan_write_html(const struct plan *plan, enum plan_language language, const char *path)
{
    struct output output;
    if (!output_open(&output, path))
        return false;
    struct page p = {.plan = plan, .language = language, .out = output.file};
    write_head(&p, plan->issue);
    write_ranking(&p);
    write_bars(&p);
    write_days(&p);
    write_options(&p);
    write_months(&p);
    write_scenarios(&p);
    if (plan->simulated)
        fprintf(p.out, "<p class=\"mark\">%s</p>", word(&p, WORD_SIMULATED));
    fputs("</body></html>\n", p.out);
    if (output_finish(&output))
        return true;
    log_error("%s: not written", path);
    return false;
}
