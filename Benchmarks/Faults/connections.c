/*
 * connections.c: connections by their number, each with what of a message has come.
 */
#define _GNU_SOURCE
#include "connections.h"
#include "../dns.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct connection {
	int fd;
	uint64_t generation;		/* 0: no connection */
	size_t size;
	uint8_t octets[2 * MESSAGE_SIZE];
};

static struct connection connections[CONNECTIONS];
static uint64_t generations;

static void end(struct connection *connection)
{
	close(connection->fd);
	connection->generation = 0;
}

void connections_accept(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return;
	for (int i = 0; i < CONNECTIONS; i++) {
		if (connections[i].generation != 0)
			continue;
		connections[i].fd = fd;
		connections[i].generation = ++generations;
		connections[i].size = 0;
		return;
	}
	close(fd);
}

unsigned connections_poll(struct pollfd *set)
{
	unsigned count = 0;

	for (int i = 0; i < CONNECTIONS; i++)
		if (connections[i].generation != 0)
			set[count++] = (struct pollfd){ connections[i].fd, POLLIN, 0 };
	return count;
}

/* Hands over every whole message and keeps the rest. */
static void take_messages(struct connection *connection, receive_message *receive)
{
	struct target target = { .connection = (int)(connection - connections),
		.generation = connection->generation };
	size_t used = 0;

	while (connection->size - used >= 2) {
		size_t length = get16(connection->octets + used);
		if (length > MESSAGE_SIZE) {
			end(connection);
			return;
		}
		if (connection->size - used < 2 + length)
			break;
		receive(connection->octets + used + 2, length, &target);
		used += 2 + length;
	}
	connection->size -= used;
	memmove(connection->octets, connection->octets + used, connection->size);
}

void connections_read(const struct pollfd *set, unsigned size, bool dead, receive_message *receive)
{
	unsigned next = 0;

	/* In the order of connections_poll, which wrote the set. */
	for (int i = 0; i < CONNECTIONS && next < size; i++) {
		struct connection *connection = &connections[i];
		if (connection->generation == 0 || connection->fd != set[next].fd)
			continue;
		short events = set[next++].revents;
		if (events == 0)
			continue;
		ssize_t count = recv(connection->fd, connection->octets + connection->size,
			sizeof connection->octets - connection->size, 0);
		if (count <= 0) {
			end(connection);
			continue;
		}
		/* What a dead server was sent stays without an answer when it lives again. */
		if (dead)
			continue;
		connection->size += (size_t)count;
		take_messages(connection, receive);
	}
}

void connections_send(const struct target *target, const uint8_t *message, size_t size)
{
	struct connection *connection = &connections[target->connection];
	uint8_t framed[2 + MESSAGE_SIZE];

	if (connection->generation != target->generation)
		return;
	put16(framed, (uint16_t)size);
	memcpy(framed + 2, message, size);
	if (send(connection->fd, framed, size + 2, MSG_NOSIGNAL) != (ssize_t)(size + 2))
		end(connection);
}
