#pragma once
// Allocations of the calling thread so far: this target's malloc and its kin stand before the C library's.
unsigned long allocation_count(void);
// Those of them that it has not freed; blocks that another thread frees, or freed for another, count too.
long allocation_balance(void);
