/*
 * dns.h: the parts of the DNS wire format (RFC 1035 section 4.1) that the
 * load generator and the upstream share.
 *
 * Only what they need: integers, the length of a name, and the rule by which
 * the upstream invents an address, so that the generator can check it.
 */
#ifndef DNS_H
#define DNS_H

#include <stddef.h>
#include <stdint.h>

enum {
	HEADER_SIZE = 12,	/* ID, flags, four counts */
	NAME_MAX_SIZE = 255,	/* RFC 1035 section 2.3.4, root label included */
	LABEL_MAX_SIZE = 63,
	QUESTION_MAX_SIZE = NAME_MAX_SIZE + 4,	/* QNAME, QTYPE, QCLASS */
	OPT_SIZE = 11,		/* an OPT without options (RFC 6891) */
	EDNS_SIZE = 1232,	/* the UDP size we say we take */

	TYPE_A = 1, TYPE_SOA = 6, TYPE_OPT = 41,
	CLASS_IN = 1,
	RCODE_NOERROR = 0, RCODE_NXDOMAIN = 3, RCODE_REFUSED = 5,

	/* The third and fourth header octet. */
	FLAG_QR = 0x80, FLAG_TC = 0x02, FLAG_RD = 0x01, FLAG_RA = 0x80,
	MASK_RCODE = 0x0f
};

static inline uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static inline uint8_t *put16(uint8_t *p, uint16_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
	return p + 2;
}

static inline uint8_t *put32(uint8_t *p, uint32_t value)
{
	return put16(put16(p, (uint16_t)(value >> 16)), (uint16_t)value);
}

/*
 * Octets of the uncompressed name at p, its root label included; 0 when it is
 * compressed, too long or runs past the end.
 */
static inline size_t name_size(const uint8_t *p, const uint8_t *end)
{
	size_t size = 0;

	while (size < NAME_MAX_SIZE && p + size < end) {
		uint8_t label = p[size];
		if (label == 0)
			return size + 1;
		if (label > LABEL_MAX_SIZE)
			return 0;
		size += 1u + label;
	}
	return 0;
}

/*
 * The address of every name: FNV-1a of its lower-cased wire form, folded into
 * 198.18.0.0/15, the network for benchmarks (RFC 2544). A wrong or swapped
 * answer has one chance in 131,072 of passing for the right one.
 */
static inline uint32_t invented_address(const uint8_t *name, size_t size)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < size; i++) {
		uint8_t c = name[i];
		/* Label lengths are below 'A': the whole name can be folded. */
		if (c >= 'A' && c <= 'Z')
			c |= 0x20;
		hash = (hash ^ c) * 16777619u;
	}
	return 0xc6120000u | ((hash ^ hash >> 15) & 0x1ffffu);
}

/* An OPT without options: root name, type, UDP size, no flags, no data. */
static inline uint8_t *put_opt(uint8_t *p)
{
	*p++ = 0;
	p = put16(p, TYPE_OPT);
	p = put16(p, EDNS_SIZE);
	p = put32(p, 0);
	return put16(p, 0);
}

#endif
