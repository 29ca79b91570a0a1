#pragma once
// Allocations of the calling thread so far: this target's malloc and its kin stand before the C library's.
unsigned long allocation_count(void);
