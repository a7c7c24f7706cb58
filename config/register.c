// SPDX-License-Identifier: GPL-3.0-or-later
#include "register.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_errors.h"
#include "hash.h"
#include "table.h"
#include "text.h"

enum { ROWS_MAX = 10000, DAY_S = 86400, HOUR_S = 3600, MINUTE_S = 60 };
static const double mw_most = 1e5, factor_most = 100;

static const char *const columns[REGISTER_COLUMNS] = {
    [REGISTER_ID] = "?id",
    [REGISTER_ZONE] = "zone",
    [REGISTER_KIND] = "kind",
    [REGISTER_MW] = "?mw",
    [REGISTER_FACTOR] = "?factor",
    [REGISTER_FROM] = "from",
    [REGISTER_TO] = "?to",
    [REGISTER_RAMP] = "?ramp",
    [REGISTER_PROBABILITY] = "?probability",
    [REGISTER_HOURS] = "?hours",
    [REGISTER_INTO] = "?into",
    [REGISTER_AUTHOR] = "author",
    [REGISTER_NOTE] = "?note",
    [REGISTER_EXPIRES] = "?expires",
};

static const char *const kinds[] = {
    [CONFIG_ENTRY_LINE] = "line",
    [CONFIG_ENTRY_SHUTDOWN] = "shutdown",
    [CONFIG_ENTRY_MAINTENANCE] = "maintenance",
    [CONFIG_ENTRY_SHIFT] = "shift",
    [CONFIG_ENTRY_DEMAND_RESPONSE] = "demand-response",
    [CONFIG_ENTRY_OVERRIDE] = "override",
    [CONFIG_ENTRY_MASK] = "mask",
};

const char *register_column_name(enum register_column column)
{
    return columns[column] + (*columns[column] == '?');
}

const char *register_kind_name(enum config_entry_kind kind)
{
    return kinds[kind];
}

