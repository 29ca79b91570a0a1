/*
 * response.h: what the scripted upstream says to one query.
 */
#ifndef RESPONSE_H
#define RESPONSE_H

#include "fault.h"

#include <stddef.h>

enum { MESSAGE_SIZE = 1024 };

/* Hands one message to the network: at once, or later. */
typedef void send_message(const uint8_t *message, size_t size, void *context);

/*
 * Answers a query under a fault: calls `send` for every message that the
 * fault has for it, none when it drops the query. What is not a query of one
 * question is dropped under every fault.
 */
void respond(const struct fault *fault, const uint8_t *query, size_t size, bool over_tcp,
	send_message *send, void *context);

#endif
