// Additions that do not wait for one another, a nanosecond, the least of all processors: JSON. A core whose other
// hardware thread works for somebody else, as on a virtual machine, has half as many; its chains of operations and its
// multiply-adds in registers take no longer.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if defined(__x86_64__)
#define ADD(x) "add $1, %" #x "\n"
#elif defined(__aarch64__)
#define ADD(x) "add %" #x ", %" #x ", #1\n"
#endif
#define ROUND ADD(0) ADD(1) ADD(2) ADD(3) ADD(4) ADD(5) ADD(6) ADD(7)

static double nanoseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

static void *measure(void *result) {
  double *rate = result;
#ifdef __linux__
  cpu_set_t own;
  CPU_ZERO(&own);
  CPU_SET((int)*rate, &own);
  sched_setaffinity(0, sizeof own, &own);
#endif
  const long rounds = 1000000;
  double begin = nanoseconds();
  unsigned long a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;
  for (long i = 0; i < rounds; i++) {
    __asm__ volatile(ROUND ROUND : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f), "+r"(g), "+r"(h));
  }
  *rate = 16.0 * rounds / (nanoseconds() - begin);
  return NULL;
}

int main(int count, char **arguments) {
  enum { MOST = 1024 };
  static double rates[MOST];
  static pthread_t threads[MOST];
  int n = count > 1 ? atoi(arguments[1]) : 1;
  if (n < 1 || n > MOST) return 1;
  for (int i = 0; i < n; i++) {
    rates[i] = i;
    if (pthread_create(&threads[i], NULL, measure, &rates[i])) return 1;
  }
  double least = 1e9;
  for (int i = 0; i < n; i++) {
    pthread_join(threads[i], NULL);
    if (rates[i] < least) least = rates[i];
  }
  printf("{\"additions\": %.2f}\n", least);
}
