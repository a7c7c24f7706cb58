// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/plan_text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const words[WORD_COUNT][2] = {
    [WORD_TITLE] = {"Kế hoạch cung ứng điện", "Supply plan"},
    [WORD_SIMULATED] = {"MÔ PHỎNG / SIMULATED: số liệu không phải đo đếm thực tế",
                        "SIMULATED / mô phỏng: made up, not measured"},
    [WORD_ISSUED] = {"Dự báo lập lúc", "Forecast made at"},
    [WORD_RANKING] = {"Xếp hạng rủi ro", "Zones by risk"},
    [WORD_MONTHS] = {"Theo tháng", "By month"},
    [WORD_POE] = {"Xác suất vượt", "Exceedance"},
    [WORD_TYPICAL] = {"Ngày điển hình", "Typical days"},
    [WORD_OPTIONS] = {"Giải pháp", "Options"},
    [WORD_SCENARIOS] = {"Kịch bản", "Scenarios"},
    [WORD_ZONE] = {"Khu vực", "Zone"},
    [WORD_MONTH] = {"Tháng", "Month"},
    [WORD_WEEK] = {"Tuần từ", "Week of"},
    [WORD_CAPACITY] = {"Khả năng cấp (MW)", "Firm capacity (MW)"},
    [WORD_MARGIN] = {"Dự phòng so với POE10 (MW)", "Margin to POE10 (MW)"},
    [WORD_P_OVER] = {"Xác suất quá tải", "Chance to pass it"},
    [WORD_HOURS_OVER] = {"Số giờ quá tải kỳ vọng", "Expected hours over"},
    [WORD_MWH_OVER] = {"Điện năng quá tải kỳ vọng (MWh)", "Expected MWh over"},
    [WORD_HOUR] = {"Giờ đỉnh", "Peak hour"},
    [WORD_DAYS] = {"Ngày đỉnh (4/5 khả năng)", "Peak days (4 of 5)"},
    [WORD_NOON] = {"Pmax trưa", "Pmax noon"},
    [WORD_EVENING] = {"Pmax tối", "Pmax evening"},
    [WORD_ENERGY] = {"Điện năng (MWh)", "Energy (MWh)"},
    [WORD_SHARE] = {"Tỷ trọng lúc đỉnh toàn tỉnh", "Share of the whole's peak"},
    [WORD_UNKNOWN] = {"chưa có số liệu", "not known"},
    [WORD_IMMEDIATE] = {"Trước mắt", "Immediate"},
    [WORD_LONG_TERM] = {"Lâu dài", "Long-term"},
    [WORD_SCENARIO] = {"Kịch bản", "Scenario"},
    [WORD_CHART] = {"Công suất cực đại mùa (MW): POE50, POE10 và khả năng cấp",
                    "The season's peak (MW): POE50, POE10 and the capacity"},
    [WORD_CHART_DAYS] = {"Xác suất quá tải theo ngày", "Chance to pass the capacity, by day"},
    [WORD_NOTES] =
        {"POE10 là mức mà công suất cực đại của mùa vượt qua với xác suất 10 %. Mọi con số "
         "về giải pháp tính từ các mùa mô phỏng: đủ trong 90 % số mùa.",
         "POE10 is the level that the season's peak passes with a probability of 10 %. "
         "Every figure of an option is read off the simulated seasons: enough in 90 % of "
         "them."},
};

const char *plan_word(enum plan_language language, enum plan_word word)
{
    return words[word][language];
}

const char *plan_scenario_name(enum plan_language language, const struct site_scenario *scenario)
{
    static const char *const names[][3] = {
        {"base", "Cơ sở", "Base"},
        {"low", "Tăng trưởng thấp (-5 %)", "Low growth (-5 %)"},
        {"high", "Tăng trưởng cao (+5 %)", "High growth (+5 %)"},
        {"heat", "Nắng nóng gay gắt (+1,5 °C)", "Severe heat (+1.5 °C)"},
        {"late", "Trạm chậm 6 tháng", "Substations six months late"},
        {"certain-register", "Sổ đăng ký: chỉ mục chắc chắn", "Register: only what is certain"},
        {"without-register", "Không tính sổ đăng ký", "Without the register"},
    };
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (!strcmp(names[k][0], scenario->name))
            return names[k][1 + language];
    return scenario->name;
}

void plan_day_text(int64_t day, char ret[static 32])
{
    struct civil_date date = civil_date_from_day(day);
    snprintf(ret, 32, "%02d/%02d/%04d", date.day, date.month, date.year);
}

// Entries of one list of sentences.
struct list {
    size_t n;
    struct plan_sentence *sentences;
};

[[gnu::format(printf, 3, 4)]] static void add(struct list *list, bool long_term, const char *format,
                                              ...)
{
    va_list arguments;
    struct plan_sentence *s = &list->sentences[list->n++];
    s->long_term = long_term;
    va_start(arguments, format);
    vsnprintf(s->text, sizeof s->text, format, arguments);
    va_end(arguments);
}