bool register_kind(const char *text, enum config_entry_kind *ret)
{
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        if (!strcmp(text, kinds[k])) {
            *ret = (enum config_entry_kind)k;
            return true;
        }
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// "17:30", at most "24:00".
static bool read_clock(const char text[static 5], int32_t *ret_s)
{
    if (!is_digit(text[0]) || !is_digit(text[1]) || text[2] != ':' || !is_digit(text[3]) ||
        !is_digit(text[4]) || text[3] > '5')
        return false;
    *ret_s = ((text[0] - '0') * 10 + text[1] - '0') * HOUR_S +
             ((text[3] - '0') * 10 + text[4] - '0') * MINUTE_S;
    return *ret_s <= DAY_S;
}

bool register_window(const char *text, int32_t *ret_from_s, int32_t *ret_to_s)
{
    int32_t from_s, to_s;
    if (strlen(text) != REGISTER_WINDOW_LEN - 1 || text[5] != '-' || !read_clock(text, &from_s) ||
        !read_clock(text + 6, &to_s) || from_s == to_s || from_s == DAY_S)
        return false;
    *ret_from_s = from_s;
    *ret_to_s = to_s;
    return true;
}

void register_write_window(int32_t from_s, int32_t to_s, char ret[static REGISTER_WINDOW_LEN])
{
    const unsigned from = (unsigned)from_s / MINUTE_S % 1500, to = (unsigned)to_s / MINUTE_S % 1500;
    snprintf(ret, REGISTER_WINDOW_LEN, "%02u:%02u-%02u:%02u", from / 60 % 100, from % 60,
             to / 60 % 100, to % 60);
}

static bool read_time(const char *text, struct config_time *ret)
{
    ret->given = text_time(text, &ret->local_s, &ret->offset_s);
    return ret->given;
}

bool register_end(const char *text, struct config_time *ret)
{
    int64_t day;
    if (!text_date(text, &day))
        return read_time(text, ret);
    *ret = (struct config_time){true, (day + 1) * DAY_S, TEXT_NO_OFFSET};
    return true;
}

// An entry being read.
struct parsing {
    const struct config *config;
    const char *const *field;
    register_fault_fn *fault;
    void *context;
    struct config_entry entry;
};

static bool refuse(struct parsing *p, enum register_column column, const char *expected)
{
    p->fault(p->context, column, p->field[column], expected);
    return false;
}

static bool given(const struct parsing *p, enum register_column column)
{
    return *p->field[column];
}

static bool read_number(struct parsing *p, enum register_column column, double least, double most,
                        double *ret)
{
    char expected[64];
    if (!given(p, column))
        return true;
    if (!text_real(p->field[column], ret))
        return refuse(p, column, "not a number such as 2.5");
    if (*ret >= least && *ret <= most)
        return true;
    snprintf(expected, sizeof expected, "must be from %.0f to %.0f", least, most);
    return refuse(p, column, expected);
}

static bool read_what(struct parsing *p)
{
    struct config_entry *entry = &p->entry;
    entry->zone = config_zone_find(p->config, p->field[REGISTER_ZONE]);
    bool good = entry->zone != SIZE_MAX || refuse(p, REGISTER_ZONE, "no such zone");
    good &= register_kind(p->field[REGISTER_KIND], &entry->kind) ||
            refuse(p, REGISTER_KIND,
                   "must be line, shutdown, maintenance, shift, demand-response, override or mask");
    good &= read_number(p, REGISTER_MW, -mw_most, mw_most, &entry->mw);
    good &= read_number(p, REGISTER_FACTOR, 0, factor_most, &entry->factor);
    good &= read_number(p, REGISTER_PROBABILITY, 0, 1, &entry->probability);
    return good;
}

static bool read_when(struct parsing *p)
{
    struct config_entry *entry = &p->entry;
    bool good = read_time(p->field[REGISTER_FROM], &entry->from) ||
                refuse(p, REGISTER_FROM, "not a date or time such as 2024-06-01T08:00");
    good &= !given(p, REGISTER_TO) || register_end(p->field[REGISTER_TO], &entry->to) ||
            refuse(p, REGISTER_TO, "not a date or time such as 2024-06-30");
    good &= !given(p, REGISTER_EXPIRES) ||
            register_end(p->field[REGISTER_EXPIRES], &entry->expires) ||
            refuse(p, REGISTER_EXPIRES, "not a date or time such as 2024-06-30");
    good &= !given(p, REGISTER_RAMP) || text_duration(p->field[REGISTER_RAMP], &entry->ramp_s) ||
            refuse(p, REGISTER_RAMP, "not a duration such as 30d");
    good &= !given(p, REGISTER_HOURS) ||
            register_window(p->field[REGISTER_HOURS], &entry->hours_from_s, &entry->hours_to_s) ||
            refuse(p, REGISTER_HOURS, "not a window of the day such as 22:00-05:00");
    good &= !given(p, REGISTER_INTO) ||
            register_window(p->field[REGISTER_INTO], &entry->into_from_s, &entry->into_to_s) ||
            refuse(p, REGISTER_INTO, "not a window of the day such as 22:00-05:00");
    return good;
}

static bool read_who(struct parsing *p)
{
    const char *author = p->field[REGISTER_AUTHOR], *note = p->field[REGISTER_NOTE];
    bool good = *author || refuse(p, REGISTER_AUTHOR, "every entry is signed");
    good &= (strlen(author) <= REGISTER_AUTHOR_MAX && text_is_clean(author)) ||
            refuse(p, REGISTER_AUTHOR, "at most 100 bytes of UTF-8 without line breaks");
    good &= (strlen(note) <= REGISTER_NOTE_MAX && text_is_clean(note)) ||
            refuse(p, REGISTER_NOTE, "at most 1000 bytes of UTF-8 without line breaks");
    return good;
}

static bool check_amount(struct parsing *p)
{
    const struct config_entry *entry = &p->entry;
    const bool mw = given(p, REGISTER_MW), factor = given(p, REGISTER_FACTOR);
    switch (entry->kind) {
    case CONFIG_ENTRY_MASK:
        if (mw || factor)
            return refuse(p, mw ? REGISTER_MW : REGISTER_FACTOR, "a mask has none");
        return entry->probability == 1 || refuse(p, REGISTER_PROBABILITY, "a mask has none");
    case CONFIG_ENTRY_SHIFT:
    case CONFIG_ENTRY_OVERRIDE:
        if (factor)
            return refuse(p, REGISTER_FACTOR, "a shift or an override is given in mw");
        if (!mw)
            return refuse(p, REGISTER_MW, "missing");
        return entry->kind == CONFIG_ENTRY_SHIFT || entry->mw >= 0 ||
               refuse(p, REGISTER_MW, "of an override it is the load itself, 0 or more");
    default:
        if (mw == factor)
            return refuse(p, REGISTER_MW, "one of mw and factor must be given, and only one");
        if (entry->kind == CONFIG_ENTRY_SHUTDOWN && (mw ? entry->mw > 0 : entry->factor > 1))
            return refuse(p, mw ? REGISTER_MW : REGISTER_FACTOR,
                          "a shutdown takes load: mw below 0, or a factor below 1");
        return true;
    }
}

// Whether two windows of the day share a minute.
static bool overlap(const struct config_entry *entry)
{
    const int32_t length = (entry->hours_to_s - entry->hours_from_s + DAY_S) % DAY_S;
    const int32_t other = (entry->into_to_s - entry->into_from_s + DAY_S) % DAY_S;
    const int32_t gap = (entry->into_from_s - entry->hours_from_s + DAY_S) % DAY_S;
    return !length || !other || gap < length || gap + other > DAY_S;
}

static bool check_windows(struct parsing *p)
{
    const struct config_entry *entry = &p->entry;
    if (entry->kind != CONFIG_ENTRY_SHIFT)
        return !given(p, REGISTER_INTO) || refuse(p, REGISTER_INTO, "only a shift has it");
    if (!given(p, REGISTER_HOURS) || !given(p, REGISTER_INTO))
        return refuse(p, given(p, REGISTER_HOURS) ? REGISTER_INTO : REGISTER_HOURS,
                      "a shift needs both hours and into");
    return !overlap(entry) || refuse(p, REGISTER_INTO, "overlaps the hours that it takes from");
}

static bool check_order(struct parsing *p)
{
    const struct config_entry *entry = &p->entry;
    if (!entry->to.given)
        return true;
    const bool local = entry->from.offset_s == TEXT_NO_OFFSET;
    if (local != (entry->to.offset_s == TEXT_NO_OFFSET))
        return refuse(p, REGISTER_TO, "from and to: both with an offset, or both without");
    const int64_t from = entry->from.local_s - (local ? 0 : entry->from.offset_s);
    const int64_t to = entry->to.local_s - (local ? 0 : entry->to.offset_s);
    return to > from || refuse(p, REGISTER_TO, "must be after from");
}

static uint64_t key_of(size_t n, const char *const texts[])
{
    uint64_t key = HASH_START;
    for (size_t k = 0; k < n; k++)
        key = hash_text(key, texts[k]);
    return key | (uint64_t)1 << 63;
}

bool register_parse(const struct config *config, const char *const field[static REGISTER_COLUMNS],
                    register_fault_fn *fault, void *context, struct config_entry *ret)
{
    struct parsing p = {.config = config, .field = field, .fault = fault, .context = context};
    p.entry = (struct config_entry){
        .mw = NAN, .factor = NAN, .probability = 1, .hours_to_s = DAY_S, .into_to_s = 0};
    bool good = read_what(&p);
    good &= read_when(&p);
    good &= read_who(&p);
    // What no single field can know is looked at once each is right.
    if (good) {
        good = check_amount(&p);
        good &= check_windows(&p);
        good &= check_order(&p);
    }
    if (!good)
        return false;
    const bool named = given(&p, REGISTER_ID);
    p.entry.key = named ? key_of(1, field + REGISTER_ID) : key_of(REGISTER_COLUMNS, field);
    // Read only, as all of the configuration.
    memcpy(&p.entry.id, &field[REGISTER_ID], sizeof p.entry.id);
    memcpy(&p.entry.author, &field[REGISTER_AUTHOR], sizeof p.entry.author);
    memcpy(&p.entry.note, &field[REGISTER_NOTE], sizeof p.entry.note);
    *ret = p.entry;
    return true;
}

// A file being read.
struct file {
    struct config *config;
    struct config_errors *errors;
    const char *path;
    unsigned long line;
    bool good;
};

static bool note_fault(void *context, enum register_column column, const char *value,
                       const char *expected)
{
    struct file *file = context;
    return config_errors_add(file->errors, file->path, file->line, "%s \"%.*s\": %s",
                             register_column_name(column), config_errors_shown(value), value,
                             expected);
}

static void free_texts(struct config_entry *entry)
{
    free(entry->id);
    free(entry->author);
    free(entry->note);
}

static bool keep(struct file *file, struct config_entry entry)
{
    struct config *config = file->config;
    for (size_t k = 0; k < config->n_entries; k++)
        if (config->entries[k].key == entry.key)
            return config_errors_add(file->errors, file->path, file->line,
                                     *entry.id ? "id \"%s\": stands already on line %lu"
                                               : "%sthe same entry stands already on line %lu",
                                     entry.id, config->entries[k].line);
    struct config_entry *grown =
        realloc(config->entries, (config->n_entries + 1) * sizeof *config->entries);
    config->entries = grown ? grown : config->entries;
    entry.line = file->line;
    entry.id = strdup(entry.id);
    entry.author = strdup(entry.author);
    entry.note = strdup(entry.note);
    if (grown && entry.id && entry.author && entry.note) {
        grown[config->n_entries++] = entry;
        return true;
    }
    free_texts(&entry);
    return config_errors_add(file->errors, file->path, 0, "out of memory");
}

// table_read's call: a bad row is noted and the rest is read for more faults.
static bool take_row(void *context, const struct table_row *row)
{
    struct file *file = context;
    struct config_entry entry;
    bool good = true;
    file->line = row->line;
    for (int k = 0; k < REGISTER_COLUMNS && good; k++)
        if (!text_is_clean(row->field[k]))
            good = config_errors_add(file->errors, file->path, row->line,
                                     "%s: not text in UTF-8, or a line break in it",
                                     register_column_name((enum register_column)k));
    if (row->excess > 0)
        good = config_errors_add(file->errors, file->path, row->line,
                                 "more fields than the header has: a text with a comma must "
                                 "stand in quotes");
    if (file->config->n_entries == ROWS_MAX)
        good = config_errors_add(file->errors, file->path, row->line, "more than 10000 rows");
    good = good && register_parse(file->config, row->field, note_fault, file, &entry) &&
           keep(file, entry);
    file->good &= good;
    return file->config->n_entries < ROWS_MAX || good;
}

bool register_read(struct config *config, const char *path, struct config_errors *errors)
{
    char error[256];
    struct file file = {.config = config, .errors = errors, .path = path, .good = true};
    const enum table_status status =
        table_read(path, REGISTER_COLUMNS, columns, take_row, &file, error);
    if (status != TABLE_OK && status != TABLE_STOPPED)
        return config_errors_add(errors, NULL, 0, "%s", error);
    return file.good;
}

void register_free(struct config *config)
{
    for (size_t k = 0; k < config->n_entries; k++)
        free_texts(&config->entries[k]);
    free(config->entries);
    config->entries = NULL;
    config->n_entries = 0;
}
