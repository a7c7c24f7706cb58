// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/folder_job.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/log.h"
#include "daemon/origin.h"

enum { SURVEY_ROWS = 40000, SLICE = 10000 };

enum phase { OPEN, SURVEY, TAKE, END };

struct folder_job {
    struct folder_job_setup setup;
    struct folder_file *file;
    enum phase phase;
    int fd;
    struct stat is; // as it was opened
    struct export_reader *reader;
    struct drop_note *bad_rows;
    int64_t same, changed;
    bool note_failed;
    char bad_name[DROP_NAME_MAX];
};

static const char bad_suffix[] = ".bad.csv", reason_suffix[] = ".reason.txt";

struct folder_job *folder_job_new(const struct folder_job_setup *setup, struct folder_file *file)
{
    struct folder_job *job = calloc(1, sizeof *job);
    if (!job)
        return NULL;
    job->setup = *setup;
    job->file = file;
    job->fd = -1;
    return job;
}

void folder_job_free(struct folder_job *job)
{
    if (!job)
        return;
    drop_note_discard(job->bad_rows);
    export_reader_free(job->reader);
    if (job->fd >= 0)
        close(job->fd);
    free(job);
}

static const char *folder_name(const struct folder_job *job)
{
    return job->setup.rules->folder->name;
}

static enum folder_job_status hold_up(struct folder_job *job, enum folder_todo todo,
                                      bool note_failed, const char *reason)
{
    struct folder_file *file = job->file;
    file->todo = todo;
    file->note_failed = note_failed;
    snprintf(file->reason, sizeof file->reason, "%s", reason);
    return FOLDER_JOB_HELD_UP;
}

static bool write_text(struct drop_note *note, const char *text)
{
    return drop_note_write(note, text, strlen(text));
}

// The bad rows' header: ours in front, so that a row with too many fields moves nothing.
static bool write_header(const struct folder_job *job, struct drop_note *note)
{
    const char separator[] = {export_reader_separator(job->reader), '\0'};
    const char *title = export_reader_title(job->reader);
    return (!export_reader_marked(job->reader) || write_text(note, "\xef\xbb\xbf")) &&
           write_text(note, title) && write_text(note, *title ? "\n" : "") &&
           write_text(note, "line") && write_text(note, separator) && write_text(note, "reason") &&
           write_text(note, separator) && write_text(note, export_reader_header(job->reader)) &&
           write_text(note, "\n");
}

static bool open_bad_rows(struct folder_job *job)
{
    char reason[DROP_REASON_MAX];
    job->bad_rows =
        drop_note_new(job->setup.box, job->file->name, bad_suffix, job->is.st_mode, reason);
    if (job->bad_rows && write_header(job, job->bad_rows))
        return true;
    if (job->bad_rows)
        snprintf(reason, sizeof reason, "cannot write its bad rows");
    job->note_failed = true;
    hold_up(job, FOLDER_READ, true, reason);
    return false;
}

// export_sink's call. The reason is in quotes of its own, whatever stands in it.
static bool take_bad(void *context, const struct export_bad *bad)
{
    struct folder_job *job = context;
    const char separator[] = {export_reader_separator(job->reader), '\0'};
    char line[32];
    if (!job->bad_rows && !open_bad_rows(job))
        return false;
    snprintf(line, sizeof line, "%lu%s\"", bad->line, separator);
    bool good = write_text(job->bad_rows, line);
    for (const char *c = bad->reason; good && *c; c++)
        good = drop_note_write(job->bad_rows, c, 1) &&
               (*c != '"' || drop_note_write(job->bad_rows, c, 1));
    good = good && write_text(job->bad_rows, "\"") && write_text(job->bad_rows, separator) &&
           drop_note_write(job->bad_rows, bad->row, bad->length) && write_text(job->bad_rows, "\n");
    if (good)
        return true;
    job->note_failed = true;
    hold_up(job, FOLDER_READ, true, "cannot write its bad rows: is the disk full?");
    return false;
}

static enum folder_job_status moved(struct folder_job *job, enum drop_place place,
                                    enum drop_move move, const char *reason)
{
    switch (move) {
    case DROP_MOVED:
        return FOLDER_JOB_DONE;
    case DROP_CHANGED:
    case DROP_GONE:
        return FOLDER_JOB_CHANGED;
    case DROP_FAILED:
        break;
    }
    return hold_up(job, place == DROP_DONE ? FOLDER_MOVE_DONE : FOLDER_MOVE_BAD, false, reason);
}

