// SPDX-License-Identifier: GPL-3.0-or-later
// What handlers ask of a request.
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>

#include "daemon/http_server.h"

const char *http_request_query(const struct http_request *request, const char *key)
{
    return MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, key);
}

const char *http_request_header(const struct http_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

struct search {
    const char *name, *value;
};

static enum MHD_Result see_header(void *context, enum MHD_ValueKind kind, const char *name,
                                  const char *value)
{
    (void)kind;
    struct search *search = context;
    if (!strcasecmp(name, search->name))
        search->value = value ? value : "";
    return MHD_YES;
}

const char *http_request_last_header(const struct http_request *request, const char *name)
{
    struct search search = {.name = name};
    MHD_get_connection_values(request->connection, MHD_HEADER_KIND, see_header, &search);
    return search.value;
}

char *http_request_password(const struct http_request *request)
{
    char *password = NULL;
    char *user = MHD_basic_auth_get_username_password(request->connection, &password);
    MHD_free(user);
    return password;
}

void http_request_peer(const struct http_request *request, size_t size, char ret[])
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info ? info->client_addr : NULL;
    const bool v6 = address && address->sa_family == AF_INET6;
    if (!address ||
        getnameinfo(address, v6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in), ret,
                    (socklen_t)size, NULL, 0, NI_NUMERICHOST))
        snprintf(ret, size, "%s", "");
}
