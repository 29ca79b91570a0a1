/*
 * later.h: messages that are to be sent at a later time.
 */
#ifndef LATER_H
#define LATER_H

#include "response.h"

#include <netinet/in.h>

/* Where a message goes: a datagram to a client, or down a connection. */
struct target {
	struct sockaddr_in client;	/* of a datagram */
	int connection;			/* -1 for a datagram */
	uint64_t generation;		/* of the connection: its descriptor may be another's by then */
};

struct later {
	uint64_t due;			/* ms, as now_ms() */
	struct target target;
	size_t size;
	uint8_t message[MESSAGE_SIZE];
};

uint64_t now_ms(void);

/* Keeps a message until it is due; drops it when 32,768 wait, which is loss. */
void later_add(const struct target *target, const uint8_t *message, size_t size, uint64_t due);

/* The message due first if its time has come, else NULL; gone with the next call. */
const struct later *later_take(void);

/* Milliseconds until one is due: 0 now, -1 when none waits. */
int later_wait(void);

#endif
