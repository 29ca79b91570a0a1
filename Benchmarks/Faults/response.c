/*
 * response.c: right responses, and how each fault spoils them.
 *
 * A: the address that dns.h invents for the name. Its TTL is in the name: a
 * first label `tN-...` means N seconds, any other 60. Other types are NODATA.
 */
#include "response.h"
#include "../dns.h"

#include <stdlib.h>
#include <string.h>

enum { LIES = 20, RCODE_FORMERR = 1, TTL = 60 };

static uint32_t ttl_of(const uint8_t *qname)
{
	uint32_t ttl = 0;

	if (qname[0] < 3 || qname[1] != 't')
		return TTL;
	for (int i = 2; i <= qname[0]; i++) {
		if (qname[i] == '-')
			return i > 2 ? ttl : TTL;
		if (qname[i] < '0' || qname[i] > '9')
			return TTL;
		ttl = ttl * 10 + (uint32_t)(qname[i] - '0');
	}
	return TTL;
}

static uint8_t *put_answer(uint8_t *p, uint16_t type, uint16_t size, uint32_t ttl)
{
	p = put16(p, 0xc000 | HEADER_SIZE);	/* the name of the question */
	p = put16(p, type);
	p = put16(p, CLASS_IN);
	p = put32(p, ttl);
	return put16(p, size);
}

/* The NODATA of a type that we do not have: an SOA of the root, RFC 2308. */
static uint8_t *put_no_data(uint8_t *p)
{
	*p++ = 0;
	p = put16(p, TYPE_SOA);
	p = put16(p, CLASS_IN);
	p = put32(p, TTL);
	p = put16(p, 2 + 5 * 4);
	*p++ = 0;
	*p++ = 0;
	for (int i = 0; i < 5; i++)
		p = put32(p, TTL);
	return p;
}

static void fold(uint8_t *name, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (name[i] >= 'A' && name[i] <= 'Z')
			name[i] |= 0x20;
}

/* A question about another name of the same length: its first letter turned. */
static void change_name(uint8_t *qname)
{
	qname[1] = qname[1] == 'z' ? 'y' : 'z';
}

static void send_garbage(const uint8_t *query, send_message *send, void *context)
{
	uint8_t octets[512];
	size_t size = 1 + (size_t)random() % sizeof octets;

	for (size_t i = 0; i < size; i++)
		octets[i] = (uint8_t)random();
	if (random() & 1 && size > 2) {
		memcpy(octets, query, 2);
		octets[2] |= FLAG_QR;
	}
	send(octets, size, context);
}

void respond(const struct fault *fault, const uint8_t *query, size_t size, bool over_tcp,
	send_message *send, void *context)
{
	uint8_t message[MESSAGE_SIZE];
	const uint8_t *end = query + size;

	if (size < HEADER_SIZE + 5 || size > MESSAGE_SIZE / 2 || query[2] & FLAG_QR
	    || get16(query + 4) != 1)
		return;
	size_t qname_size = name_size(query + HEADER_SIZE, end);
	size_t question_end = HEADER_SIZE + qname_size + 4;
	if (qname_size == 0 || question_end > size)
		return;
	/* The only additional record a plain query carries is its OPT. */
	bool has_opt = get16(query + 10) != 0;
	if (fault->silent || (has_opt && fault->edns == EDNS_DROPPED))
		return;
	if (fault->shape == SHAPE_GARBAGE && !over_tcp) {
		send_garbage(query, send, context);
		return;
	}

	uint8_t *qname = message + HEADER_SIZE, *p = message + question_end;
	uint8_t rcode = fault->shape == SHAPE_RCODE ? fault->rcode : RCODE_NOERROR;
	bool truncated = fault->shape == SHAPE_TRUNCATED && !over_tcp;
	memcpy(message, query, question_end);
	if (has_opt && fault->edns == EDNS_FORMERR)
		rcode = RCODE_FORMERR;
	if (fault->edns != EDNS_ANSWERED)
		has_opt = false;
	if (fault->shape == SHAPE_FOLDED)
		fold(qname, qname_size);
	if (fault->shape == SHAPE_WRONG_QUESTION)
		change_name(qname);
	bool answered = rcode == RCODE_NOERROR && !truncated;
	bool is_a = get16(qname + qname_size) == TYPE_A;
	message[2] = (uint8_t)(FLAG_QR | (truncated ? FLAG_TC : 0) | (query[2] & FLAG_RD));
	message[3] = FLAG_RA | rcode;
	put16(message + 6, answered && is_a);
	put16(message + 8, answered && !is_a);
	put16(message + 10, has_opt);
	uint8_t *address = NULL;
	if (answered && is_a) {
		address = put_answer(p, TYPE_A, 4, ttl_of(qname));
		p = put32(address, invented_address(qname, qname_size));
	} else if (answered) {
		p = put_no_data(p);
	}
	if (has_opt)
		p = put_opt(p);
	if (fault->shape == SHAPE_WRONG_ID && address != NULL && !over_tcp) {
		uint8_t truth[2] = { message[0], message[1] };
		for (int i = 1; i <= LIES; i++) {
			put16(message, (uint16_t)(get16(truth) + i * 251));
			address[3] ^= 1;
			send(message, (size_t)(p - message), context);
			address[3] ^= 1;
		}
		memcpy(message, truth, 2);
	}
	send(message, (size_t)(p - message), context);
}