// The file as a whole goes to bad, with the reason beside it.
static enum folder_job_status refuse(struct folder_job *job, const char *why)
{
    char reason[DROP_REASON_MAX], note_name[DROP_NAME_MAX], name[DROP_NAME_MAX];
    struct drop_box *box = job->setup.box;
    const char *file = job->file->name;
    struct drop_note *note = drop_note_new(box, file, reason_suffix, job->is.st_mode, reason);
    if (!note)
        return hold_up(job, FOLDER_READ, true, reason);
    if (!write_text(note, file) || !write_text(note, ": ") || !write_text(note, why) ||
        !write_text(note, "\nNothing of it was taken.\n")) {
        drop_note_discard(note);
        return hold_up(job, FOLDER_READ, true, "cannot write why it was refused");
    }
    if (!drop_note_end(note, note_name, reason))
        return hold_up(job, FOLDER_READ, true, reason);
    const enum drop_move move = drop_box_move(box, file, &job->is, DROP_BAD, name, reason);
    const enum folder_job_status status = moved(job, DROP_BAD, move, reason);
    if (status == FOLDER_JOB_CHANGED)
        return status;
    job->setup.metrics->files_bad++;
    log_warning("folder '%s': '%s': refused as a whole, nothing of it was taken: %s; the reason "
                "stands in %s/%s%s",
                folder_name(job), file, why, drop_box_place(box, DROP_BAD), note_name,
                status == FOLDER_JOB_DONE ? ", the file beside it" : "");
    return status;
}

// Where bad rows could not be written before, that must work before all is read again.
static bool may_write(struct folder_job *job, char reason[static DROP_REASON_MAX])
{
    struct drop_note *probe =
        drop_note_new(job->setup.box, job->file->name, bad_suffix, 0600, reason);
    drop_note_discard(probe);
    return probe;
}

static enum folder_job_status open_file(struct folder_job *job)
{
    const struct config_folder *folder = job->setup.rules->folder;
    char reason[DROP_REASON_MAX];
    if (job->file->note_failed && !may_write(job, reason))
        return hold_up(job, FOLDER_READ, true, reason);
    job->fd = drop_box_file(job->setup.box, job->file->name, &job->is, reason);
    if (job->fd < 0)
        return hold_up(job, FOLDER_READ, false, reason);
    if (job->is.st_size > folder->file_bytes) {
        snprintf(reason, sizeof reason, "its %lld bytes are more than file_bytes allows, %lld",
                 (long long)job->is.st_size, (long long)folder->file_bytes);
        return refuse(job, reason);
    }
    job->reader = export_reader_new(job->setup.rules, job->fd);
    if (!job->reader)
        return FOLDER_JOB_LATER;
    job->phase = SURVEY;
    return FOLDER_JOB_MORE;
}

static enum folder_job_status survey(struct folder_job *job)
{
    switch (export_reader_survey(job->reader, SURVEY_ROWS)) {
    case EXPORT_MORE:
        return FOLDER_JOB_MORE;
    case EXPORT_REFUSED:
        return refuse(job, export_reader_reason(job->reader));
    case EXPORT_END:
    case EXPORT_STOPPED:
        break;
    }
    job->phase = TAKE;
    return FOLDER_JOB_MORE;
}

static enum folder_job_status take(struct folder_job *job, int64_t now)
{
    const struct metrics *metrics = job->setup.metrics;
    struct deposit *deposit = deposit_begin(job->setup.deposits);
    if (!deposit)
        return FOLDER_JOB_LATER;
    const struct export_sink sink = {.reading = deposit_reading,
                                     .weather = deposit_weather,
                                     .context = deposit,
                                     .bad = take_bad,
                                     .bad_context = job};
    const int64_t same = metrics->readings_same + metrics->weather_same;
    const int64_t changed = metrics->readings_changed + metrics->weather_changed;
    if (export_reader_simulated(job->reader))
        deposit_simulated(deposit);
    const enum export_status status = export_reader_take(job->reader, &sink, now, SLICE);
    // Where it is the deposit that stopped the reader, its end says why.
    if (status == EXPORT_STOPPED && !deposit_has_failed(deposit)) {
        deposit_discard(deposit);
        return job->note_failed ? FOLDER_JOB_HELD_UP : FOLDER_JOB_LATER;
    }
    if (!deposit_end(deposit))
        return FOLDER_JOB_LATER;
    job->same += metrics->readings_same + metrics->weather_same - same;
    job->changed += metrics->readings_changed + metrics->weather_changed - changed;
    if (status == EXPORT_REFUSED)
        return FOLDER_JOB_CHANGED;
    if (status == EXPORT_END)
        job->phase = END;
    return FOLDER_JOB_MORE;
}

