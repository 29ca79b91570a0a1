/*
 * faulty: a resolver that knows every name and fails as it is told.
 *
 *	faulty ADDRESS:PORT SECONDS DELAY
 *
 * Every response takes DELAY ms, as if it came from some distance. A line on
 * standard input names the fault in force from then on (fault.c); `none` is
 * health. The end of standard input ends the program, and so do SECONDS.
 */
#define _GNU_SOURCE
#include "connections.h"
#include "fault.h"
#include "later.h"
#include "response.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct fault *fault;
static unsigned base_delay;

static bool lost(void)
{
	return fault->loss > 0 && (unsigned)random() % 100 < fault->loss;
}

static void keep(const uint8_t *message, size_t size, void *context)
{
	const struct target *target = context;
	uint64_t delay = base_delay + fault->delay;

	if (fault->jitter > 0)
		delay += (unsigned)random() % fault->jitter;
	/* Each way loses: a connection's segments come again by themselves. */
	if (target->connection < 0 && lost())
		return;
	later_add(target, message, size, now_ms() + delay);
}

static void receive(const uint8_t *message, size_t size, const struct target *target)
{
	struct target copy = *target;

	respond(fault, message, size, target->connection >= 0, keep, &copy);
}

static void receive_datagrams(int udp)
{
	uint8_t message[MESSAGE_SIZE];
	struct target target = { .connection = -1 };

	for (int i = 0; i < 64; i++) {
		socklen_t length = sizeof target.client;
		ssize_t size = recvfrom(udp, message, sizeof message, MSG_DONTWAIT,
			(struct sockaddr *)&target.client, &length);
		if (size < 0)
			return;
		if (!lost())
			receive(message, (size_t)size, &target);
	}
}

static void send_due(int udp)
{
	const struct later *next;

	while ((next = later_take()) != NULL) {
		if (next->target.connection >= 0)
			connections_send(&next->target, next->message, next->size);
		else
			(void)sendto(udp, next->message, next->size, 0,
				(const struct sockaddr *)&next->target.client,
				sizeof next->target.client);
	}
}

/* Reads one line at most, which is all that is ever written at once. */
static void take_command(void)
{
	char line[64];
	ssize_t size = read(STDIN_FILENO, line, sizeof line - 1);

	if (size <= 0)
		exit(0);
	line[size] = '\0';
	line[strcspn(line, "\n")] = '\0';
	const struct fault *named = fault_named(line);
	if (named == NULL) {
		fprintf(stderr, "%s: no such fault\n", line);
		exit(64);
	}
	fault = named;
}

static int bound(const struct sockaddr_in *address, int type)
{
	int on = 1, room = 4 << 20, fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	if (fd >= 0) {
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room);
	}
	if (fd < 0 || bind(fd, (const struct sockaddr *)address, sizeof *address) != 0
	    || (type == SOCK_STREAM && (listen(fd, 512) != 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0))) {
		perror("bind");
		exit(1);
	}
	return fd;
}

static bool read_address(char *text, struct sockaddr_in *out)
{
	char *colon = strrchr(text, ':');

	memset(out, 0, sizeof *out);
	if (colon == NULL)
		return false;
	*colon = '\0';
	out->sin_family = AF_INET;
	out->sin_port = htons((uint16_t)atoi(colon + 1));
	return inet_pton(AF_INET, text, &out->sin_addr) == 1 && out->sin_port != 0;
}

int main(int argc, char **argv)
{
	enum { INPUT, UDP, LISTENER, FIXED };
	static struct pollfd set[FIXED + CONNECTIONS];
	struct sockaddr_in address;

	if (argc != 4 || !read_address(argv[1], &address)) {
		fprintf(stderr, "usage: faulty ADDRESS:PORT SECONDS DELAY\n");
		return 64;
	}
	alarm((unsigned)atoi(argv[2]));
	base_delay = (unsigned)atoi(argv[3]);
	fault = fault_named("none");
	set[INPUT] = (struct pollfd){ STDIN_FILENO, POLLIN, 0 };
	set[UDP] = (struct pollfd){ bound(&address, SOCK_DGRAM), POLLIN, 0 };
	set[LISTENER] = (struct pollfd){ bound(&address, SOCK_STREAM), POLLIN, 0 };
	for (;;) {
		unsigned connections = connections_poll(set + FIXED);
		if (poll(set, FIXED + connections, later_wait()) < 0 && errno != EINTR)
			return 1;
		send_due(set[UDP].fd);
		if (set[INPUT].revents != 0)
			take_command();
		if (set[UDP].revents != 0)
			receive_datagrams(set[UDP].fd);
		/* Before a new connection can take the descriptor of one in the set. */
		connections_read(set + FIXED, connections, fault->tcp_dead || fault->silent, receive);
		if (set[LISTENER].revents != 0)
			connections_accept(set[LISTENER].fd);
	}
}
