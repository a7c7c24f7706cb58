// SPDX-License-Identifier: GPL-3.0-or-later
#include "alert_samples.h"

#include <math.h>
#include <string.h>

const struct civil_clock alert_samples_clock = {.offset_s = 7 * 3600};

static int64_t day_of(int year, int month, int day)
{
    return civil_day_from_date((struct civil_date){year, month, day});
}

// By the clock of Hà Nội in 2024.
static int64_t instant_of(int month, int day, int hour, int minute)
{
    return day_of(2024, month, day) * CIVIL_DAY_S + (hour - 7) * 3600 + minute * 60;
}

struct alert_facts alert_samples_unknown(enum config_alert_on on)
{
    return (struct alert_facts){.on = on,
                                .subject = "yen-lu",
                                .name = "Khu công nghiệp Yên Lư",
                                .substation = "",
                                .known = true,
                                .call = ALERT_EMERGENCY,
                                .value = NAN,
                                .limit = NAN,
                                .limit_mw = NAN,
                                .per_cent = NAN,
                                .limit_day = CONFIG_NO_DAY,
                                .day = CONFIG_NO_DAY,
                                .hour_from = -1,
                                .hour_to = -1,
                                .peak_mw = NAN,
                                .over_mw = NAN,
                                .poe10_mw = NAN,
                                .cause = {NAN, NAN, NAN, NAN},
                                .growth = NAN,
                                .entry_mw = NAN};
}

static void limit_to(struct alert_facts *f, double mw, double per_cent)
{
    f->limit_mw = mw;
    f->per_cent = per_cent;
    f->limit = mw * per_cent / 100;
    f->substation = "35 kV E7.12 + E7.19";
    f->limit_day = day_of(2021, 2, 23);
}

static void add_day(struct alert_facts *f, int month, int day, double p)
{
    f->days[f->n_days++] = (struct alert_day){day_of(2024, month, day), p};
    f->day = day_of(2024, month, day);
}

struct alert_facts alert_samples_peak(void)
{
    struct alert_facts f = alert_samples_unknown(CONFIG_ALERT_PEAK);
    f.value = 0.8;
    limit_to(&f, 25, 100);
    add_day(&f, 6, 6, 0.8);
    f.hour_from = 13;
    f.hour_to = 16;
    f.peak_mw = 27.46;
    f.over_mw = 4.5;
    f.cause = (struct day_cause){38, 35, 6, 2.5};
    f.growth = 0.12;
    f.next = instant_of(6, 5, 14, 30);
    return f;
}

struct alert_facts alert_samples_watched_peak(void)
{
    struct alert_facts f = alert_samples_peak();
    limit_to(&f, 25, 90);
    f.value = 0.97;
    f.n_days = 0;
    add_day(&f, 6, 7, 0.4);
    add_day(&f, 6, 5, 0.6);
    add_day(&f, 6, 6, 0.84);
    f.cause = (struct day_cause){NAN, NAN, NAN, 12};
    f.growth = 1.5;
    return f;
}

struct alert_facts alert_samples_given_peak(void)
{
    struct alert_facts f = alert_samples_peak();
    f.limit_given = true;
    f.name = "Khu công nghiệp Hòa Phú mở rộng (giai đoạn 1)";
    limit_to(&f, 120, 110);
    f.peak_mw = 131.2;
    f.n_days = 0;
    for (int day = 28; day <= 31; day++)
        add_day(&f, 5, day, 0.1);
    add_day(&f, 6, 1, 0.1);
    add_day(&f, 6, 4, 0.3);
    f.value = 0.45;
    f.cause = (struct day_cause){39.4, NAN, NAN, NAN};
    f.growth = NAN;
    return f;
}

struct alert_facts alert_samples_calm_peak(void)
{
    struct alert_facts f = alert_samples_peak();
    f.call = ALERT_NONE;
    f.value = 0.004;
    f.peak_mw = 19;
    return f;
}

struct alert_facts alert_samples_season(void)
{
    struct alert_facts f = alert_samples_unknown(CONFIG_ALERT_SEASON);
    f.value = 0.45;
    limit_to(&f, 25, 100);
    add_day(&f, 6, 3, NAN);
    add_day(&f, 6, 28, NAN);
    f.day = day_of(2024, 6, 15);
    f.hour_from = 13;
    f.hour_to = 15;
    f.peak_mw = 24.6;
    f.poe10_mw = 28.2;
    f.over_mw = 3.2;
    f.growth = 0.18;
    strcpy(f.season, "2024-summer");
    f.next = instant_of(6, 12, 6, 0);
    return f;
}

