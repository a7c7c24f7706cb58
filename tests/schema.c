// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/schema.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

// Where the check has come to.
struct place {
    const json_t *document;
    char path[160];
    char *why;
};

static bool fault(const struct place *place, const char *words, const char *what)
{
    snprintf(place->why, SCHEMA_WHY_LEN, "%s: %s %.60s", *place->path ? place->path : "/", words,
             what);
    return false;
}

const json_t *schema_resolve(const json_t *document, const json_t *value)
{
    char path[160];
    const char *ref = json_string_value(json_object_get(value, "$ref"));
    if (!ref)
        return value;
    if (strncmp(ref, "#/", 2) != 0)
        return NULL;
    snprintf(path, sizeof path, "%s", ref + 2);
    char *rest = NULL;
    for (char *part = strtok_r(path, "/", &rest); part; part = strtok_r(NULL, "/", &rest))
        document = json_object_get(document, part);
    return document;
}

static bool has_type(const json_t *value, const char *type)
{
    if (!strcmp(type, "number"))
        return json_is_number(value);
    if (!strcmp(type, "integer"))
        return json_is_integer(value);
    if (!strcmp(type, "boolean"))
        return json_is_boolean(value);
    if (!strcmp(type, "string"))
        return json_is_string(value);
    if (!strcmp(type, "null"))
        return json_is_null(value);
    return !strcmp(type, "object") ? json_is_object(value)
                                   : !strcmp(type, "array") && json_is_array(value);
}

static bool check_type(const struct place *place, const json_t *schema, const json_t *value)
{
    const json_t *type = json_object_get(schema, "type"), *one;
    size_t i;
    if (json_is_string(type))
        return has_type(value, json_string_value(type)) ||
               fault(place, "is no", json_string_value(type));
    json_array_foreach(type, i, one) if (has_type(value, json_string_value(one))) return true;
    return fault(place, "is of none of the types", "");
}

static bool check_enum(const struct place *place, const json_t *schema, const json_t *value)
{
    const json_t *list = json_object_get(schema, "enum"), *one;
    size_t i;
    json_array_foreach(list, i, one) if (json_equal(one, value)) return true;
    return !list || fault(place, "is not one of the enum:", json_string_value(value));
}

static bool check(const struct place *place, const json_t *schema, const json_t *value);

static bool check_object(const struct place *place, const json_t *schema, json_t *value)
{
    const json_t *properties = json_object_get(schema, "properties"), *name;
    const char *key;
    json_t *member;
    size_t i;
    json_array_foreach(json_object_get(schema, "required"), i, name)
    {
        if (!json_object_get(value, json_string_value(name)))
            return fault(place, "lacks", json_string_value(name));
    }
    json_object_foreach(value, key, member)
    {
        struct place below = *place;
        const json_t *property = json_object_get(properties, key);
        snprintf(below.path, sizeof below.path, "%.120s/%.36s", place->path, key);
        if (!property)
            return fault(place, "has what is not described:", key);
        if (!check(&below, property, member))
            return false;
    }
    return true;
}

static bool check_array(const struct place *place, const json_t *schema, const json_t *value)
{
    const json_t *items = json_object_get(schema, "items"), *item;
    size_t i;
    if (!items)
        return fault(place, "is an array without a schema of its", "items");
    json_array_foreach(value, i, item)
    {
        struct place below = *place;
        snprintf(below.path, sizeof below.path, "%.120s/%zu", place->path, i);
        if (!check(&below, items, item))
            return false;
    }
    return true;
}

static bool check_keywords(const struct place *place, const json_t *schema)
{
    static const char *const known[] = {"type",     "enum",  "properties",
                                        "required", "items", "description"};
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)schema, key, value)
    {
        size_t i = 0;
        while (i < sizeof known / sizeof *known && strcmp(known[i], key) != 0)
            i++;
        if (i == sizeof known / sizeof *known)
            return fault(place, "has a schema with a keyword that is not known:", key);
    }
    return json_object_get(schema, "type") || fault(place, "has a schema without", "type");
}

static bool check(const struct place *place, const json_t *schema, const json_t *value)
{
    schema = schema_resolve(place->document, schema);
    if (!schema)
        return fault(place, "has a schema that refers to", "nothing");
    if (!check_keywords(place, schema) || !check_type(place, schema, value) ||
        !check_enum(place, schema, value))
        return false;
    if (json_is_object(value))
        return check_object(place, schema, (json_t *)(uintptr_t)value);
    return !json_is_array(value) || check_array(place, schema, value);
}

bool schema_fits(const json_t *document, const json_t *schema, const json_t *value,
                 char why[static SCHEMA_WHY_LEN])
{
    const struct place place = {.document = document, .why = why};
    return check(&place, schema, value);
}
