/* reply.c: judges a reply. See reply.h. */
#include "reply.h"

#include <string.h>

const char *const fault_names[FAULT_KINDS] = {
	"none", "short", "qr", "truncated", "question", "rcode", "answer"
};

/* Behind a name that may end in a compression pointer; NULL when it runs out. */
static const uint8_t *skip_name(const uint8_t *p, const uint8_t *end)
{
	while (p < end) {
		if (*p >= 0xc0)		/* a pointer is two octets and the last thing */
			return end - p >= 2 ? p + 2 : NULL;
		if (*p == 0)
			return p + 1;
		if (*p > LABEL_MAX_SIZE || end - p <= *p)
			return NULL;
		p += 1 + *p;
	}
	return NULL;
}

/* Whether the answer section has A records, and every one has the address. */
static bool all_addresses_are(uint32_t address, const uint8_t *p,
	const uint8_t *end, unsigned records)
{
	bool found = false;

	while (records-- > 0) {
		p = skip_name(p, end);
		if (p == NULL || end - p < 10)	/* type, class, TTL, RDLENGTH */
			return false;
		uint16_t type = get16(p), rdlength = get16(p + 8);
		p += 10;
		if (end - p < rdlength)
			return false;
		if (type == TYPE_A) {
			if (rdlength != 4 || get32(p) != address)
				return false;
			found = true;
		}
		p += rdlength;
	}
	return found;
}

enum fault reply_fault(const uint8_t *reply, size_t size,
	const struct question *asked, bool echo_only)
{
	const uint8_t *answers = reply + HEADER_SIZE + asked->size;
	const uint8_t *end = reply + size;

	if (size < HEADER_SIZE + (size_t)asked->size)
		return FAULT_SHORT;
	if (!(reply[2] & FLAG_QR))
		return FAULT_QR;
	if (reply[2] & FLAG_TC)
		return FAULT_TRUNCATED;
	if (get16(reply + 4) != 1
	    || memcmp(reply + HEADER_SIZE, asked->wire, asked->size) != 0)
		return FAULT_QUESTION;
	if (echo_only)
		return FAULT_NONE;
	if ((reply[3] & MASK_RCODE) != asked->rcode)
		return FAULT_RCODE;

	uint16_t answer_count = get16(reply + 6);
	bool right = true;
	if (asked->expectation == EXPECT_NODATA)
		right = answer_count == 0;
	else if (asked->expectation == EXPECT_ADDRESS)
		right = all_addresses_are(asked->address, answers, end, answer_count);
	return right ? FAULT_NONE : FAULT_ANSWER;
}
