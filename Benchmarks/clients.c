/* clients.c: sends queries, receives and judges replies. See clients.h. */
#define _GNU_SOURCE
#include "clients.h"
#include "net.h"

#include <errno.h>
#include <netinet/udp.h>
#include <sys/epoll.h>
#include <time.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

enum {
	SEND_BATCH = 64, RECEIVE_BATCH = 64,
	QUERY_SIZE = HEADER_SIZE + QUESTION_MAX_SIZE + OPT_SIZE,
	REPLY_SIZE = 1500,
	FAULTS_SHOWN = 5
};

/* Room for the one control message that says where a train is cut. */
union segment_control {
	char octets[CMSG_SPACE(sizeof(uint16_t))];
	struct cmsghdr align;
};

static struct {
	uint8_t queries[SEND_BATCH][QUERY_SIZE];
	struct iovec parts[SEND_BATCH];
	uint16_t slots[SEND_BATCH];
	struct mmsghdr messages[SEND_BATCH];
	unsigned queries_in[SEND_BATCH];	/* of each message */
	union segment_control controls[SEND_BATCH];
} out;

static struct {
	uint8_t replies[RECEIVE_BATCH][REPLY_SIZE];
	struct iovec parts[RECEIVE_BATCH];
	struct mmsghdr messages[RECEIVE_BATCH];
} in;

uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void *zeroed(size_t count, size_t size)
{
	void *block = calloc(count, size);

	if (block == NULL) {
		perror("clients");
		exit(1);
	}
	return block;
}

/* Bound as well as connected to loopback: no route can lead the traffic out. */
static void open_client(struct clients *c, unsigned index,
	const struct sockaddr_in *server)
{
	struct client *client = &c->all[index];
	struct sockaddr_in local = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct epoll_event event = { .events = EPOLLIN, .data.u32 = index };

	client->fd = bound_socket(&local, SOCK_NONBLOCK);
	if (connect(client->fd, (const struct sockaddr *)server, sizeof *server) != 0
	    || epoll_ctl(c->epoll, EPOLL_CTL_ADD, client->fd, &event) != 0) {
		perror("connect");
		exit(1);
	}
	client->slots = zeroed(c->window, sizeof *client->slots);
	client->free = zeroed(c->window, sizeof *client->free);
	for (unsigned slot = 0; slot < c->window; slot++) {
		/* IDs do not start at zero: a server that forgets them shows. */
		client->slots[slot].id = (uint16_t)((unsigned)rand() << c->slot_bits | slot);
		client->free[client->free_count++] = (uint16_t)slot;
	}
}

void open_clients(struct clients *c, const struct sockaddr_in *server,
	unsigned count, unsigned window)
{
	c->count = count;
	c->window = window;
	while (1u << c->slot_bits < window)
		c->slot_bits++;
	c->all = zeroed(count, sizeof *c->all);
	c->epoll = epoll_create1(0);
	for (unsigned i = 0; i < count; i++)
		open_client(c, i, server);
	for (unsigned i = 0; i < RECEIVE_BATCH; i++) {
		in.parts[i] = (struct iovec){ in.replies[i], REPLY_SIZE };
		in.messages[i].msg_hdr.msg_iov = &in.parts[i];
		in.messages[i].msg_hdr.msg_iovlen = 1;
	}
}

/* --- sending ------------------------------------------------------------ */

/* Writes the next query into place `index` of the batch, in a slot taken. */
static void prepare_query(struct clients *c, struct client *client,
	unsigned index, uint64_t time)
{
	uint16_t number = client->free[--client->free_count];
	struct slot *slot = &client->slots[number];
	uint8_t *query = out.queries[index], *p = query;
	struct question question;

	slot->id = (uint16_t)(slot->id + (1u << c->slot_bits));
	slot->ticket = next_ticket(&c->questions);
	slot->sent_at = time;
	make_question(&c->questions, slot->ticket, &question);

	p = put16(p, slot->id);
	p = put16(p, FLAG_RD << 8);
	p = put16(p, 1);			/* QDCOUNT */
	p = put32(p, 0);			/* ANCOUNT, NSCOUNT */
	p = put16(p, c->edns);			/* ARCOUNT */
	memcpy(p, question.wire, question.size);
	p += question.size;
	if (c->edns)
		p = put_opt(p);
	out.parts[index] = (struct iovec){ query, (size_t)(p - query) };
	out.slots[index] = number;
}

/* One message of `count` queries; more than one is a train (UDP_SEGMENT). */
static void set_message(unsigned message, unsigned first, unsigned count)
{
	struct msghdr *header = &out.messages[message].msg_hdr;
	struct cmsghdr *control = &out.controls[message].align;
	uint16_t size = (uint16_t)out.parts[first].iov_len;

	memset(header, 0, sizeof *header);
	header->msg_iov = &out.parts[first];
	header->msg_iovlen = count;
	out.queries_in[message] = count;
	if (count == 1)
		return;
	header->msg_control = control;
	header->msg_controllen = sizeof out.controls[message];
	control->cmsg_level = SOL_UDP;
	control->cmsg_type = UDP_SEGMENT;
	control->cmsg_len = CMSG_LEN(sizeof size);
	memcpy(CMSG_DATA(control), &size, sizeof size);
}

/*
 * Neighbours of one length become a train. It makes the generator cheap; the
 * server still receives single datagrams.
 */
