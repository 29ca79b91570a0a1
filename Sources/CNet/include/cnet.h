// What the Glibc overlay hides from Swift: epoll, the batch datagram calls, control messages,
// and `union`s and macros that Swift cannot name. Nothing here decides anything.
#pragma once
// No _GNU_SOURCE here: with it the C library's types would differ from those that Swift knows by the same names.
#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>

// One message of a batch: the layout of `struct mmsghdr`, which the overlay leaves out.
struct cnet_message {
  struct msghdr header;
  unsigned int length;
};

int cnet_recvmmsg(int socket, struct cnet_message *messages, unsigned int count, int flags);
int cnet_sendmmsg(int socket, struct cnet_message *messages, unsigned int count, int flags);

int cnet_epoll_create(void);
// `events` is a mask of CNET_READABLE and CNET_WRITABLE; 0 or -1 with errno.
int cnet_epoll_add(int poller, int descriptor, uint32_t events, uint64_t token);
int cnet_epoll_modify(int poller, int descriptor, uint32_t events, uint64_t token);
int cnet_epoll_remove(int poller, int descriptor);
// Fills at most `count` (<= 64) tokens and their events; a negative timeout waits for ever.
int cnet_epoll_wait(int poller, uint64_t *tokens, uint32_t *events, int count, int milliseconds);
extern const uint32_t CNET_READABLE, CNET_WRITABLE, CNET_CLOSED;

int cnet_eventfd(void);
// getrandom(2) without flags: octets written, or -1 with errno.
long cnet_random(void *buffer, unsigned long length);
int cnet_accept(int listener, struct sockaddr_storage *peer, socklen_t *length);

// Socket options; each 0, or -1 with errno.
int cnet_set_reuseport(int socket);
int cnet_set_buffers(int socket, int octets);
int cnet_set_packet_info(int socket, int family);
int cnet_set_only_v6(int socket);
int cnet_set_no_fragments(int socket, int family);
int cnet_set_no_delay(int socket);
int cnet_name_thread(const char *name);

// Writes a UDP_SEGMENT control message (16-bit segment size); returns its length.
unsigned long cnet_segment_control(void *buffer, uint16_t size);
// From the control messages of a received datagram keeps the one that names the local address, as
// the control message that sends a reply from it; returns its length, 0 when there is none.
unsigned long cnet_reply_control(struct msghdr *received, void *buffer, unsigned long capacity);
#define CNET_CONTROL_CAPACITY 96

static inline void cnet_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }
