// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/store_internal.h"

static bool note(struct store *store, const char *reason, int system_error)
{
    snprintf(store->error, sizeof store->error, "store '%s': %s%s%s", store->path, reason,
             system_error ? ": " : "", system_error ? strerror(system_error) : "");
    return false;
}

bool store_note_failure(struct store *store)
{
    const int code = sqlite3_errcode(store->db) & 0xff;
    const bool of_system = code == SQLITE_IOERR || code == SQLITE_CANTOPEN;
    return note(store, sqlite3_errmsg(store->db), of_system ? sqlite3_system_errno(store->db) : 0);
}

sqlite3_stmt *store_statement(struct store *store, enum store_slot slot, const char *sql)
{
    sqlite3_stmt **statement = &store->statement[slot];
    if (!*statement) {
        if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL) !=
            SQLITE_OK)
            store_note_failure(store);
    } else {
        assert(!strcmp(sqlite3_sql(*statement), sql));
        assert(!sqlite3_stmt_busy(*statement));
        sqlite3_clear_bindings(*statement);
    }
    return *statement;
}

int store_step(struct store *store, sqlite3_stmt *statement)
{
    const int code = sqlite3_step(statement);
    if (code == SQLITE_ROW || code == SQLITE_DONE)
        return code;
    store_note_failure(store);
    return SQLITE_ERROR;
}

bool store_run(struct store *store, sqlite3_stmt *statement)
{
    const int code = store_step(store, statement);
    sqlite3_reset(statement);
    return code == SQLITE_DONE;
}

bool store_finds(struct store *store, sqlite3_stmt *statement, bool *ret)
{
    const int code = statement ? store_step(store, statement) : SQLITE_ERROR;
    *ret = code == SQLITE_ROW;
    if (statement)
        sqlite3_reset(statement);
    return code != SQLITE_ERROR;
}

bool store_has_table(struct store *store, const char *name, bool *ret)
{
    sqlite3_stmt *statement =
        store_statement(store, STORE_SLOT_HAS_TABLE, "SELECT 1 FROM sqlite_schema WHERE name = ?");
    if (statement)
        store_bind_text(statement, 1, name);
    return store_finds(store, statement, ret);
}

void store_bind_text(sqlite3_stmt *statement, int index, const char *text)
{
    sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC);
}

static bool run_transaction_command(struct store *store, enum store_slot slot, const char *sql)
{
    sqlite3_stmt *statement = store_statement(store, slot, sql);
    return statement && store_run(store, statement);
}

bool store_begin(struct store *store)
{
    assert(!store->in_transaction);
    // IMMEDIATE: a lock that is held elsewhere is waited for here, and nowhere later.
    store->in_transaction = run_transaction_command(store, STORE_SLOT_BEGIN, "BEGIN IMMEDIATE");
    return store->in_transaction;
}

bool store_may_write(struct store *store)
{
    assert(store->in_transaction);
    return !sqlite3_get_autocommit(store->db);
}

bool store_commit(struct store *store)
{
    if (!store_may_write(store) || !run_transaction_command(store, STORE_SLOT_COMMIT, "COMMIT"))
        return false;
    store->in_transaction = false;
    return true;
}

void store_rollback(struct store *store)
{
    // The words of the failure that led here are kept: a rollback cannot fail in a way that
    // matters.
    char reason[sizeof store->error];
    memcpy(reason, store->error, sizeof reason);
    if (!sqlite3_get_autocommit(store->db))
        (void)!run_transaction_command(store, STORE_SLOT_ROLLBACK, "ROLLBACK");
    memcpy(store->error, reason, sizeof reason);
    store->in_transaction = false;
    store_forget_names(store);
}

const char *store_error(const struct store *store)
{
    return store->error;
}

int64_t store_version(struct store *store)
{
    sqlite3_stmt *statement = store_statement(store, STORE_SLOT_VERSION, "PRAGMA data_version");
    if (!statement)
        return -1;
    const int64_t version =
        store_step(store, statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : -1;
    sqlite3_reset(statement);
    return version;
}

// What SQLite would take for a store of its own kind, or say in words that help nobody.
static bool check_path(struct store *store, enum store_mode mode)
{
    struct stat status;
    if (!*store->path || *store->path == ':')
        return note(store, "not the name of a file", 0);
    if (stat(store->path, &status))
        return (errno == ENOENT && mode == STORE_WRITE) || note(store, "cannot be opened", errno);
    if (!S_ISREG(status.st_mode))
        return note(store, "not a regular file", 0);
    return true;
}

static bool open_file(struct store *store, enum store_mode mode)
{
    // A reader too asks to write: what a crash left in the log is settled by who comes first.
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    const int create = mode == STORE_WRITE ? SQLITE_OPEN_CREATE : 0;
    if (sqlite3_open_v2(store->path, &store->db, flags | create, NULL) != SQLITE_OK)
        return store->db ? store_note_failure(store) : note(store, "out of memory", 0);
    if (mode == STORE_WRITE && sqlite3_db_readonly(store->db, "main"))
        return note(store, "may not be written", 0);
    sqlite3_busy_timeout(store->db, STORE_BUSY_MS);
    return true;
}

static bool open_store(struct store *store, enum store_mode mode)
{
    return check_path(store, mode) && open_file(store, mode) && store_settle_schema(store, mode);
}

struct store *store_open(const char *path, enum store_mode mode, char ret_error[static 256])
{
    struct store *store = calloc(1, sizeof *store);
    if (store)
        store->path = strdup(path);
    if (!store || !store->path) {
        snprintf(ret_error, 256, "store '%.200s': out of memory", path);
        free(store);
        return NULL;
    }
    if (open_store(store, mode))
        return store;
    snprintf(ret_error, 256, "%.255s", store->error);
    store_close(store);
    return NULL;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    for (size_t i = 0; i < STORE_SLOTS; i++)
        sqlite3_finalize(store->statement[i]);
    store_forget_names(store);
    free(store->names);
    // An open transaction is rolled back by this.
    sqlite3_close(store->db);
    free(store->path);
    free(store);
}
