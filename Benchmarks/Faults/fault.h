/*
 * fault.h: the ways in which the scripted upstream can fail, by name.
 */
#ifndef FAULT_H
#define FAULT_H

#include <stdbool.h>
#include <stdint.h>

/* What becomes of the octets of a right response. */
enum shape {
	SHAPE_RIGHT,
	SHAPE_RCODE,		/* no answer, `rcode` instead */
	SHAPE_WRONG_ID,		/* 20 lies with other IDs, then the truth */
	SHAPE_WRONG_QUESTION,	/* the right ID, another name and its address */
	SHAPE_TRUNCATED,	/* TC over UDP, the truth over TCP */
	SHAPE_GARBAGE,		/* random octets, every second time behind the right ID */
	SHAPE_FOLDED		/* the name of the question in lower case */
};

/* What becomes of queries with an OPT (RFC 6891). */
enum edns {
	EDNS_ANSWERED,
	EDNS_DROPPED,
	EDNS_FORMERR,		/* and no OPT: section 7, a server without EDNS */
	EDNS_STRIPPED		/* answered as if there had been none */
};

struct fault {
	const char *name;
	enum shape shape;
	enum edns edns;
	uint8_t rcode;
	bool silent;		/* receives and never answers, TCP included */
	bool tcp_dead;		/* accepts connections and never answers on them */
	unsigned loss;		/* datagrams lost on each way, percent */
	unsigned delay;		/* ms on top of what every response takes */
	unsigned jitter;	/* ms, drawn anew for each response: they overtake each other */
};

/* The fault of that name, NULL when there is none. */
const struct fault *fault_named(const char *name);

#endif
