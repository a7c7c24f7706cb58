// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/export_heading.h"

#include <stdlib.h>
#include <string.h>

#include "config/fold.h"
#include "daemon/export_number.h"

// Without marks, as fold_plain gives them: exports write them with and without.
static const struct known {
    const char *name;
    enum export_meaning meaning;
    bool vietnamese;
} known[] = {
    {"time", EXPORT_MEANS_TIME, false},
    {"timestamp", EXPORT_MEANS_TIME, false},
    {"datetime", EXPORT_MEANS_TIME, false},
    {"date time", EXPORT_MEANS_TIME, false},
    {"date/time", EXPORT_MEANS_TIME, false},
    {"thoi gian", EXPORT_MEANS_TIME, true},
    {"thoi diem", EXPORT_MEANS_TIME, true},
    {"ngay gio", EXPORT_MEANS_TIME, true},
    {"ngay, gio", EXPORT_MEANS_TIME, true},
    {"ngay/gio", EXPORT_MEANS_TIME, true},
    {"gio ngay", EXPORT_MEANS_TIME, true},
    {"date", EXPORT_MEANS_DATE, false},
    {"day", EXPORT_MEANS_DATE, false},
    {"ngay", EXPORT_MEANS_DATE, true},
    {"ngay thang", EXPORT_MEANS_DATE, true},
    {"hour", EXPORT_MEANS_HOUR, false},
    {"gio", EXPORT_MEANS_HOUR, true},
    {"zone", EXPORT_MEANS_ZONE, false},
    {"khu cong nghiep", EXPORT_MEANS_ZONE, true},
    {"ten khu cong nghiep", EXPORT_MEANS_ZONE, true},
    {"kcn", EXPORT_MEANS_ZONE, true},
    {"ten kcn", EXPORT_MEANS_ZONE, true},
    {"meter", EXPORT_MEANS_METER, false},
    {"cong to", EXPORT_MEANS_METER, true},
    {"so cong to", EXPORT_MEANS_METER, true},
    {"ma cong to", EXPORT_MEANS_METER, true},
    {"diem do", EXPORT_MEANS_METER, true},
    {"ma diem do", EXPORT_MEANS_METER, true},
    {"ten diem do", EXPORT_MEANS_METER, true},
    {"load", EXPORT_MEANS_LOAD, false},
    {"power", EXPORT_MEANS_LOAD, false},
    {"demand", EXPORT_MEANS_LOAD, false},
    {"energy", EXPORT_MEANS_LOAD, false},
    {"p", EXPORT_MEANS_LOAD, false},
    {"mw", EXPORT_MEANS_LOAD, false},
    {"kw", EXPORT_MEANS_LOAD, false},
    {"mwh", EXPORT_MEANS_LOAD, false},
    {"kwh", EXPORT_MEANS_LOAD, false},
    {"cong suat", EXPORT_MEANS_LOAD, true},
    {"cong suat tac dung", EXPORT_MEANS_LOAD, true},
    {"phu tai", EXPORT_MEANS_LOAD, true},
    {"san luong", EXPORT_MEANS_LOAD, true},
    {"dien nang", EXPORT_MEANS_LOAD, true},
    {"dien nang tac dung", EXPORT_MEANS_LOAD, true},
    {"station", EXPORT_MEANS_STATION, false},
    {"tram khi tuong", EXPORT_MEANS_STATION, true},
    {"temp_c", EXPORT_MEANS_TEMP, false},
    {"temp", EXPORT_MEANS_TEMP, false},
    {"temperature", EXPORT_MEANS_TEMP, false},
    {"nhiet do", EXPORT_MEANS_TEMP, true},
    {"rh_pct", EXPORT_MEANS_HUMIDITY, false},
    {"rh", EXPORT_MEANS_HUMIDITY, false},
    {"humidity", EXPORT_MEANS_HUMIDITY, false},
    {"do am", EXPORT_MEANS_HUMIDITY, true},
    {"do am tuong doi", EXPORT_MEANS_HUMIDITY, true},
    {"origin", EXPORT_MEANS_ORIGIN, false},
    {"line", EXPORT_MEANS_NO_DATA, false},
    {"reason", EXPORT_MEANS_NO_DATA, false},
    {"no", EXPORT_MEANS_NO_DATA, false},
    {"no.", EXPORT_MEANS_NO_DATA, false},
    {"stt", EXPORT_MEANS_NO_DATA, true},
};

static bool is_sign(char c)
{
    return c && strchr(" _,/-:;\n\t", c);
}

// Cuts a closing bracket and what is in it off the end; the unit in it.
static bool cut_bracket(char *name, enum config_unit *ret)
{
    const size_t n = strlen(name);
    char *open = strrchr(name, n && name[n - 1] == ']' ? '[' : '(');
    if (!n || !strchr(")]", name[n - 1]) || !open)
        return false;
    name[n - 1] = '\0';
    *ret = export_unit(open + 1);
    *open = '\0';
    return true;
}

// "load_mw", "Công suất, kW", "kW": the unit is the last word, and stays the name where it is all.
static enum config_unit cut_word(char *name)
{
    size_t at = strlen(name);
    while (at > 0 && !is_sign(name[at - 1]))
        at--;
    const enum config_unit unit = export_unit(name + at);
    if (unit != CONFIG_UNIT_AUTO && at > 0)
        name[at] = '\0';
    return unit;
}

static void trim(char *name)
{
    size_t n = strlen(name);
    while (n > 0 && is_sign(name[n - 1]))
        name[--n] = '\0';
}

static void find_meaning(struct export_heading *heading, const char *plain,
                         enum config_folder_kind kind)
{
    // A substation's where loads are, a weather station's where temperatures are.
    const bool tram = !strcmp(plain, "tram") || !strcmp(plain, "ten tram");
    heading->plain_load = !strcmp(plain, "load");
    if (tram) {
        heading->vietnamese = true;
        heading->meaning = kind == CONFIG_FOLDER_WEATHER ? EXPORT_MEANS_STATION : EXPORT_MEANS_ZONE;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(known[i].name, plain)) {
            heading->meaning = known[i].meaning;
            heading->vietnamese = known[i].vietnamese;
        }
}

bool export_heading_read(const char *cell, enum config_folder_kind kind, struct export_heading *ret)
{
    *ret = (struct export_heading){.whole = fold_name(cell), .name = fold_name(cell)};
    if (!ret->whole || !ret->name) {
        export_heading_done(ret);
        return false;
    }
    if (!cut_bracket(ret->name, &ret->unit))
        ret->unit = cut_word(ret->name);
    trim(ret->name);
    char *plain = fold_plain(ret->name), *whole = fold_plain(cell);
    const bool good = plain && whole;
    if (good)
        find_meaning(ret, plain, kind);
    // "temp_c" and "rh_pct" are names as a whole.
    if (good && ret->meaning == EXPORT_MEANS_NOTHING)
        find_meaning(ret, whole, kind);
    free(plain);
    free(whole);
    if (!good)
        export_heading_done(ret);
    return good;
}

void export_heading_done(struct export_heading *heading)
{
    free(heading->whole);
    free(heading->name);
    heading->whole = heading->name = NULL;
}

bool export_heading_is(const struct export_heading *heading, const char *key)
{
    char *folded = fold_name(key);
    const bool is = folded && (!strcmp(heading->whole, folded) || !strcmp(heading->name, folded));
    free(folded);
    return is;
}
