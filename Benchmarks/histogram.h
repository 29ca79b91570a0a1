/*
 * histogram.h: latencies in buckets of at most 1.6 % width.
 *
 * 64 buckets for each power of two of nanoseconds: adding one is a few
 * instructions, and a percentile is exact to its bucket from 1 ns to years.
 */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_BUCKETS = 64 * 60 };

struct histogram {
	uint64_t buckets[HISTOGRAM_BUCKETS];
	uint64_t count, sum, max;
};

static inline unsigned histogram_bucket(uint64_t value)
{
	if (value < 64)
		return (unsigned)value;
	unsigned power = 63u - (unsigned)__builtin_clzll(value);	/* 6 or more */
	return (power - 5) * 64 + (unsigned)(value >> (power - 6) & 63);
}

/* The least value of a bucket. */
static inline uint64_t histogram_value(unsigned bucket)
{
	if (bucket < 64)
		return bucket;
	return (64ull | bucket % 64) << (bucket / 64 - 1);
}

static inline void histogram_add(struct histogram *h, uint64_t value)
{
	h->buckets[histogram_bucket(value)]++;
	h->count++;
	h->sum += value;
	if (value > h->max)
		h->max = value;
}

/* The value that `share` (0 to 1) of all values do not exceed by a bucket. */
static inline uint64_t histogram_percentile(const struct histogram *h, double share)
{
	double wanted = share * (double)h->count;
	uint64_t seen = 0;

	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		seen += h->buckets[i];
		if (seen > 0 && (double)seen >= wanted)
			return histogram_value(i);
	}
	return 0;
}

#endif