static void count(const struct folder_job *job)
{
    struct metrics *metrics = job->setup.metrics;
    const struct export_report *report = export_reader_report(job->reader);
    metrics->files_done++;
    metrics->readings_moved += (int64_t)report->moved;
    for (size_t i = 0; i < CHECK_CAUSES; i++)
        metrics->refused[i] += (int64_t)report->causes[i];
}

// What there is to say besides, "" for nothing.
static void describe(const struct folder_job *job, char *ret, size_t size)
{
    const struct export_report *report = export_reader_report(job->reader);
    const char *left_out = export_reader_left_out(job->reader);
    int n = 0;
    *ret = '\0';
    if (report->causes[CHECK_HUMIDITY])
        n += snprintf(ret, size, "; %zu of them without a humidity that cannot be",
                      report->causes[CHECK_HUMIDITY]);
    if (report->left_out)
        n += snprintf(ret + n, size - (size_t)n, "; %zu left out as zone_map says",
                      report->left_out);
    if (*left_out)
        n += snprintf(ret + n, size - (size_t)n, "; columns not used: %s", left_out);
    if (report->refused)
        snprintf(ret + n, size - (size_t)n, "; the bad rows are in %s/%s",
                 drop_box_place(job->setup.box, DROP_BAD), job->bad_name);
}

static void tell(const struct folder_job *job, const char *where)
{
    const struct export_report *report = export_reader_report(job->reader);
    const bool weather = job->setup.rules->folder->kind == CONFIG_FOLDER_WEATHER;
    char more[700];
    describe(job, more, sizeof more);
    (report->refused ? log_warning : log_notice)(
        "folder '%s': '%s': %zu %s taken (%" PRId64 " were there already, %" PRId64
        " changed), %zu rows refused%s; %s",
        folder_name(job), job->file->name, weather ? report->weather : report->readings,
        weather ? "observations" : "readings", job->same, job->changed, report->refused, more,
        where);
}

static bool is_unchanged(const struct folder_job *job)
{
    struct stat now;
    return fstat(job->fd, &now) == 0 && now.st_size == job->is.st_size &&
           now.st_mtim.tv_sec == job->is.st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == job->is.st_mtim.tv_nsec;
}

static enum folder_job_status finish(struct folder_job *job)
{
    char reason[DROP_REASON_MAX], name[DROP_NAME_MAX], where[PATH_MAX];
    struct drop_box *box = job->setup.box;
    if (!is_unchanged(job))
        return FOLDER_JOB_CHANGED;
    if (job->bad_rows) {
        struct drop_note *note = job->bad_rows;
        job->bad_rows = NULL;
        if (!drop_note_end(note, job->bad_name, reason))
            return hold_up(job, FOLDER_READ, true, reason);
    }
    const enum drop_move move =
        drop_box_move(box, job->file->name, &job->is, DROP_DONE, name, reason);
    const enum folder_job_status status = moved(job, DROP_DONE, move, reason);
    if (status == FOLDER_JOB_CHANGED)
        return status;
    if (status == FOLDER_JOB_DONE)
        snprintf(where, sizeof where, "the file is now %s/%s", drop_box_place(box, DROP_DONE),
                 name);
    else
        snprintf(where, sizeof where, "it cannot be moved away");
    count(job);
    tell(job, where);
    return status;
}

// It was read before and only has to be moved.
static enum folder_job_status move_only(struct folder_job *job)
{
    char reason[DROP_REASON_MAX], name[DROP_NAME_MAX];
    const enum drop_place place = job->file->todo == FOLDER_MOVE_DONE ? DROP_DONE : DROP_BAD;
    const enum drop_move move =
        drop_box_move(job->setup.box, job->file->name, &job->file->is, place, name, reason);
    const enum folder_job_status status = moved(job, place, move, reason);
    if (status == FOLDER_JOB_DONE)
        log_notice("folder '%s': '%s' can be moved now: it is %s/%s", folder_name(job),
                   job->file->name, drop_box_place(job->setup.box, place), name);
    return status;
}

enum folder_job_status folder_job_step(struct folder_job *job, int64_t now)
{
    if (job->file->todo != FOLDER_READ)
        return move_only(job);
    switch (job->phase) {
    case OPEN:
        return open_file(job);
    case SURVEY:
        return survey(job);
    case TAKE:
        return take(job, now);
    case END:
        break;
    }
    return finish(job);
}
