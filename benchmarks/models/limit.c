/* How fast this machine can mark random places in a table: the limit of any search that keeps its states in one.
 *
 *   gcc -O3 -march=native limit.c -o limit -pthread
 *   ./limit bitmap|quotient|slots BYTES KEYS OPERATIONS THREADS BATCH
 *
 * OPERATIONS test-and-sets of keys drawn at random from KEYS different ones, so that the table ends with the load of a
 * search that finds KEYS states over OPERATIONS transitions. The same sets as in a search, in batches with prefetch,
 * but nothing else: no successors, no frontier, no invariant; the pages are touched beforehand.
 * BYTES: rounded up to a power of two but for a bitmap. Prints one line of JSON.
 */
#include "visited.h"
#include <pthread.h>

enum { MOST_THREADS = 64, MOST_BATCH = 4096 };

static struct visited set;
static u64 keys, operations, bits;
static int threads, batch;
static u64 marked;
static pthread_barrier_t gate;

/* Spread over the table by one multiplication. */
static inline u64 key_of(u64 number) {
  u64 spread = number * 0x9E3779B97F4A7C15ull;
  if (set.structure == BITMAP) return (u64)((unsigned __int128)spread * bits >> 64);
  return number;
}

static void *worker(void *given) {
  u64 number = (u64)(uintptr_t)given, mine = operations / threads, found = 0, state = (number + 1) << 56;
  u64 key[MOST_BATCH], where[MOST_BATCH];
  pthread_barrier_wait(&gate);
  for (u64 done = 0; done < mine; done += batch) {
    for (int j = 0; j < batch; j++) {
      state += 0x9E3779B97F4A7C15ull;
      u64 random = (state ^ state >> 32) * 0xD6E8FEB86659FD93ull;
      key[j] = key_of((u64)((unsigned __int128)random * keys >> 64));
      where[j] = place(&set, key[j]);
    }
    for (int j = 0; j < batch; j++) found += insert(&set, key[j], where[j]);
  }
  pthread_barrier_wait(&gate);
  __atomic_fetch_add(&marked, found, __ATOMIC_RELAXED);
  return NULL;
}

static int log2_above(u64 number) {
  return number <= 1 ? 0 : 64 - __builtin_clzll(number - 1);
}

int main(int count, char **given) {
  if (count != 7) fail("usage: limit bitmap|quotient|slots BYTES KEYS OPERATIONS THREADS BATCH");
  enum structure structure = structure_named(given[1]);
  u64 bytes = strtoull(given[2], NULL, 10);
  keys = strtoull(given[3], NULL, 10);
  operations = strtoull(given[4], NULL, 10);
  threads = atoi(given[5]);
  batch = atoi(given[6]);
  if (bytes < 4096 || !keys || threads < 1 || threads > MOST_THREADS || batch < 1 || batch > MOST_BATCH)
    fail("the numbers are out of range");
  int log2_places = log2_above(bytes) - (structure == QUOTIENT ? 1 : 3);
  /* The widest domain whose remainders fit into the lanes; beyond that the width of keys costs nothing. */
  u64 domain = structure == QUOTIENT ? 1ull << (log2_places - 5 + REMAINDER_BITS) : 1ull << 63;
  bits = bytes * 8;
  set = visited(structure, structure == BITMAP ? bits : domain, log2_places, threads);
  memset(set.table, 0, set.bytes);
  pthread_barrier_init(&gate, NULL, threads);
  pthread_t others[MOST_THREADS];
  for (uintptr_t i = 1; i < (uintptr_t)threads; i++) pthread_create(&others[i], NULL, worker, (void *)i);
  double began = seconds();
  worker(NULL);
  double took = seconds() - began;
  for (int i = 1; i < threads; i++) pthread_join(others[i], NULL);
  printf("{\"operations\": %lu, \"marked\": %lu, \"seconds\": %.4f, \"table_bytes\": %lu}\n",
         (unsigned long)(operations / threads * threads), (unsigned long)marked, took, (unsigned long)set.bytes);
  return 0;
}
