/*
 * net.h: loopback UDP sockets for the benchmark programs.
 *
 * These programs send as fast as a core allows, so there is one rule: an
 * address outside 127.0.0.0/8 or a privileged port is refused, always.
 */
#ifndef NET_H
#define NET_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Room for a whole window of every client: a full queue is loss of our own. */
enum { SOCKET_BUFFER = 4 << 20 };

/* Reads "127.A.B.C:PORT"; false for anything else. */
static inline bool loopback_address(const char *text, struct sockaddr_in *out)
{
	char host[INET_ADDRSTRLEN];
	const char *colon = strrchr(text, ':');
	size_t length = colon ? (size_t)(colon - text) : sizeof host;
	char *end;
	long port;

	if (length >= sizeof host)
		return false;
	memcpy(host, text, length);
	host[length] = '\0';
	port = strtol(colon + 1, &end, 10);
	memset(out, 0, sizeof *out);
	out->sin_family = AF_INET;
	out->sin_port = htons((uint16_t)port);
	return end != colon + 1 && *end == '\0' && port >= 1024 && port <= 65535
	    && inet_pton(AF_INET, host, &out->sin_addr) == 1
	    && ntohl(out->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

/* As above; says what is wrong and ends the program (64: usage error). */
static inline struct sockaddr_in need_loopback_address(const char *text)
{
	struct sockaddr_in address;

	if (!loopback_address(text, &address)) {
		fprintf(stderr, "%s: expected 127.A.B.C:PORT, PORT above 1023\n", text);
		exit(64);
	}
	return address;
}

static inline void set_buffer(int fd, int forced, int plain)
{
	int size = SOCKET_BUFFER;

	/* Without CAP_NET_ADMIN the kernel's own limit has to do. */
	if (setsockopt(fd, SOL_SOCKET, forced, &size, sizeof size) != 0)
		(void)setsockopt(fd, SOL_SOCKET, plain, &size, sizeof size);
}

/* A UDP socket bound to the address; ends the program when that fails. */
static inline int bound_socket(const struct sockaddr_in *address, int flags)
{
	int fd = socket(AF_INET, SOCK_DGRAM | flags, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)address, sizeof *address) != 0) {
		perror("bind");
		exit(1);
	}
	set_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF);
	set_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF);
	return fd;
}

#endif
