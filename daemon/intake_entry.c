// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/intake_entry.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "config/text.h"
#include "daemon/utf8.h"

enum { NS_PER_S = 1000000000, SHOWN_MAX = 60 };

struct reading {
    struct intake_entry *ret;
    char *reason;
};

// Keeps the first reason. Always false.
[[gnu::format(printf, 2, 3)]] static bool refuse(struct reading *r, const char *format, ...)
{
    va_list args;
    if (*r->reason)
        return false;
    va_start(args, format);
    vsnprintf(r->reason, INTAKE_ENTRY_REASON_MAX, format, args);
    va_end(args);
    for (char *c = r->reason; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
    for (size_t n = strlen(r->reason); !utf8_valid(r->reason, n);)
        r->reason[--n] = '\0';
    return false;
}

// How many bytes of a text to show: whole characters.
static int shown(const char *text, size_t length)
{
    if (length <= SHOWN_MAX)
        return (int)length;
    length = SHOWN_MAX;
    while (length > 0 && (text[length] & 0xc0) == 0x80)
        length--;
    return (int)length;
}

static bool copy(struct reading *r, enum register_column column, struct lineproto_text text)
{
    char *to = r->ret->text[column];
    if (text.length >= sizeof r->ret->text[column] || memchr(text.data, '\0', text.length))
        return refuse(r, "%s is too long, or has a NUL in it", register_column_name(column));
    memcpy(to, text.data, text.length);
    to[text.length] = '\0';
    return true;
}

static bool is_named(struct lineproto_text key, enum register_column column)
{
    return lineproto_equal(key, register_column_name(column));
}

static bool take_tags(struct reading *r, const struct lineproto_point *point)
{
    bool good = true;
    for (size_t i = 0; i < point->n_tags; i++) {
        const struct lineproto_tag *tag = &point->tags[i];
        if (is_named(tag->key, REGISTER_KIND))
            good &= copy(r, REGISTER_KIND, tag->value);
        else if (is_named(tag->key, REGISTER_AUTHOR))
            good &= copy(r, REGISTER_AUTHOR, tag->value);
    }
    return good;
}

static bool take_number(struct reading *r, enum register_column column,
                        const struct lineproto_field *field)
{
    if (field->type == LINEPROTO_STRING || field->type == LINEPROTO_BOOL)
        return refuse(r, "%s is not a number", register_column_name(column));
    text_write_real(field->real, r->ret->text[column]);
    return true;
}

static bool take_field(struct reading *r, const struct lineproto_field *field)
{
    static const enum register_column numbers[] = {REGISTER_MW, REGISTER_FACTOR,
                                                   REGISTER_PROBABILITY};
    static const enum register_column strings[] = {REGISTER_FROM,   REGISTER_TO,   REGISTER_RAMP,
                                                   REGISTER_HOURS,  REGISTER_INTO, REGISTER_NOTE,
                                                   REGISTER_EXPIRES};
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
        if (is_named(field->key, numbers[k]))
            return take_number(r, numbers[k], field);
    for (size_t k = 0; k < sizeof strings / sizeof *strings; k++)
        if (is_named(field->key, strings[k]))
            return field->type == LINEPROTO_STRING
                       ? copy(r, strings[k], field->string)
                       : refuse(r, "%s is not a string", register_column_name(strings[k]));
    return refuse(r, "unknown field \"%.*s\"", shown(field->key.data, field->key.length),
                  field->key.data);
}

// What an entry holds from is its timestamp, as local time, unless a field says it.
static bool take_time(struct reading *r, const struct civil_clock *clock,
                      const struct lineproto_point *point)
{
    char *from = r->ret->text[REGISTER_FROM];
    if (*from)
        return true;
    if (!point->has_time)
        return refuse(r, "no field from and no timestamp");
    const int64_t local = civil_local(clock, point->time_ns / NS_PER_S);
    if (local < TEXT_TIME_MIN || local > TEXT_TIME_MAX)
        return refuse(r, "the timestamp is no time");
    text_write_time(local, TEXT_NO_OFFSET, from);
    return true;
}

static bool take_fault(void *context, enum register_column column, const char *value,
                       const char *expected)
{
    return refuse(context, "%s \"%.*s\": %s", register_column_name(column),
                  shown(value, strlen(value)), value, expected);
}

bool intake_entry_read(const struct config *config, const struct civil_clock *clock,
                       const char *zone, const struct lineproto_point *point,
                       struct intake_entry *ret, char ret_reason[static INTAKE_ENTRY_REASON_MAX])
{
    struct reading r = {.ret = ret, .reason = ret_reason};
    const char *field[REGISTER_COLUMNS];
    *ret_reason = '\0';
    for (int k = 0; k < REGISTER_COLUMNS; k++) {
        ret->text[k][0] = '\0';
        field[k] = ret->text[k];
    }
    field[REGISTER_ZONE] = zone;
    bool good = take_tags(&r, point);
    for (size_t i = 0; i < point->n_fields; i++)
        good &= take_field(&r, &point->fields[i]);
    good = good && take_time(&r, clock, point);
    return good && register_parse(config, field, take_fault, &r, &ret->entry);
}
