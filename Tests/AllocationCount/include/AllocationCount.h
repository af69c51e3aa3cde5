// Counts what the calling thread allocates, and how often it counts references.
#pragma once

struct AllocationCount {
  long allocations;
  long references;
};

/// From here to `allocation_count_end` the calling thread's calls are counted.
void allocation_count_begin(void);
struct AllocationCount allocation_count_end(void);
