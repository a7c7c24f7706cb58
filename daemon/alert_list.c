// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/alert_list.h"

#include <stdlib.h>
#include <string.h>

enum { TEXTS = 9 };

// Where an alert points to its texts.
static void texts_of(struct store_alert *alert, const char **ret[static TEXTS])
{
    const char **const all[TEXTS] = {&alert->rule,     &alert->subject, &alert->group,
                                     &alert->title_vi, &alert->text_vi, &alert->title_en,
                                     &alert->text_en,  &alert->ack_by,  &alert->ack_note};
    memcpy(ret, all, sizeof all);
}

// Copies the texts into one block and points the alert there. NULL without memory.
static char *own_texts(struct store_alert *alert)
{
    const char **texts[TEXTS];
    size_t size = 0;
    texts_of(alert, texts);
    for (size_t i = 0; i < TEXTS; i++)
        size += strlen(*texts[i]) + 1;
    char *block = malloc(size), *at = block;
    for (size_t i = 0; block && i < TEXTS; i++) {
        const size_t length = strlen(*texts[i]) + 1;
        *texts[i] = memcpy(at, *texts[i], length);
        at += length;
    }
    return block;
}

struct reading {
    struct alert_list *list;
    bool whole;
};

static bool take(void *context, const struct store_alert *alert)
{
    struct reading *reading = context;
    struct alert_list *list = reading->list;
    struct store_alert *items = reallocarray(list->items, list->n + 1, sizeof *items);
    list->items = items ? items : list->items;
    char **texts = reallocarray(list->texts, list->n + 1, sizeof *texts);
    list->texts = texts ? texts : list->texts;
    reading->whole = items && texts;
    if (!reading->whole)
        return false;
    items[list->n] = *alert;
    texts[list->n] = own_texts(&items[list->n]);
    reading->whole = texts[list->n] != NULL;
    list->n += reading->whole;
    return reading->whole;
}

bool alert_list_read(struct store *store, const char *rule, const char *subject,
                     struct alert_list *ret)
{
    struct reading reading = {.list = ret, .whole = true};
    *ret = (struct alert_list){.n = 0};
    if (store_each_alert(store, rule, subject, take, &reading) && reading.whole)
        return true;
    alert_list_done(ret);
    return false;
}

void alert_list_done(struct alert_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->texts[i]);
    free(list->texts);
    free(list->items);
    *list = (struct alert_list){.n = 0};
}

const struct store_alert *alert_list_find(const struct alert_list *list, const char *rule,
                                          const char *subject)
{
    for (size_t i = 0; i < list->n; i++)
        if (!strcmp(list->items[i].rule, rule) && !strcmp(list->items[i].subject, subject))
            return &list->items[i];
    return NULL;
}
