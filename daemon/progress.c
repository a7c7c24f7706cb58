// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/progress.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { QUIET_MS = 2000, REDRAW_MS = 100, BAR = 30 };

static int64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_start(struct progress *progress, const char *what)
{
    *progress = (struct progress){
        .what = what, .out = isatty(STDERR_FILENO) ? stderr : NULL, .now_ms = monotonic_ms};
    progress->started_ms = progress->now_ms();
    progress->next_ms = progress->started_ms + QUIET_MS;
}

static void draw_bar(const struct progress *progress, double part, int64_t elapsed_ms)
{
    static const char full[] = "##############################",
                      empty[] = "..............................";
    const int filled = (int)(part * BAR);
    fprintf(progress->out, "\r%s [%.*s%.*s] %3.0f %%", progress->what, filled, full, BAR - filled,
            empty, 100 * part);
    if (part > 0)
        fprintf(progress->out, ", %.0f s left", (double)elapsed_ms / 1000 * (1 - part) / part);
}

void progress_at(struct progress *progress, uint64_t done, uint64_t total)
{
    if (!progress->out)
        return;
    const int64_t now_ms = progress->now_ms();
    if (now_ms < progress->next_ms)
        return;
    const int64_t elapsed_ms = now_ms - progress->started_ms;
    if (total)
        draw_bar(progress, done < total ? (double)done / (double)total : 1, elapsed_ms);
    else
        fprintf(progress->out, "\r%s: %" PRIu64 ", %" PRId64 " s", progress->what, done,
                elapsed_ms / 1000);
    fputs("\x1b[K", progress->out);
    fflush(progress->out);
    progress->shown = true;
    progress->next_ms = now_ms + REDRAW_MS;
}

void progress_end(struct progress *progress)
{
    if (progress->shown) {
        fputs("\r\x1b[K", progress->out);
        fflush(progress->out);
    }
    progress->out = NULL;
    progress->shown = false;
}
