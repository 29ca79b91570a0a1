#define _GNU_SOURCE
#include "cnet.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>

#ifndef SOL_UDP
#define SOL_UDP 17
#endif
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

_Static_assert(sizeof(struct cnet_message) == sizeof(struct mmsghdr), "cnet_message is mmsghdr");

const uint32_t CNET_READABLE = EPOLLIN, CNET_WRITABLE = EPOLLOUT, CNET_CLOSED = EPOLLHUP | EPOLLERR;

int cnet_recvmmsg(int socket, struct cnet_message *messages, unsigned int count, int flags) {
  return recvmmsg(socket, (struct mmsghdr *)messages, count, flags, 0);
}

int cnet_sendmmsg(int socket, struct cnet_message *messages, unsigned int count, int flags) {
  return sendmmsg(socket, (struct mmsghdr *)messages, count, flags);
}

int cnet_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static int control(int poller, int operation, int descriptor, uint32_t events, uint64_t token) {
  struct epoll_event event = {.events = events, .data.u64 = token};
  return epoll_ctl(poller, operation, descriptor, &event);
}

int cnet_epoll_add(int poller, int descriptor, uint32_t events, uint64_t token) {
  return control(poller, EPOLL_CTL_ADD, descriptor, events, token);
}

int cnet_epoll_modify(int poller, int descriptor, uint32_t events, uint64_t token) {
  return control(poller, EPOLL_CTL_MOD, descriptor, events, token);
}

int cnet_epoll_remove(int poller, int descriptor) { return control(poller, EPOLL_CTL_DEL, descriptor, 0, 0); }

int cnet_epoll_wait(int poller, uint64_t *tokens, uint32_t *events, int count, int milliseconds) {
  struct epoll_event ready[64];
  int found = epoll_wait(poller, ready, count < 64 ? count : 64, milliseconds);
  for (int i = 0; i < found; i++) {
    tokens[i] = ready[i].data.u64;
    events[i] = ready[i].events;
  }
  return found;
}

int cnet_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

long cnet_random(void *buffer, unsigned long length) { return getrandom(buffer, length, 0); }

int cnet_accept(int listener, struct sockaddr_storage *peer, socklen_t *length) {
  return accept4(listener, (struct sockaddr *)peer, length, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

static int set(int socket, int level, int name, int value) {
  return setsockopt(socket, level, name, &value, sizeof value);
}

int cnet_set_reuseport(int socket) { return set(socket, SOL_SOCKET, SO_REUSEPORT, 1); }

// The FORCE forms go past net.core.*mem_max where we may; else the kernel gives what it allows.
int cnet_set_buffers(int socket, int octets) {
  if (set(socket, SOL_SOCKET, SO_RCVBUFFORCE, octets) != 0) set(socket, SOL_SOCKET, SO_RCVBUF, octets);
  if (set(socket, SOL_SOCKET, SO_SNDBUFFORCE, octets) != 0) set(socket, SOL_SOCKET, SO_SNDBUF, octets);
  return 0;
}

int cnet_set_packet_info(int socket, int family) {
  return family == AF_INET ? set(socket, IPPROTO_IP, IP_PKTINFO, 1) : set(socket, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
}

int cnet_set_only_v6(int socket) { return set(socket, IPPROTO_IPV6, IPV6_V6ONLY, 1); }

// OMIT: no path-MTU state that a forged ICMP could plant; small answers need none.
int cnet_set_no_fragments(int socket, int family) {
  return family == AF_INET ? set(socket, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT)
                           : set(socket, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_OMIT);
}

int cnet_set_no_delay(int socket) { return set(socket, IPPROTO_TCP, TCP_NODELAY, 1); }

int cnet_name_thread(const char *name) { return pthread_setname_np(pthread_self(), name); }

unsigned long cnet_segment_control(void *buffer, uint16_t size) {
  memset(buffer, 0, CMSG_SPACE(sizeof size));
  struct cmsghdr *message = buffer;
  message->cmsg_level = SOL_UDP;
  message->cmsg_type = UDP_SEGMENT;
  message->cmsg_len = CMSG_LEN(sizeof size);
  memcpy(CMSG_DATA(message), &size, sizeof size);
  return CMSG_SPACE(sizeof size);
}

unsigned long cnet_reply_control(struct msghdr *received, void *buffer, unsigned long capacity) {
  for (struct cmsghdr *m = CMSG_FIRSTHDR(received); m != 0; m = CMSG_NXTHDR(received, m)) {
    if (m->cmsg_level == IPPROTO_IP && m->cmsg_type == IP_PKTINFO && capacity >= CMSG_SPACE(sizeof(struct in_pktinfo))) {
      struct in_pktinfo info;
      memcpy(&info, CMSG_DATA(m), sizeof info);
      // The kernel has put the local address to answer from into ipi_spec_dst, for broadcasts too; the route, not the
      // interface, chooses the way out.
      info.ipi_ifindex = 0;
      struct cmsghdr *out = buffer;
      memset(buffer, 0, CMSG_SPACE(sizeof info));
      out->cmsg_level = IPPROTO_IP;
      out->cmsg_type = IP_PKTINFO;
      out->cmsg_len = CMSG_LEN(sizeof info);
      memcpy(CMSG_DATA(out), &info, sizeof info);
      return CMSG_SPACE(sizeof info);
    }
    if (m->cmsg_level == IPPROTO_IPV6 && m->cmsg_type == IPV6_PKTINFO &&
        capacity >= CMSG_SPACE(sizeof(struct in6_pktinfo))) {
      struct in6_pktinfo info;
      memcpy(&info, CMSG_DATA(m), sizeof info);
      if (IN6_IS_ADDR_MULTICAST(&info.ipi6_addr)) return 0;
      // A link-local source is only an address together with its interface.
      if (!IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr)) info.ipi6_ifindex = 0;
      struct cmsghdr *out = buffer;
      memset(buffer, 0, CMSG_SPACE(sizeof info));
      out->cmsg_level = IPPROTO_IPV6;
      out->cmsg_type = IPV6_PKTINFO;
      out->cmsg_len = CMSG_LEN(sizeof info);
      memcpy(CMSG_DATA(out), &info, sizeof info);
      return CMSG_SPACE(sizeof info);
    }
  }
  return 0;
}
