/*
 * connections.h: the TCP side of the scripted upstream (RFC 7766).
 */
#ifndef CONNECTIONS_H
#define CONNECTIONS_H

#include "later.h"

#include <poll.h>

enum { CONNECTIONS = 1024 };

/* A message of a connection is to be answered. */
typedef void receive_message(const uint8_t *message, size_t size, const struct target *target);

/* Takes one waiting connection; closes it when there are 1,024. */
void connections_accept(int listener);

/* Writes what to wait for behind `set`; how many entries that are. */
unsigned connections_poll(struct pollfd *set);

/* Reads what has come and hands over the messages; `dead` forgets it instead. */
void connections_read(const struct pollfd *set, unsigned size, bool dead, receive_message *receive);

/* Sends with the length in front; does nothing when the connection has ended. */
void connections_send(const struct target *target, const uint8_t *message, size_t size);

#endif
