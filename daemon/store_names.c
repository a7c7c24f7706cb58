// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdlib.h>
#include <string.h>

#include "daemon/store_internal.h"

void store_forget_names(struct store *store)
{
    for (size_t i = 0; i < store->n_names; i++)
        free(store->names[i].text);
    store->n_names = store->last_name = 0;
}

// Where `text` stands among the names met, or would stand.
static size_t find_place(const struct store *store, const char *text)
{
    size_t low = 0, high = store->n_names;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (strcmp(store->names[middle].text, text) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_at(const struct store *store, size_t place, const char *text)
{
    return place < store->n_names && !strcmp(store->names[place].text, text);
}

static bool look_up(struct store *store, const char *text, int64_t *ret_id)
{
    sqlite3_stmt *statement =
        store_statement(store, STORE_SLOT_NAME_FIND, "SELECT id FROM name WHERE text = ?");
    if (!statement)
        return false;
    store_bind_text(statement, 1, text);
    const int code = store_step(store, statement);
    *ret_id = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : -1;
    sqlite3_reset(statement);
    return code == SQLITE_ROW || code == SQLITE_DONE;
}

static bool add(struct store *store, const char *text, int64_t *ret_id)
{
    sqlite3_stmt *statement =
        store_statement(store, STORE_SLOT_NAME_ADD, "INSERT INTO name (text) VALUES (?)");
    if (!statement)
        return false;
    store_bind_text(statement, 1, text);
    const bool done = store_run(store, statement);
    *ret_id = sqlite3_last_insert_rowid(store->db);
    return done;
}

// Without memory the name is only looked up again next time.
static void remember(struct store *store, size_t place, const char *text, int64_t id)
{
    if (store->n_names == store->names_size) {
        const size_t size = store->names_size ? 2 * store->names_size : 64;
        struct store_name *names = realloc(store->names, size * sizeof *names);
        if (!names)
            return;
        store->names = names;
        store->names_size = size;
    }
    char *copy = strdup(text);
    if (!copy)
        return;
    struct store_name *at = store->names + place;
    memmove(at + 1, at, (store->n_names - place) * sizeof *at);
    *at = (struct store_name){copy, id};
    store->n_names++;
    store->last_name = place;
}

int64_t store_name_id(struct store *store, const char *text)
{
    if (is_at(store, store->last_name, text))
        return store->names[store->last_name].id;
    // Many senders go through their names in order.
    const bool next = is_at(store, store->last_name + 1, text);
    const size_t place = next ? store->last_name + 1 : find_place(store, text);
    if (is_at(store, place, text)) {
        store->last_name = place;
        return store->names[place].id;
    }
    int64_t id;
    if (!look_up(store, text, &id) || (id < 0 && !add(store, text, &id)))
        return -1;
    remember(store, place, text, id);
    return id;
}
