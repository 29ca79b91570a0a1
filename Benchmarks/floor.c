/*
 * floor: what the kernel costs, and nothing else.
 *
 *	floor 127.0.0.1:PORT SECONDS
 *
 * Receives up to 32 datagrams in one call, turns each query into a "response"
 * by setting QR in place, sends all of them in one call. No server that reads
 * and writes datagrams with the same calls can cost less, so its cost is the
 * unit in which the benchmark counts the others.
 *
 * 32 is the knee: smaller batches cost more, 64 gains nothing.
 */
#define _GNU_SOURCE
#include "dns.h"
#include "net.h"

enum { BATCH = 32, BUFFER = 2048 };

/* One skewed buffer each: at a stride of 2048 all headers share a few L1 sets. */
struct buffer { uint8_t octets[BUFFER]; uint8_t skew[192]; };

static struct buffer buffers[BATCH];
static struct sockaddr_in clients[BATCH];
static struct iovec parts[BATCH];
static struct mmsghdr messages[BATCH];

/* Undoes what the last round wrote: lengths of data and of addresses. */
static void reset_messages(void)
{
	for (int i = 0; i < BATCH; i++) {
		parts[i].iov_base = buffers[i].octets;
		parts[i].iov_len = BUFFER;
		messages[i].msg_hdr.msg_iov = &parts[i];
		messages[i].msg_hdr.msg_iovlen = 1;
		messages[i].msg_hdr.msg_name = &clients[i];
		messages[i].msg_hdr.msg_namelen = sizeof clients[i];
	}
}

static void send_all(int fd, int count)
{
	int done = 0;

	while (done < count) {
		int sent = sendmmsg(fd, messages + done, (unsigned)(count - done), 0);
		/* An error is the first message's own: leave that one out. */
		done += sent > 0 ? sent : 1;
	}
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: floor 127.0.0.1:PORT SECONDS\n");
		return 64;
	}
	struct sockaddr_in address = need_loopback_address(argv[1]);
	int fd = bound_socket(&address, 0);

	/* The program cannot outlive a benchmark that was interrupted. */
	alarm((unsigned)atoi(argv[2]));
	for (;;) {
		reset_messages();
		/* Blocks for the first, takes what else is already there. */
		int count = recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, NULL);
		for (int i = 0; i < count; i++) {
			buffers[i].octets[2] |= FLAG_QR;
			parts[i].iov_len = messages[i].msg_len;
		}
		send_all(fd, count);
	}
}
