#define _GNU_SOURCE
#include "AllocationCount.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

// The C library's own functions, for which those below stand in: an executable's symbols come before a library's.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static _Thread_local bool counts;
static _Thread_local struct AllocationCount count;

// The Swift runtime's functions, as the code in this executable calls them.
static void *(*retain)(void *);
static void (*release)(void *);
static void *(*retain_bridged)(void *);
static void (*release_bridged)(void *);

__attribute__((constructor)) static void find(void) {
  retain = dlsym(RTLD_NEXT, "swift_retain");
  release = dlsym(RTLD_NEXT, "swift_release");
  retain_bridged = dlsym(RTLD_NEXT, "swift_bridgeObjectRetain");
  release_bridged = dlsym(RTLD_NEXT, "swift_bridgeObjectRelease");
}

void *swift_retain(void *object) {
  if (counts) count.references++;
  if (!retain) find();
  return retain(object);
}

void swift_release(void *object) {
  if (counts) count.references++;
  if (!release) find();
  release(object);
}

void *swift_bridgeObjectRetain(void *object) {
  if (counts) count.references++;
  if (!retain_bridged) find();
  return retain_bridged(object);
}

void swift_bridgeObjectRelease(void *object) {
  if (counts) count.references++;
  if (!release_bridged) find();
  release_bridged(object);
}

void allocation_count_begin(void) {
  count = (struct AllocationCount){0, 0};
  counts = true;
}

struct AllocationCount allocation_count_end(void) {
  counts = false;
  return count;
}

void *malloc(size_t size) {
  if (counts) count.allocations++;
  return __libc_malloc(size);
}

void *calloc(size_t n, size_t size) {
  if (counts) count.allocations++;
  return __libc_calloc(n, size);
}

void *realloc(void *memory, size_t size) {
  if (counts) count.allocations++;
  return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  if (counts) count.allocations++;
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  if (counts) count.allocations++;
  *memory = __libc_memalign(alignment, size);
  return *memory ? 0 : ENOMEM;
}
