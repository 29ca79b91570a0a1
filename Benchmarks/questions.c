/* questions.c: the names file and the unique names. See questions.h. */
#include "questions.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* 16 octets and the wire form elsewhere: 10,000 questions fit in L2. */
struct stored_question {
	uint32_t offset;	/* into wires */
	uint16_t size;
	uint8_t expectation;
	uint8_t rcode;
	uint32_t address;
};

static const uint64_t UNIQUE = 1ull << 63;	/* set in the ticket of a unique name */

/* "u" and two 32-bit numbers in hexadecimal: names of one length. */
enum { UNIQUE_LABEL_SIZE = 1 + 8 + 8 };

static const struct { const char *name; uint16_t number; } types[] = {
	{ "A", 1 }, { "NS", 2 }, { "CNAME", 5 }, { "SOA", 6 }, { "MX", 15 },
	{ "TXT", 16 }, { "AAAA", 28 }, { "SRV", 33 }, { "HTTPS", 65 },
};

/* The wire form of a name in text, without escapes; its size, 0 if faulty. */
static size_t name_from_text(uint8_t *out, const char *text)
{
	size_t size = 0;

	if (strcmp(text, ".") == 0)	/* the root alone is written with a dot */
		text++;
	while (*text != '\0') {
		size_t label = strcspn(text, ".");
		/* One octet for the length, one kept for the root. */
		if (label == 0 || label > LABEL_MAX_SIZE || size + label + 2 > NAME_MAX_SIZE)
			return 0;
		out[size] = (uint8_t)label;
		memcpy(out + size + 1, text, label);
		size += label + 1;
		text += label + (text[label] == '.');
	}
	out[size] = 0;
	return size + 1;
}

static bool type_from_text(uint16_t *out, const char *text)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcasecmp(types[i].name, text) == 0) {
			*out = types[i].number;
			return true;
		}
	return false;
}

static void expect(struct question *q, enum expectation what, uint8_t rcode,
	uint32_t address)
{
	q->expectation = (uint8_t)what;
	q->rcode = rcode;
	q->address = address;
}

static bool expectation_from_text(struct question *q, const char *text)
{
	struct in_addr address;

	if (*text == '\0')
		expect(q, EXPECT_ANYTHING, RCODE_NOERROR, 0);
	else if (strcmp(text, "upstream") == 0)
		expect(q, EXPECT_ADDRESS, RCODE_NOERROR,
		    invented_address(q->wire, q->size - 4u));
	else if (strcmp(text, "nodata") == 0)
		expect(q, EXPECT_NODATA, RCODE_NOERROR, 0);
	else if (strcmp(text, "nxdomain") == 0)
		expect(q, EXPECT_RCODE, RCODE_NXDOMAIN, 0);
	else if (strcmp(text, "refused") == 0)
		expect(q, EXPECT_RCODE, RCODE_REFUSED, 0);
	else if (inet_pton(AF_INET, text, &address) == 1)
		expect(q, EXPECT_ADDRESS, RCODE_NOERROR, ntohl(address.s_addr));
	else
		return false;
	return true;
}

static bool question_from_line(struct question *q, const char *line)
{
	char name[512], type[16], answer[64] = "";
	uint16_t qtype;
	size_t size;

	if (sscanf(line, "%511s %15s %63s", name, type, answer) < 2)
		return false;
	size = name_from_text(q->wire, name);
	if (size == 0 || !type_from_text(&qtype, type))
		return false;
	put16(put16(q->wire + size, qtype), CLASS_IN);
	q->size = (uint16_t)(size + 4);
	return expectation_from_text(q, answer);
}

/* The block with room for `needed` items; doubles, so growing is amortised. */
static void *grown(void *block, size_t *capacity, size_t needed, size_t item)
{
	if (needed <= *capacity)
		return block;
	*capacity = needed > 1024 ? 2 * needed : 2048;
	block = realloc(block, *capacity * item);
	if (block == NULL) {
		perror("names");
		exit(1);
	}
	return block;
}

static void store_question(struct question_source *s, const struct question *q)
{
	s->stored = grown(s->stored, &s->stored_capacity, s->stored_count + 1,
	    sizeof *s->stored);
	s->wires = grown(s->wires, &s->wires_capacity, s->wires_size + q->size, 1);
	memcpy(s->wires + s->wires_size, q->wire, q->size);
	s->stored[s->stored_count++] = (struct stored_question){
		.offset = (uint32_t)s->wires_size, .size = q->size,
		.expectation = q->expectation, .rcode = q->rcode,
		.address = q->address,
	};
	s->wires_size += q->size;
}

void read_questions(struct question_source *source, const char *path)
{
	FILE *file = fopen(path, "r");
	char line[1024];
	struct question q;

	if (file == NULL) {
		perror(path);
		exit(1);
	}
	for (int number = 1; fgets(line, sizeof line, file); number++) {
		if (!question_from_line(&q, line)) {
			fprintf(stderr, "%s:%d: expected NAME TYPE [ANSWER]: %s",
			    path, number, line);
			exit(1);
		}
		store_question(source, &q);
	}
	fclose(file);
	if (source->stored_count == 0) {
		fprintf(stderr, "%s: no names\n", path);
		exit(1);
	}
}

void set_unique_zone(struct question_source *source, const char *zone)
{
	source->zone_size = name_from_text(source->zone, zone);
	if (source->zone_size == 0
	    || source->zone_size + 1 + UNIQUE_LABEL_SIZE > NAME_MAX_SIZE) {
		fprintf(stderr, "%s: not a zone name, or too long\n", zone);
		exit(64);
	}
}

uint64_t next_ticket(struct question_source *source)
{
	unsigned position = source->position;

	source->position = position + 1 < source->cycle ? position + 1 : 0;
	if (position < source->unique)
		return UNIQUE | source->next_unique++;
	uint64_t ticket = source->next_stored++;
	if (source->next_stored == source->stored_count)
		source->next_stored = 0;
	return ticket;
}

/* Much cheaper than snprintf, and this runs twice for each unique name. */
static uint8_t *put_hex(uint8_t *p, uint32_t value)
{
	for (int shift = 28; shift >= 0; shift -= 4)
		*p++ = (uint8_t)"0123456789abcdef"[value >> shift & 15];
	return p;
}

static void make_unique(const struct question_source *source, uint64_t serial,
	struct question *out)
{
	uint8_t *p = out->wire;

	*p++ = UNIQUE_LABEL_SIZE;
	*p++ = 'u';
	p = put_hex(p, (uint32_t)serial);
	p = put_hex(p, source->run);
	memcpy(p, source->zone, source->zone_size);
	p += source->zone_size;
	size_t qname_size = (size_t)(p - out->wire);
	put16(put16(p, TYPE_A), CLASS_IN);
	out->size = (uint16_t)(qname_size + 4);
	expect(out, EXPECT_ADDRESS, RCODE_NOERROR,
	    invented_address(out->wire, qname_size));
}

void make_question(const struct question_source *source, uint64_t ticket,
	struct question *out)
{
	if (ticket & UNIQUE) {
		make_unique(source, ticket & ~UNIQUE, out);
		return;
	}
	const struct stored_question *stored = &source->stored[ticket];
	memcpy(out->wire, source->wires + stored->offset, stored->size);
	out->size = stored->size;
	expect(out, stored->expectation, stored->rcode, stored->address);
}
