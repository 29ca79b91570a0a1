/*
 * fault.c: the table of faults.
 */
#include "fault.h"
#include "../dns.h"

#include <string.h>

enum { RCODE_FORMERR = 1, RCODE_SERVFAIL = 2 };

static const struct fault faults[] = {
	{ .name = "none" },
	{ .name = "silent", .silent = true },
	{ .name = "loss", .loss = 30 },
	{ .name = "delay", .delay = 500 },
	{ .name = "reorder", .delay = 50, .jitter = 200 },
	{ .name = "servfail", .shape = SHAPE_RCODE, .rcode = RCODE_SERVFAIL },
	{ .name = "refused", .shape = SHAPE_RCODE, .rcode = RCODE_REFUSED },
	{ .name = "wrong-id", .shape = SHAPE_WRONG_ID },
	{ .name = "wrong-question", .shape = SHAPE_WRONG_QUESTION },
	{ .name = "truncated", .shape = SHAPE_TRUNCATED },
	{ .name = "tcp-dead", .shape = SHAPE_TRUNCATED, .tcp_dead = true },
	{ .name = "garbage", .shape = SHAPE_GARBAGE },
	{ .name = "folded", .shape = SHAPE_FOLDED },
	{ .name = "edns-dropped", .edns = EDNS_DROPPED },
	{ .name = "edns-formerr", .edns = EDNS_FORMERR },
	{ .name = "edns-stripped", .edns = EDNS_STRIPPED },
};

const struct fault *fault_named(const char *name)
{
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
		if (strcmp(faults[i].name, name) == 0)
			return &faults[i];
	return NULL;
}
