#include "allocation_count.h"

#include <stddef.h>

static _Thread_local unsigned long count;
static _Thread_local long balance;

unsigned long allocation_count(void) { return count; }

long allocation_balance(void) { return balance; }

// A sanitizer brings an allocator of its own.
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t number, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

void *malloc(size_t size) {
  count++;
  balance++;
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  count++;
  balance++;
  return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
  count++;
  balance += (old == 0) - (old != 0 && size == 0);
  return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count++;
  balance++;
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
  count++;
  balance++;
  *result = __libc_memalign(alignment, size);
  return *result == 0 && size != 0 ? 12 : 0;
}

void free(void *block) {
  balance -= block != 0;
  __libc_free(block);
}
#endif
