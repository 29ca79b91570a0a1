/*
 * reply.h: whether a reply is the right one.
 *
 * Every reply is judged, not a sample: a server that answers fast and wrong
 * must not look fast. The ID is not judged here: it has already led from the
 * reply to the question, or to none.
 */
#ifndef REPLY_H
#define REPLY_H

#include "questions.h"

#include <stdbool.h>

enum fault {
	FAULT_NONE,
	FAULT_SHORT,		/* no whole header and question */
	FAULT_QR,		/* not a response */
	FAULT_TRUNCATED,	/* TC: nothing here is too long for UDP */
	FAULT_QUESTION,		/* not one question, or not the one asked, octet for octet */
	FAULT_RCODE,
	FAULT_ANSWER,		/* wrong address, none, or one where none belongs */
	FAULT_KINDS
};

extern const char *const fault_names[FAULT_KINDS];

/*
 * The first fault of a reply to the question. With echo_only the answer is not
 * looked at: the floor sends the query back and has none.
 */
enum fault reply_fault(const uint8_t *reply, size_t size,
	const struct question *asked, bool echo_only);

#endif
