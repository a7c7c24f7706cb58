// SPDX-License-Identifier: GPL-3.0-or-later
// What the readers of registry files share.
#ifndef PHUTAI_CONFIG_REGISTRY_INTERNAL_H
#define PHUTAI_CONFIG_REGISTRY_INTERNAL_H

#include "registry.h"
#include "table.h"

// A file being read.
struct registry {
    struct config *config;
    struct config_errors *errors;
    const char *path;
    bool good;
    bool stop; // out of memory: what is there may be half of a row
    bool (*take)(struct registry *registry, const struct table_row *row);
    size_t n_columns;
    const char *const *columns;
    unsigned long *lines; // of each row kept, for faults that show only at the end
    size_t rows;
};

// Reads the whole file; true where no fault was found.
[[nodiscard]] bool registry_read(struct registry *registry);

// Notes that a field holds something else than expected; false.
bool registry_refuse(struct registry *registry, const struct table_row *row, size_t column,
                     const char *expected);
// Notes that memory is out, and stops; false.
bool registry_no_memory(struct registry *registry);

// Room for one element more in an array of n; NULL, noted, without memory.
void *registry_grow(struct registry *registry, void *array, size_t n, size_t size);
[[nodiscard]] bool registry_copy(struct registry *registry, const char *text, char **ret);
[[nodiscard]] bool registry_keep_line(struct registry *registry, unsigned long line);

// A number from 0 to `most`, or NAN where the field is empty; a date, or CONFIG_NO_DAY. False,
// noted, where the field holds anything else.
[[nodiscard]] bool registry_number(struct registry *registry, const struct table_row *row,
                                   size_t column, double most, double *ret);
[[nodiscard]] bool registry_date(struct registry *registry, const struct table_row *row,
                                 size_t column, int64_t *ret);

#endif
