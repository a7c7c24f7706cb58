// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/mqtt_dial.h"

#include <stdio.h>
#include <string.h>

#include "config/text.h"
#include "daemon/secret.h"

enum { PORT = 1883, PORT_TLS = 8883 };

static bool is_tls(const struct config_mqtt *config)
{
    return !strncmp(config->url, "mqtts", 5);
}

// "mqtt://host:port", as the configuration has checked.
static void read_url(const struct config_mqtt *config, struct mqtt_dial *dial)
{
    const char *host = strstr(config->url, "://") + 3, *colon = strrchr(host, ':');
    int64_t port = is_tls(config) ? PORT_TLS : PORT;
    size_t length = strlen(host);
    if (colon && !strchr(colon, ']') && text_integer(colon + 1, &port))
        length = (size_t)(colon - host);
    if (*host == '[' && length > 2) {
        host++;
        length -= 2;
    }
    snprintf(dial->host, sizeof dial->host, "%.*s", (int)length, host);
    dial->port = (int)port;
    dial->keepalive_s = (int)config->keepalive_s;
}

// False with words.
static bool add_credentials(const struct config_mqtt *config, struct mosquitto *client,
                            char error[static 256])
{
    char secret[SECRET_MAX] = "";
    int code = MOSQ_ERR_SUCCESS;
    if (config->password_file && !secret_read(config->password_file, secret, error))
        return false;
    if (config->username)
        code = mosquitto_username_pw_set(client, config->username,
                                         config->password_file ? secret : NULL);
    secret_wipe(secret);
    if (!code && is_tls(config) && config->ca_file)
        code = mosquitto_tls_set(client, config->ca_file, NULL, NULL, NULL, NULL);
    else if (!code && is_tls(config))
        code = mosquitto_int_option(client, MOSQ_OPT_TLS_USE_OS_CERTS, 1);
    if (code)
        snprintf(error, 256, "%s", mosquitto_strerror(code));
    return !code;
}

bool mqtt_dial_begin(struct mqtt_dial *dial, const struct config_mqtt *config, void *context,
                     char ret_error[static 256])
{
    char id[128];
    snprintf(id, sizeof id, "phutai-%.100s", config->name);
    snprintf(ret_error, 256, "out of memory");
    read_url(config, dial);
    dial->client = mosquitto_new(config->client_id ? config->client_id : id, false, context);
    if (!dial->client)
        return false;
    // It would acknowledge a message while it reads it. As if another thread were to write, it
    // leaves that to mosquitto_loop_write().
    mosquitto_threaded_set(dial->client, true);
    mosquitto_int_option(dial->client, MOSQ_OPT_TCP_NODELAY, 1);
    if (add_credentials(config, dial->client, ret_error))
        return true;
    mosquitto_destroy(dial->client);
    dial->client = NULL;
    return false;
}

void mqtt_dial_run(struct mqtt_dial *dial)
{
    dial->code = mosquitto_connect_async(dial->client, dial->host, dial->port, dial->keepalive_s);
}