struct alert_facts alert_samples_load(void)
{
    struct alert_facts f = alert_samples_unknown(CONFIG_ALERT_LOAD);
    f.name = "Bắc Giang";
    f.subject = "total";
    f.value = 1166;
    limit_to(&f, 1150, 100);
    f.substation = "";
    f.since = instant_of(6, 5, 13, 30);
    return f;
}

struct alert_facts alert_samples_calm_load(void)
{
    struct alert_facts f = alert_samples_load();
    f.call = ALERT_NONE;
    f.value = 1020;
    return f;
}

struct alert_facts alert_samples_readings(void)
{
    struct alert_facts f = alert_samples_unknown(CONFIG_ALERT_READINGS);
    f.value = 3.5 * 3600;
    f.limit = 2 * 3600;
    f.since = instant_of(6, 5, 10, 30);
    f.next = instant_of(6, 5, 14, 30);
    return f;
}

struct alert_facts alert_samples_calm_readings(void)
{
    struct alert_facts f = alert_samples_readings();
    f.call = ALERT_NONE;
    f.value = 600;
    f.since = instant_of(6, 5, 14, 0);
    return f;
}

struct alert_facts alert_samples_no_readings(void)
{
    struct alert_facts f = alert_samples_readings();
    f.value = NAN;
    f.since = 0;
    return f;
}

struct alert_facts alert_samples_weather(void)
{
    struct alert_facts f = alert_samples_readings();
    f.on = CONFIG_ALERT_WEATHER;
    f.subject = "lang";
    f.name = "trạm Láng";
    f.value = 29 * 3600;
    f.limit = 86400;
    f.since = instant_of(6, 4, 9, 0);
    return f;
}

struct alert_facts alert_samples_calm_weather(void)
{
    struct alert_facts f = alert_samples_weather();
    f.call = ALERT_NONE;
    return f;
}

struct alert_facts alert_samples_skill(void)
{
    struct alert_facts f = alert_samples_unknown(CONFIG_ALERT_SKILL);
    f.value = -0.14;
    f.score_days = 14;
    f.next = instant_of(6, 6, 2, 0);
    return f;
}

struct alert_facts alert_samples_calm_skill(void)
{
    struct alert_facts f = alert_samples_skill();
    f.call = ALERT_NONE;
    f.value = 0.22;
    return f;
}

struct alert_facts alert_samples_sink(void)
{
    struct alert_facts f = alert_samples_unknown(CONFIG_ALERT_SINK);
    f.subject = f.name = "victoria-metrics grid";
    f.value = 50 * 60;
    f.limit = 15 * 60;
    f.since = instant_of(6, 5, 13, 10);
    strcpy(f.detail, "could not connect to server.");
    return f;
}

struct alert_facts alert_samples_calm_sink(void)
{
    struct alert_facts f = alert_samples_sink();
    f.call = ALERT_NONE;
    return f;
}

struct alert_facts alert_samples_entries(void)
{
    struct alert_facts f = alert_samples_unknown(CONFIG_ALERT_REGISTER);
    f.value = 2;
    f.limit = 0;
    f.day = day_of(2024, 6, 10);
    f.entry_mw = 25;
    strcpy(f.detail, "Sunwoda chạy dây chuyền pin số 2 (Nguyễn Văn An)");
    return f;
}

struct alert_facts alert_samples_calm_entries(void)
{
    struct alert_facts f = alert_samples_entries();
    f.call = ALERT_NONE;
    f.value = 0;
    return f;
}

struct alert_facts alert_samples_no_peak(void)
{
    return alert_samples_unknown(CONFIG_ALERT_PEAK);
}

struct alert_facts alert_samples_calm_season(void)
{
    struct alert_facts f = alert_samples_season();
    f.call = ALERT_NONE;
    f.value = 0.06;
    f.poe10_mw = 24.4;
    return f;
}

// What is left of an alert whose rule was deleted.
struct alert_facts alert_samples_gone(void)
{
    struct alert_facts f = alert_samples_peak();
    f.known = false;
    return f;
}

int64_t alert_samples_now(void)
{
    return instant_of(6, 5, 14, 0);
}
