/*
 * later.c: a binary heap over the time that a message is due.
 *
 * The messages stay where they are; the heap moves their numbers.
 */
#include "later.h"

#include <string.h>
#include <time.h>

enum { CAPACITY = 32768 };

static struct later slots[CAPACITY];
static unsigned heap[CAPACITY], unused[CAPACITY];
static unsigned count, ever_used, unused_count;

uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static uint64_t due(unsigned place)
{
	return slots[heap[place]].due;
}

static void swap(unsigned a, unsigned b)
{
	unsigned slot = heap[a];

	heap[a] = heap[b];
	heap[b] = slot;
}

void later_add(const struct target *target, const uint8_t *message, size_t size, uint64_t time)
{
	if (count == CAPACITY || size > MESSAGE_SIZE)
		return;
	unsigned slot = unused_count > 0 ? unused[--unused_count] : ever_used++;
	slots[slot].due = time;
	slots[slot].target = *target;
	slots[slot].size = size;
	memcpy(slots[slot].message, message, size);
	unsigned place = count++;
	heap[place] = slot;
	for (; place > 0 && due(place) < due((place - 1) / 2); place = (place - 1) / 2)
		swap(place, (place - 1) / 2);
}

const struct later *later_take(void)
{
	if (count == 0 || due(0) > now_ms())
		return NULL;
	unsigned taken = heap[0], place = 0;
	heap[0] = heap[--count];
	for (;;) {
		unsigned least = place;
		for (unsigned child = 2 * place + 1; child <= 2 * place + 2; child++)
			if (child < count && due(child) < due(least))
				least = child;
		if (least == place)
			break;
		swap(place, least);
		place = least;
	}
	/* Its octets stay until the slot is given out again, which later_add alone does. */
	unused[unused_count++] = taken;
	return &slots[taken];
}

int later_wait(void)
{
	uint64_t now = now_ms();

	if (count == 0)
		return -1;
	return due(0) > now ? (int)(due(0) - now) : 0;
}
