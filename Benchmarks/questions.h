/*
 * questions.h: what the generator asks, and what it must be told.
 *
 * A question is named by a ticket: its place in the names file, or the serial
 * number of a unique name. The generator keeps only the ticket of a query in
 * flight and makes the question again to check the reply, so its memory stays
 * small enough for the core's cache, whatever the number of names.
 */
#ifndef QUESTIONS_H
#define QUESTIONS_H

#include "dns.h"

enum expectation {
	EXPECT_ANYTHING,	/* NOERROR, any answer */
	EXPECT_ADDRESS,		/* one or more A records, all with the address */
	EXPECT_NODATA,		/* NOERROR, empty answer section */
	EXPECT_RCODE		/* the RCODE alone */
};

struct question {
	uint8_t wire[QUESTION_MAX_SIZE];
	uint16_t size;
	uint8_t expectation;
	uint8_t rcode;
	uint32_t address;	/* host byte order */
};

/*
 * The source of questions. Of every `cycle` questions the first `unique` are
 * names never asked before, below `zone`; the rest is the names file in turn.
 */
struct question_source {
	struct stored_question *stored;
	size_t stored_count, stored_capacity;
	uint8_t *wires;			/* the stored questions' octets */
	size_t wires_size, wires_capacity;
	size_t next_stored;

	uint8_t zone[NAME_MAX_SIZE];	/* wire form */
	size_t zone_size;
	uint32_t run;			/* makes the names of each run its own */
	uint64_t next_unique;

	unsigned unique, cycle, position;
};

/*
 * Reads lines `NAME TYPE [ANSWER]`. ANSWER is an IPv4 address, `upstream` (the
 * address the upstream invents), `nodata`, `nxdomain` or `refused`; without it
 * any NOERROR response is right. Ends the program at a faulty line.
 */
void read_questions(struct question_source *source, const char *path);

/* Unique names are made below this zone; ends the program if it is no name. */
void set_unique_zone(struct question_source *source, const char *zone);

/* The next ticket. */
uint64_t next_ticket(struct question_source *source);

/* The question of a ticket: the same octets each time it is called. */
void make_question(const struct question_source *source, uint64_t ticket,
	struct question *out);

#endif