static void add_shift(struct list *list, const struct options *o, bool vi)
{
    if (vi)
        add(list, false,
            "Dịch chuyển ca sản xuất: giảm %.1f MW (căng nhất %d–%d giờ), mỗi đợt đến %.1f giờ, "
            "khoảng "
            "%.0f ngày trong mùa (%.0f MWh)",
            o->mw, o->hour_from, o->hour_to, o->hours, o->days, o->mwh);
    else
        add(list, false,
            "Shift working hours: %.1f MW (worst from %d:00 to %d:00), up to %.1f h at a time, on "
            "some %.0f "
            "days "
            "of the season (%.0f MWh)",
            o->mw, o->hour_from, o->hour_to, o->hours, o->days, o->mwh);
}

static void add_response(struct list *list, const struct plan *plan, const struct options *o,
                         bool vi)
{
    long long customers = (long long)options_customers(o->mw, plan->customer_mw);
    if (vi)
        add(list, false,
            "Điều chỉnh phụ tải (DR): %.1f MW, tương đương %lld khách hàng mỗi khách hàng %.2f MW, "
            "kéo dài "
            "đến %.1f giờ",
            o->mw, customers, plan->customer_mw, o->hours);
    else
        add(list, false,
            "Demand response: %.1f MW, or %lld customers of %.2f MW each, for up to %.1f h", o->mw,
            customers, plan->customer_mw, o->hours);
}

static void add_transfer(struct list *list, const struct plan *plan, const struct plan_node *n,
                         bool vi)
{
    const struct plan_node *other = &plan->nodes[n->transfer.node];
    double mw = fmin(n->transfer.spare_mw, n->options.mw);
    if (vi)
        add(list, false,
            "Chuyển tải tạm thời: %.1f MW sang nguồn của %s (dự phòng %.1f MW ở POE10), đủ %.0f %% "
            "nhu cầu",
            mw, other->node->name, n->transfer.spare_mw, 100 * mw / n->options.mw);
    else
        add(list, false,
            "Temporary transfer: %.1f MW to the supply of %s (%.1f MW to spare at POE10), %.0f %% "
            "of "
            "what is needed",
            mw, other->node->name, n->transfer.spare_mw, 100 * mw / n->options.mw);
}

static void add_stage(struct list *list, const struct plan_node *n, bool vi)
{
    char planned[32], needed[32];
    plan_day_text(n->stage.day, planned);
    plan_day_text(n->options.first_day, needed);
    long long days = (long long)(n->stage.day - n->options.first_day);
    if (vi)
        add(list, false,
            "Đẩy sớm tiến độ đóng điện: nguồn dự kiến %s (thêm %.1f MW) cần trước %s, tức sớm hơn "
            "%lld ngày",
            planned, n->stage.more_mw, needed, days);
    else
        add(list, false,
            "Commission sooner: what is planned for %s (%.1f MW more) is needed by %s, %lld days "
            "earlier",
            planned, n->stage.more_mw, needed, days);
}

static void add_generation(struct list *list, const struct options *o, bool vi)
{
    add(list, false,
        vi ? "Phát điện tại chỗ: %.1f MW, tối đa %.1f giờ liên tục, %.0f MWh trong mùa"
           : "Generation on the spot: %.1f MW, up to %.1f h on end, %.0f MWh in the season",
        o->mw, o->hours, o->mwh);
}

static void add_build(struct list *list, const struct plan *plan, const struct plan_node *n,
                      bool vi)
{
    char by[32];
    double pf = plan->config->site.power_factor, mva = options_mva(n->options.mw, pf);
    plan_day_text(n->options.first_day, by);
    add(list, true,
        vi ? "Bổ sung %.0f MVA (hệ số công suất %.2f) trước ngày %s để đáp ứng POE10 = %.1f MW"
           : "Add %.0f MVA (power factor %.2f) by %s to carry POE10 = %.1f MW",
        ceil(mva), pf, by, plan_poe(n, 10));
}

static void add_unknown(struct list *list, const struct plan *plan, const struct plan_node *n,
                        bool vi)
{
    double pf = plan->config->site.power_factor;
    add(list, true,
        vi ? "Chưa có số liệu khả năng cấp điện; để đáp ứng POE10 cần %.1f MW, tức %.0f MVA"
           : "No capacity is known; POE10 needs %.1f MW, that is %.0f MVA",
        plan_poe(n, 10), ceil(options_mva(plan_poe(n, 10), pf)));
}

size_t plan_options(const struct plan *plan, const struct plan_node *node,
                    enum plan_language language, struct plan_sentence ret[static PLAN_OPTIONS_MAX])
{
    struct list list = {.sentences = ret};
    bool vi = language == PLAN_VI;
    if (isnan(node->node->limit_mw)) {
        add_unknown(&list, plan, node, vi);
        return list.n;
    }
    if (!node->options.needed)
        return 0;
    add_shift(&list, &node->options, vi);
    add_response(&list, plan, &node->options, vi);
    if (node->transfer.possible)
        add_transfer(&list, plan, node, vi);
    if (node->stage.known)
        add_stage(&list, node, vi);
    add_generation(&list, &node->options, vi);
    add_build(&list, plan, node, vi);
    return list.n;
}
