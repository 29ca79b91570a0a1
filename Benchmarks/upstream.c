/*
 * upstream: a resolver that knows every name, as fast as one core allows.
 *
 *	upstream 127.0.0.1:PORT SECONDS [COUNTER]
 *
 * A: one address, computed from the name (invented_address in dns.h), TTL
 * 3600. Any other type: NODATA with an SOA. The question is sent back as it
 * came, octet for octet, because forwarders hide entropy in its case. A query
 * with an OPT gets one back. What is not a query of one question is dropped.
 *
 * COUNTER is a file that holds the number of queries as a 64-bit integer of
 * the machine, always up to date: a reader maps or reads it at any time and
 * learns which answers a server under test really had to fetch.
 */
#define _GNU_SOURCE
#include "dns.h"
#include "net.h"

#include <fcntl.h>
#include <sys/mman.h>

enum { BATCH = 64, BUFFER = 2048, TTL = 3600 };

static uint8_t buffers[BATCH][BUFFER];
static struct sockaddr_in clients[BATCH];
static struct iovec parts[BATCH];
static struct mmsghdr messages[BATCH];

/* The last label before the root: the "zone" that owns the SOA. */
static uint16_t top_label_offset(const uint8_t *message)
{
	uint16_t offset = HEADER_SIZE, last = HEADER_SIZE;

	while (message[offset] != 0) {
		last = offset;
		offset = (uint16_t)(offset + 1 + message[offset]);
	}
	return last;
}

static uint8_t *put_record_head(uint8_t *p, uint16_t owner, uint16_t type,
	uint16_t rdlength)
{
	p = put16(p, (uint16_t)(0xc000 | owner));	/* compression pointer */
	p = put16(p, type);
	p = put16(p, CLASS_IN);
	p = put32(p, TTL);
	return put16(p, rdlength);
}

static uint8_t *put_a(uint8_t *p, const uint8_t *qname, size_t size)
{
	p = put_record_head(p, HEADER_SIZE, TYPE_A, 4);
	return put32(p, invented_address(qname, size));
}

static uint8_t *put_soa(uint8_t *p, uint16_t owner)
{
	p = put_record_head(p, owner, TYPE_SOA, 2 + 5 * 4);
	*p++ = 0;			/* MNAME: the root */
	*p++ = 0;			/* RNAME: the root */
	for (int i = 0; i < 5; i++)	/* serial, three timers, minimum */
		p = put32(p, TTL);
	return p;
}

/* Turns the query in the buffer into its response; its size, 0 to drop it. */
static size_t respond(uint8_t *message, size_t size)
{
	if (size < HEADER_SIZE + 5 || message[2] & FLAG_QR || get16(message + 4) != 1)
		return 0;

	uint8_t *qname = message + HEADER_SIZE, *end = message + size;
	size_t qname_size = name_size(qname, end);
	uint8_t *p = qname + qname_size + 4;	/* behind QTYPE and QCLASS */
	if (qname_size == 0 || p > end)
		return 0;

	bool is_a = get16(qname + qname_size) == TYPE_A;
	/* The only additional record a plain query carries is its OPT. */
	bool has_opt = get16(message + 10) != 0;

	message[2] = FLAG_QR | (message[2] & FLAG_RD);
	message[3] = FLAG_RA | RCODE_NOERROR;
	put16(message + 6, is_a);
	put16(message + 8, !is_a);
	put16(message + 10, has_opt);
	p = is_a ? put_a(p, qname, qname_size) : put_soa(p, top_label_offset(message));
	if (has_opt)
		p = put_opt(p);
	return (size_t)(p - message);
}

static void reset_messages(void)
{
	for (int i = 0; i < BATCH; i++) {
		parts[i].iov_base = buffers[i];
		/* Room is kept for what the longest response adds. */
		parts[i].iov_len = BUFFER - 64;
		messages[i].msg_hdr.msg_iov = &parts[i];
		messages[i].msg_hdr.msg_iovlen = 1;
		messages[i].msg_hdr.msg_name = &clients[i];
		messages[i].msg_hdr.msg_namelen = sizeof clients[i];
	}
}

/* Answers in place; moves the answered to the front; how many they are. */
static int respond_all(int received)
{
	int count = 0;

	for (int i = 0; i < received; i++) {
		size_t size = respond(buffers[i], messages[i].msg_len);
		if (size == 0)
			continue;
		parts[count] = (struct iovec){ buffers[i], size };
		messages[count].msg_hdr.msg_name = &clients[i];
		count++;
	}
	return count;
}

static void send_all(int fd, int count)
{
	int done = 0;

	while (done < count) {
		int sent = sendmmsg(fd, messages + done, (unsigned)(count - done), 0);
		done += sent > 0 ? sent : 1;
	}
}

/* The counter: in the file when one is named, else in memory. */
static volatile uint64_t *open_counter(const char *path)
{
	static uint64_t unread;
	int fd = path ? open(path, O_RDWR | O_CREAT | O_TRUNC, 0644) : -1;
	void *map = MAP_FAILED;

	if (path == NULL)
		return &unread;
	if (fd >= 0 && ftruncate(fd, sizeof unread) == 0)
		map = mmap(NULL, sizeof unread, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED) {
		perror(path);
		exit(1);
	}
	return map;
}

int main(int argc, char **argv)
{
	if (argc != 3 && argc != 4) {
		fprintf(stderr, "usage: upstream 127.0.0.1:PORT SECONDS [COUNTER]\n");
		return 64;
	}
	struct sockaddr_in address = need_loopback_address(argv[1]);
	int fd = bound_socket(&address, 0);
	volatile uint64_t *counter = open_counter(argv[3]);

	/* The program cannot outlive a benchmark that was interrupted. */
	alarm((unsigned)atoi(argv[2]));
	for (;;) {
		reset_messages();
		int count = recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, NULL);
		if (count <= 0)
			continue;
		*counter += (uint64_t)count;
		send_all(fd, respond_all(count));
	}
}
