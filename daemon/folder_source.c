// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/folder_source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>

#include "daemon/folder_job.h"
#include "daemon/log.h"

enum {
    SCAN_MS = 60000,  // what inotify did not tell is found this late
    AWAY_MS = 5000,   // how often a folder is looked for that is not there
    RETRY_MS = 60000, // and a file tried that could not be read or moved
    STORE_MS = 10000, // and the store
    MASK = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MODIFY | IN_CREATE | IN_ATTRIB | IN_DELETE |
           IN_MOVED_FROM | IN_DELETE_SELF | IN_MOVE_SELF
};

struct folder_source {
    struct sources_setup setup;
    const struct config_folder *folder;
    struct standing *standing;
    struct export_rules *rules;
    struct drop_box *box;
    struct folder_files *files;
    sd_event_source *watch, *timer, *work;
    struct folder_job *job;
    struct folder_file *file; // the job's
    int64_t scan_ms;          // when to look through the folder next
    int64_t wait_ms;          // until when the store is left alone
};

static int64_t now_ms(const struct folder_source *source)
{
    uint64_t us = 0;
    sd_event_now(source->setup.event, CLOCK_MONOTONIC, &us);
    return (int64_t)(us / 1000);
}

static int64_t now_s(const struct folder_source *source)
{
    uint64_t us = 0;
    sd_event_now(source->setup.event, CLOCK_REALTIME, &us);
    return (int64_t)(us / 1000000);
}

static void end_job(struct folder_source *source)
{
    folder_job_free(source->job);
    source->job = NULL;
    source->file = NULL;
}

static void wake(struct folder_source *source)
{
    sd_event_source_set_enabled(source->work, SD_EVENT_ONESHOT);
}

static int on_change(sd_event_source *watch, const struct inotify_event *event, void *context)
{
    (void)watch;
    struct folder_source *source = context;
    // Without a name it is about the folder itself: it may have been removed.
    if (event->len == 0)
        source->scan_ms = 0;
    // The file at hand may not go away beneath the job, which looks at it when it is done.
    else if (source->file && !strcmp(source->file->name, event->name))
        source->file->being_written =
            (event->mask & IN_MODIFY) ||
            (source->file->being_written && !(event->mask & IN_CLOSE_WRITE));
    else
        folder_files_note(source->files, drop_box_fd(source->box), event->name, event->mask,
                          now_ms(source));
    wake(source);
    return 0;
}

static bool enter(struct folder_source *source)
{
    char reason[DROP_REASON_MAX];
    if (source->watch && drop_box_is_current(source->box))
        return true;
    source->watch = sd_event_source_disable_unref(source->watch);
    if (!drop_box_open(source->box, reason)) {
        standing_trouble(source->standing, now_s(source), "%s: looked for again every %d s", reason,
                         AWAY_MS / 1000);
        return false;
    }
    const int error = sd_event_add_inotify_fd(source->setup.event, &source->watch,
                                              drop_box_fd(source->box), MASK, on_change, source);
    if (error < 0) {
        // It is looked through all the same.
        source->watch = NULL;
        log_warning("folder '%s': cannot be watched: %s: it is looked through every %d s",
                    source->folder->name, strerror(-error), AWAY_MS / 1000);
    }
    return true;
}

static void scan(struct folder_source *source)
{
    const int64_t now = now_ms(source);
    source->scan_ms = now + AWAY_MS;
    if (!enter(source))
        return;
    if (!folder_files_scan(source->files, drop_box_fd(source->box), now)) {
        standing_trouble(source->standing, now_s(source), "cannot be read: %s: tried again in %d s",
                         strerror(errno), AWAY_MS / 1000);
        return;
    }
    if (source->watch)
        source->scan_ms = now + SCAN_MS;
}

// Called where nothing is to be done at once.
static void tell_standing(struct folder_source *source)
{
    const struct folder_file *file = folder_files_held_up(source->files);
    if (drop_box_fd(source->box) < 0 || source->wait_ms)
        return;
    if (file)
        standing_trouble(source->standing, now_s(source), "%s: '%.100s' stays, %s", file->reason,
                         file->name,
                         file->todo == FOLDER_READ ? "and is tried again each minute"
                                                   : "is not read again, and moved when it can be");
    else
        standing_good(source->standing, now_s(source));
}

