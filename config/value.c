// SPDX-License-Identifier: GPL-3.0-or-later
#include "value.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "register.h"
#include "text.h"

static const struct {
    const char *name, *expected;
} types[] = {
    [KEY_TEXT] = {"text", "a text"},
    [KEY_PATH] = {"path", "a path"},
    [KEY_INTEGER] = {"whole number", "a whole number such as 5000"},
    [KEY_REAL] = {"number", "a number such as 0.5"},
    [KEY_DURATION] = {"duration", "a duration such as 30min, 24h or 1d12h"},
    [KEY_BYTES] = {"size", "a size such as 25MB"},
    [KEY_YES_NO] = {"yes or no", "yes or no"},
    [KEY_WINDOW] = {"hours of the day", "hours of the day such as 22:00-06:00"},
    [KEY_CHOICE] = {"choice", "one of the choices"},
};

struct number {
    int64_t whole;
    double real;
};

static bool is_number(const struct key *key)
{
    return key->type == KEY_INTEGER || key->type == KEY_REAL || key->type == KEY_DURATION ||
           key->type == KEY_BYTES;
}

static bool read_number(const struct key *key, const char *text, struct number *ret)
{
    bool good;
    if (key->type == KEY_REAL)
        return text_real(text, &ret->real);
    if (key->type == KEY_DURATION)
        good = text_duration(text, &ret->whole);
    else if (key->type == KEY_BYTES)
        good = text_bytes(text, &ret->whole);
    else
        good = text_integer(text, &ret->whole);
    if (good)
        ret->real = (double)ret->whole;
    return good;
}

static bool in_range(const struct key *key, const struct number *number)
{
    struct number least = {.real = number->real}, most = {.real = number->real};
    const bool bounds_read = (!key->least || read_number(key, key->least, &least)) &&
                             (!key->most || read_number(key, key->most, &most));
    assert(bounds_read);
    return bounds_read && number->real >= least.real && number->real <= most.real;
}

// " from A to B", " of at least A", " of at most B" or nothing.
static void describe_range(const struct key *key, char *ret, size_t size)
{
    const char *unit = key->unit ? key->unit : "";
    const char *space = key->unit ? " " : "";
    *ret = '\0';
    if (key->least && key->most)
        snprintf(ret, size, " from %s to %s%s%s", key->least, key->most, space, unit);
    else if (key->least || key->most)
        snprintf(ret, size, " of at %s %s%s%s", key->least ? "least" : "most",
                 key->least ? key->least : key->most, space, unit);
}

// "system or readings"
static void describe_choices(const struct key *key, char *ret, size_t size)
{
    size_t used = 0;
    *ret = '\0';
    for (size_t i = 0; key->choices[i] && used < size; i++) {
        const char *joint = i == 0 ? "" : key->choices[i + 1] ? ", " : " or ";
        used += (size_t)snprintf(ret + used, size - used, "%s%s", joint, key->choices[i]);
    }
}

void value_describe(const struct key *key, char ret[static VALUE_REASON_LEN])
{
    char range[80];
    if (key->type == KEY_CHOICE) {
        describe_choices(key, ret, VALUE_REASON_LEN);
        return;
    }
    describe_range(key, range, sizeof range);
    snprintf(ret, VALUE_REASON_LEN, "%s%s", types[key->type].name, range);
}

static void put_number(const struct key *key, const struct number *number, void *place)
{
    if (key->type == KEY_REAL)
        *(double *)place = number->real;
    else
        *(int64_t *)place = number->whole;
}

static bool put_choice(const struct key *key, const char *text, void *place,
                       char ret_reason[static VALUE_REASON_LEN])
{
    for (unsigned i = 0; key->choices[i]; i++)
        if (!strcmp(text, key->choices[i])) {
            memcpy(place, &i, sizeof i);
            return true;
        }
    char choices[VALUE_REASON_LEN - 16];
    describe_choices(key, choices, sizeof choices);
    snprintf(ret_reason, VALUE_REASON_LEN, "must be %s", choices);
    return false;
}

static bool put_yes_no(const char *text, bool *place, char ret_reason[static VALUE_REASON_LEN])
{
    const bool yes = !strcmp(text, "yes");
    if (!yes && strcmp(text, "no") != 0) {
        snprintf(ret_reason, VALUE_REASON_LEN, "must be %s", types[KEY_YES_NO].expected);
        return false;
    }
    *place = yes;
    return true;
}

static bool put_window(const char *text, int32_t place[static 2],
                       char ret_reason[static VALUE_REASON_LEN])
{
    if (register_window(text, &place[0], &place[1]))
        return true;
    snprintf(ret_reason, VALUE_REASON_LEN, "not %s", types[KEY_WINDOW].expected);
    return false;
}

static bool put_text(const char *prefix, const char *text, char **place,
                     char ret_reason[static VALUE_REASON_LEN])
{
    char *copy = NULL;
    if (asprintf(&copy, "%s%s", prefix, text) < 0) {
        snprintf(ret_reason, VALUE_REASON_LEN, "out of memory");
        return false;
    }
    free(*place);
    *place = copy;
    return true;
}

bool value_put(const struct key *key, const char *text, const char *folder, void *base,
               char ret_reason[static VALUE_REASON_LEN])
{
    void *place = (char *)base + key->offset;
    struct number number;
    if (!*text) {
        snprintf(ret_reason, VALUE_REASON_LEN, "must not be empty");
        return false;
    }
    if (is_number(key) && !read_number(key, text, &number)) {
        snprintf(ret_reason, VALUE_REASON_LEN, "not %s", types[key->type].expected);
        return false;
    }
    if (is_number(key) && !in_range(key, &number)) {
        char range[80];
        describe_range(key, range, sizeof range);
        snprintf(ret_reason, VALUE_REASON_LEN, "must be%s", range);
        return false;
    }
    if (key->check && !key->check(text)) {
        snprintf(ret_reason, VALUE_REASON_LEN, "must be %s", key->expects);
        return false;
    }
    if (is_number(key)) {
        put_number(key, &number, place);
        return true;
    }
    if (key->type == KEY_CHOICE)
        return put_choice(key, text, place, ret_reason);
    if (key->type == KEY_YES_NO)
        return put_yes_no(text, place, ret_reason);
    if (key->type == KEY_WINDOW)
        return put_window(text, place, ret_reason);
    const bool relative = key->type == KEY_PATH && *text != '/';
    return put_text(relative ? folder : "", text, place, ret_reason);
}

void value_begin(const struct key *key, void *base)
{
    if (key->type == KEY_REAL)
        *(double *)((char *)base + key->offset) = NAN;
}

void value_clear(const struct key *key, void *base)
{
    if (key->type != KEY_TEXT && key->type != KEY_PATH)
        return;
    char **place = (char **)((char *)base + key->offset);
    free(*place);
    *place = NULL;
}
