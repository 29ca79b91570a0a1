/*
 * clients.h: the sockets of the generator and the queries in flight on them.
 *
 * Each client is one connected UDP socket with a window of slots. A query
 * takes a slot; its ID is the slot's number and, above it, how often the slot
 * was used. So a reply leads to its query without a search, and a late or
 * doubled reply is seen to belong to none.
 */
#ifndef CLIENTS_H
#define CLIENTS_H

#include "histogram.h"
#include "reply.h"

#include <netinet/in.h>

enum { WINDOW_MAX = 4096, CLIENTS_MAX = 256, TRAIN_MAX = 64 };

struct slot {
	uint64_t ticket;	/* what was asked */
	uint64_t sent_at;	/* ns */
	uint16_t id;
	bool waiting;
	bool counted;		/* sent in the measured part of the run */
};

struct client {
	int fd;
	struct slot *slots;
	uint16_t *free;		/* stack of the slots not waiting */
	unsigned free_count;
};

/*
 * asked counts the whole run. sent, received and lost count the queries sent
 * in its measured part, whenever their fate was known: sent = received + lost
 * when nothing is in flight. replies counts right replies that arrived in the
 * measured part: the rate. bad and stray count the whole run, because a wrong
 * answer is wrong at any time.
 */
struct tally {
	uint64_t asked, sent, received, lost, replies, bad, stray;
	uint64_t faults[FAULT_KINDS];
	uint64_t longest_gap, last_reply_at;	/* ns */
	struct histogram latency;
};

struct clients {
	struct client *all;
	unsigned count, window, slot_bits;
	unsigned train;		/* queries handed to the kernel as one datagram train */
	bool edns, echo_only;
	bool measuring;
	int epoll;
	unsigned waiting;	/* on all clients */
	struct question_source questions;
	struct tally tally;
};

/* Monotonic time, ns. */
uint64_t now(void);

/* Opens count sockets of window slots each, connected to the server. */
void open_clients(struct clients *c, const struct sockaddr_in *server,
	unsigned count, unsigned window);

/* Sends up to `wanted` queries on one client; how many left. */
unsigned send_queries(struct clients *c, struct client *client, unsigned wanted);

/* Waits at most `patience` ns for replies and judges all that are there. */
void receive_replies(struct clients *c, uint64_t patience);

/* Gives up the queries sent before the given time. */
void give_up_before(struct clients *c, uint64_t time);

#endif
