/* The C peers of compute.snow: the same work, the same units. Prints `name nanoseconds units`. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

__attribute__((noinline)) static int64_t fib(int64_t n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

__attribute__((noinline)) static int64_t turn(int64_t n, int64_t s) {
  for (int64_t i = 0; i < n; i++)
    s = (int64_t)((uint64_t)s * 31 + (uint64_t)(i ^ (s >> 7)));
  return s;
}

__attribute__((noinline)) static int64_t sum(const int64_t *array, int64_t n, int64_t s) {
  for (int64_t i = 0; i < n; i++)
    s += array[i];
  return s;
}

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static volatile int64_t sink;

#define BEST(name, units, work)                                                                     \
  do {                                                                                              \
    int64_t least = INT64_MAX;                                                                      \
    for (int try = 0; try < 5; try++) {                                                             \
      int64_t begun = now();                                                                        \
      sink = (work);                                                                                \
      int64_t took = now() - begun;                                                                 \
      if (took < least) least = took;                                                               \
    }                                                                                               \
    printf("%s %lld %lld\n", name, (long long)least, (long long)(units));                           \
  } while (0)

static int64_t repeat_sum(const int64_t *array, int64_t n, int times) {
  int64_t s = 0;
  for (int i = 0; i < times; i++)
    s = sum(array, n, s);
  return s;
}

int main(void) {
  int64_t n = 100000;
  int64_t *array = malloc(n * sizeof *array);
  for (int64_t i = 0; i < n; i++)
    array[i] = i;
  BEST("fib", 29860703, fib(35));
  BEST("loop", 100000000, turn(100000000, 1));
  BEST("array", 100000000, repeat_sum(array, n, 1000));
  return 0;
}
