// SPDX-License-Identifier: GPL-3.0-or-later
// phutai doctor: where readings and weather come from, and Alertmanagers, which are looked at
// alike.
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/cmd_doctor.h"
#include "daemon/secret.h"

// A source writes when it last worked once a minute.
enum { QUIET_S = 300 };

// Whether anybody but the owner and, for reading, the group gets at a file.
static void check_secret_mode(struct doctor *doctor, const char *path)
{
    struct stat status;
    if (stat(path, &status))
        return; // told by whoever reads it
    if (status.st_mode & (S_IROTH | S_IWOTH | S_IWGRP))
        cmd_doctor_say(doctor, DOCTOR_FAIL, "secret", "%s can be %s by others: chmod 640 or 600",
                       path, status.st_mode & (S_IWOTH | S_IWGRP) ? "changed" : "read");
    else
        cmd_doctor_say(doctor, DOCTOR_OK, "secret", "%s", path);
}

void cmd_doctor_secret(struct doctor *doctor, const char *path)
{
    char secret[SECRET_MAX], error[256];
    if (!path)
        return;
    if (secret_read(path, secret, error))
        check_secret_mode(doctor, path);
    else
        cmd_doctor_say(doctor, DOCTOR_FAIL, "secret", "%s", error);
    secret_wipe(secret);
}

struct look {
    const char *name;
    bool found;
    char trouble[400];
    int64_t good, trouble_since;
};

static bool see(void *context, const struct store_source *source)
{
    struct look *look = context;
    if (strcmp(source->name, look->name))
        return true;
    look->found = true;
    look->good = source->good;
    look->trouble_since = source->trouble_since;
    snprintf(look->trouble, sizeof look->trouble, "%s", source->trouble);
    return false;
}

static void say_look(struct doctor *doctor, const char *what, const struct look *look,
                     int64_t quiet_s)
{
    const int64_t age_s = doctor->now - look->good;
    if (!look->found)
        cmd_doctor_say(doctor, DOCTOR_WARN, what, "has never worked yet: does phutaid run?");
    else if (*look->trouble)
        cmd_doctor_say(doctor, DOCTOR_FAIL, what, "%s; for %s", look->trouble,
                       cmd_doctor_span(doctor->now - look->trouble_since).text);
    else
        cmd_doctor_say(doctor, age_s > quiet_s ? DOCTOR_WARN : DOCTOR_OK, what, "worked %s ago%s",
                       cmd_doctor_span(age_s).text, age_s > quiet_s ? ": does phutaid run?" : "");
}

// `every_s`: how often it says so, where that is longer than a minute.
static void check_source(struct doctor *doctor, const char *kind, const char *name, int64_t every_s)
{
    char key[256], what[256];
    struct look look = {.name = key};
    snprintf(key, sizeof key, "%s %s", kind, name);
    snprintf(what, sizeof what, "%s '%s'", kind, name);
    if (!doctor->store)
        return;
    if (!store_each_source(doctor->store, see, &look))
        cmd_doctor_say(doctor, DOCTOR_FAIL, what, "%s", store_error(doctor->store));
    else
        say_look(doctor, what, &look, 2 * every_s + QUIET_S);
}

void cmd_doctor_sources(struct doctor *doctor)
{
    const struct config *config = doctor->config;
    for (size_t i = 0; i < config->n_mqtts; i++) {
        check_source(doctor, "mqtt", config->mqtts[i].name, config->mqtts[i].keepalive_s);
        cmd_doctor_secret(doctor, config->mqtts[i].password_file);
    }
    for (size_t i = 0; i < config->n_folders; i++)
        check_source(doctor, "folder", config->folders[i].name, 0);
    for (size_t i = 0; i < config->n_weather; i++) {
        check_source(doctor, "weather", config->weather[i].name, config->weather[i].every_s);
        cmd_doctor_secret(doctor, config->weather[i].apikey_file);
    }
    for (size_t i = 0; i < config->n_pulls; i++) {
        check_source(doctor, "pull", config->pulls[i].name, config->pulls[i].every_s);
        cmd_doctor_secret(doctor, config->pulls[i].password_file);
        cmd_doctor_secret(doctor, config->pulls[i].token_file);
    }
    for (size_t i = 0; i < config->n_alertmanagers; i++) {
        const struct config_alertmanager *target = &config->alertmanagers[i];
        check_source(doctor, "alertmanager", target->name, target->every_s);
        cmd_doctor_secret(doctor, target->password_file);
        cmd_doctor_secret(doctor, target->token_file);
    }
}
