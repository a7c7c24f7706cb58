// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a JSON value is as a schema says: the part of JSON Schema that the API's description
// uses. Stricter in one thing: a property that the schema does not name is a fault, so that the
// description cannot lag behind.
#ifndef PHUTAI_TESTS_SCHEMA_H
#define PHUTAI_TESTS_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>

enum { SCHEMA_WHY_LEN = 320 };

// What a "$ref" of the document points at; the value itself where it is none. NULL where it points
// at nothing.
const json_t *schema_resolve(const json_t *document, const json_t *value);

// False with the first fault and where it is in `why`. A keyword that is not known is a fault too.
bool schema_fits(const json_t *document, const json_t *schema, const json_t *value,
                 char why[static SCHEMA_WHY_LEN]);

#endif