static void hold_up(struct folder_source *source)
{
    source->file->retry_ms = now_ms(source) + RETRY_MS;
}

static void wait_for_store(struct folder_source *source)
{
    source->wait_ms = now_ms(source) + STORE_MS;
    standing_trouble(
        source->standing, now_s(source),
        "'%.100s' is not taken yet: the store takes nothing, or memory is short: tried "
        "again in %d s",
        source->file->name, STORE_MS / 1000);
}

static void step(struct folder_source *source)
{
    struct folder_file *file = source->file;
    const int fd = drop_box_fd(source->box);
    const enum folder_job_status status = folder_job_step(source->job, now_s(source));
    if (status == FOLDER_JOB_MORE)
        return;
    if (status == FOLDER_JOB_HELD_UP)
        hold_up(source);
    else if (status == FOLDER_JOB_LATER)
        wait_for_store(source);
    end_job(source);
    if (status == FOLDER_JOB_CHANGED) {
        log_notice("folder '%s': '%s' has changed while it was read, or is gone: it is read again "
                   "where it is there",
                   source->folder->name, file->name);
        folder_files_restart(source->files, fd, file, now_ms(source));
    }
    // It is gone; another one of its name is new.
    else if (status == FOLDER_JOB_DONE)
        folder_files_note(source->files, fd, file->name, 0, now_ms(source));
}

// The next file; where there is none now, the timer is set to when there may be one.
static bool begin(struct folder_source *source)
{
    const int64_t now = now_ms(source);
    int64_t next_ms = INT64_MAX;
    struct folder_file *file = NULL;
    if (now >= source->wait_ms)
        source->wait_ms = 0;
    if (source->wait_ms)
        next_ms = source->wait_ms;
    else if (drop_box_fd(source->box) >= 0)
        file = folder_files_next(source->files, now, &next_ms);
    if (file) {
        const struct folder_job_setup setup = {.rules = source->rules,
                                               .box = source->box,
                                               .deposits = source->setup.deposits,
                                               .metrics = source->setup.metrics};
        source->job = folder_job_new(&setup, file);
        source->file = source->job ? file : NULL;
        next_ms = now + STORE_MS;
    }
    if (source->job)
        return true;
    tell_standing(source);
    next_ms = next_ms < source->scan_ms ? next_ms : source->scan_ms;
    sd_event_source_set_time(source->timer, 1000 * (uint64_t)next_ms);
    sd_event_source_set_enabled(source->timer, SD_EVENT_ONESHOT);
    return false;
}

// A bit of work at each turn of the loop.
static int on_work(sd_event_source *work, void *context)
{
    (void)work;
    struct folder_source *source = context;
    if (!source->job && now_ms(source) >= source->scan_ms)
        scan(source);
    if (source->job)
        step(source);
    if (source->job || begin(source))
        wake(source);
    return 0;
}

static int on_time(sd_event_source *timer, uint64_t usec, void *context)
{
    (void)timer, (void)usec;
    wake(context);
    return 0;
}

static bool start(struct folder_source *source)
{
    const struct sources_setup *setup = &source->setup;
    const struct config_folder *folder = source->folder;
    source->rules = export_rules_new(setup->config, folder);
    source->box = drop_box_new(folder->path, folder->done, folder->bad);
    source->files = folder_files_new(folder);
    return source->rules && source->box && source->files &&
           sd_event_add_time(setup->event, &source->timer, CLOCK_MONOTONIC, UINT64_MAX, 0, on_time,
                             source) >= 0 &&
           sd_event_add_defer(setup->event, &source->work, on_work, source) >= 0;
}

struct folder_source *folder_source_new(const struct sources_setup *setup,
                                        const struct config_folder *folder,
                                        struct standing *standing)
{
    struct folder_source *source = calloc(1, sizeof *source);
    if (!source)
        return NULL;
    source->setup = *setup;
    source->folder = folder;
    source->standing = standing;
    if (start(source))
        return source;
    folder_source_free(source);
    return NULL;
}

void folder_source_free(struct folder_source *source)
{
    if (!source)
        return;
    end_job(source);
    sd_event_source_disable_unref(source->watch);
    sd_event_source_disable_unref(source->timer);
    sd_event_source_disable_unref(source->work);
    export_rules_free(source->rules);
    drop_box_free(source->box);
    folder_files_free(source->files);
    free(source);
}