static unsigned make_messages(unsigned count, unsigned train)
{
	unsigned messages = 0;

	for (unsigned first = 0, next; first < count; first = next) {
		next = first + 1;
		while (next < count && next - first < train
		    && out.parts[next].iov_len == out.parts[first].iov_len)
			next++;
		set_message(messages++, first, next - first);
	}
	return messages;
}

/* The queries of the batch that left are waited for, the others' slots freed. */
static void book_sent(struct clients *c, struct client *client,
	unsigned sent, unsigned count)
{
	for (unsigned i = 0; i < sent; i++) {
		struct slot *slot = &client->slots[out.slots[i]];
		slot->waiting = true;
		slot->counted = c->measuring;
	}
	for (unsigned i = sent; i < count; i++)
		client->free[client->free_count++] = out.slots[i];
	c->waiting += sent;
	c->tally.asked += sent;
	if (c->measuring)
		c->tally.sent += sent;
}

static unsigned send_batch(struct clients *c, struct client *client, unsigned count)
{
	uint64_t time = now();
	unsigned sent = 0;

	for (unsigned i = 0; i < count; i++)
		prepare_query(c, client, i, time);
	int messages = sendmmsg(client->fd, out.messages, make_messages(count, c->train), 0);
	if (messages < 0 && errno == ECONNREFUSED) {
		fprintf(stderr, "load: nothing listens at the server's address\n");
		exit(1);
	}
	for (int i = 0; i < messages; i++)
		sent += out.queries_in[i];
	book_sent(c, client, sent, count);
	return sent;
}

unsigned send_queries(struct clients *c, struct client *client, unsigned wanted)
{
	unsigned total = 0;

	while (total < wanted && client->free_count > 0) {
		unsigned count = wanted - total;
		if (count > client->free_count)
			count = client->free_count;
		if (count > SEND_BATCH)
			count = SEND_BATCH;
		unsigned sent = send_batch(c, client, count);
		total += sent;
		if (sent < count)	/* the socket is full: later */
			break;
	}
	return total;
}

/* --- receiving ---------------------------------------------------------- */

/* The first faults of a run in full: a count alone explains nothing. */
static void show_fault(const struct clients *c, enum fault fault,
	const uint8_t *reply, size_t size)
{
	if (c->tally.bad > FAULTS_SHOWN)
		return;
	fprintf(stderr, "load: bad reply (%s):", fault_names[fault]);
	for (size_t i = 0; i < size && i < 128; i++)
		fprintf(stderr, " %02x", reply[i]);
	fputc('\n', stderr);
}

static void release(struct clients *c, struct client *client, struct slot *slot)
{
	slot->waiting = false;
	client->free[client->free_count++] = (uint16_t)(slot - client->slots);
	c->waiting--;
}

/* The slot whose query the reply's ID belongs to; NULL when there is none. */
static struct slot *slot_of(const struct clients *c, const struct client *client,
	const uint8_t *reply, size_t size)
{
	if (size < HEADER_SIZE)
		return NULL;
	uint16_t id = get16(reply);
	unsigned number = id & ((1u << c->slot_bits) - 1);
	if (number >= c->window)
		return NULL;
	struct slot *slot = &client->slots[number];
	return slot->waiting && slot->id == id ? slot : NULL;
}

static void take_reply(struct clients *c, struct client *client,
	const uint8_t *reply, size_t size, uint64_t time)
{
	struct slot *slot = slot_of(c, client, reply, size);
	struct question asked;

	if (slot == NULL) {
		c->tally.stray++;
		return;
	}
	make_question(&c->questions, slot->ticket, &asked);
	enum fault fault = reply_fault(reply, size, &asked, c->echo_only);
	c->tally.faults[fault]++;
	if (fault != FAULT_NONE) {
		c->tally.bad++;
		show_fault(c, fault, reply, size);
	}
	if (c->measuring && fault == FAULT_NONE) {
		c->tally.replies++;
		histogram_add(&c->tally.latency, time - slot->sent_at);
	}
	if (slot->counted)
		c->tally.received++;
	release(c, client, slot);
}

static void note_gap(struct tally *tally, uint64_t time)
{
	if (time - tally->last_reply_at > tally->longest_gap)
		tally->longest_gap = time - tally->last_reply_at;
	tally->last_reply_at = time;
}

static void drain(struct clients *c, struct client *client)
{
	int count;

	do {
		count = recvmmsg(client->fd, in.messages, RECEIVE_BATCH, MSG_DONTWAIT, NULL);
		uint64_t time = now();
		if (count > 0)
			note_gap(&c->tally, time);
		for (int i = 0; i < count; i++)
			take_reply(c, client, in.replies[i], in.messages[i].msg_len, time);
	} while (count == RECEIVE_BATCH);
}

void receive_replies(struct clients *c, uint64_t patience)
{
	struct epoll_event events[CLIENTS_MAX];
	struct timespec timeout = { (time_t)(patience / 1000000000u),
		(long)(patience % 1000000000u) };
	int ready = epoll_pwait2(c->epoll, events, CLIENTS_MAX, &timeout, NULL);

	for (int i = 0; i < ready; i++)
		drain(c, &c->all[events[i].data.u32]);
}

void give_up_before(struct clients *c, uint64_t time)
{
	for (unsigned i = 0; i < c->count; i++) {
		struct client *client = &c->all[i];
		for (unsigned j = 0; j < c->window; j++) {
			struct slot *slot = &client->slots[j];
			if (!slot->waiting || slot->sent_at >= time)
				continue;
			if (slot->counted)
				c->tally.lost++;
			release(c, client, slot);
		}
	}
}
