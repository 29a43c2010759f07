/* The exact visited sets that a breadth-first search marks its states in: a bit for every state there could be, a
 * quotient table of 16-bit lanes in buckets of one cache line, and open addressing in 64-bit slots.
 *
 * Keys are numbers below 2^domain_bits. place() spreads a key over the table (and prefetches the cache line), insert()
 * marks it and says whether it was new. Between the two a caller lets a batch of other keys pass, so that the memory
 * has time to answer. With one thread plain loads and stores do; with several, a place is claimed atomically.
 */
#ifndef VISITED_H
#define VISITED_H
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#if defined(__AVX512BW__) || defined(__AVX2__)
#include <immintrin.h>
#endif

typedef uint64_t u64;
typedef uint32_t u32;
typedef uint16_t u16;

enum structure { BITMAP, QUOTIENT, SLOTS };
static const char *const STRUCTURES[] = {"bitmap", "quotient", "slots"};

struct visited {
  enum structure structure;
  int alone;       /* one thread only */
  int domain_bits; /* of a key */
  int bucket_bits; /* of a bucket's number; quotient only */
  u64 mask;        /* of a slot's or bucket's number */
  u64 bytes;
  void *table;
};

enum { LANES = 32, LANE_BITS = 16, DISPLACEMENT_BITS = 4, MOST_DISPLACED = 15 };
#define REMAINDER_BITS (LANE_BITS - DISPLACEMENT_BITS)

static inline void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(2);
}

static inline double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Zeroed memory that is only there once it is touched, in huge pages where the system has them. */
static inline void *pages(u64 bytes) {
  void *made = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (made == MAP_FAILED) fail("there is not enough memory for the table");
  madvise(made, bytes, MADV_HUGEPAGE);
  return made;
}

static inline enum structure structure_named(const char *name) {
  for (int each = BITMAP; each <= SLOTS; each++)
    if (!strcmp(name, STRUCTURES[each])) return (enum structure)each;
  fail("write bitmap, quotient or slots");
  return BITMAP;
}

/* A table for keys below `domain`, with 2^log2_places lanes or slots. */
static inline struct visited visited(enum structure structure, u64 domain, int log2_places, int threads) {
  struct visited made = {.structure = structure, .alone = threads == 1, .domain_bits = 64 - __builtin_clzll(domain - 1)};
  if (structure == BITMAP) {
    made.bytes = (domain / 64 + 1) * sizeof(u64);
  } else if (structure == QUOTIENT) {
    made.bytes = sizeof(u16) << log2_places;
    made.bucket_bits = log2_places - 5;
    made.mask = (1ull << made.bucket_bits) - 1;
    if (made.domain_bits - made.bucket_bits > REMAINDER_BITS) fail("remainders do not fit into 16-bit lanes");
  } else {
    made.bytes = sizeof(u64) << log2_places;
    made.mask = (1ull << log2_places) - 1;
  }
  made.table = pages(made.bytes);
  return made;
}

static inline u64 mixed(u64 key) {
  key ^= key >> 32;
  key *= 0x9E3779B97F4A7C15ull;
  return key ^ key >> 29;
}

/* One to one on numbers of that many bits: what does not choose the bucket is the remainder that tells keys apart. */
static inline u64 permuted(u64 key, int bits) {
  u64 mask = (1ull << bits) - 1;
  int half = bits / 2;
  key ^= key >> half;
  key = key * 0x9E3779B97F4A7C15ull & mask;
  key ^= key >> half;
  key = key * 0xD6E8FEB86659FD93ull & mask;
  return key ^ key >> half;
}

static inline u64 place(const struct visited *set, u64 key) {
  u64 at;
  switch (set->structure) {
  case BITMAP:
    at = key;
    __builtin_prefetch((u64 *)set->table + (at >> 6), 1);
    return at;
  case QUOTIENT:
    at = permuted(key, set->domain_bits);
    __builtin_prefetch((u16 *)set->table + (at & set->mask) * LANES, 1);
    return at;
  default:
    at = mixed(key) & set->mask;
    __builtin_prefetch((u64 *)set->table + at, 1);
    return at;
  }
}

static inline int insert_bit(const struct visited *set, u64 at) {
  u64 *word = (u64 *)set->table + (at >> 6), bit = 1ull << (at & 63);
  if (set->alone) {
    if (*word & bit) return 0;
    *word |= bit;
    return 1;
  }
  if (__atomic_load_n(word, __ATOMIC_RELAXED) & bit) return 0;
  return !(__atomic_fetch_or(word, bit, __ATOMIC_RELAXED) & bit);
}

/* Which of a bucket's lanes hold this value, as bits. */
static inline u32 lanes_equal(const u16 *bucket, u16 value) {
#if defined(__AVX512BW__)
  return _mm512_cmpeq_epi16_mask(_mm512_load_si512(bucket), _mm512_set1_epi16((short)value));
#elif defined(__AVX2__)
  __m256i wanted = _mm256_set1_epi16((short)value);
  __m256i low = _mm256_cmpeq_epi16(_mm256_load_si256((const __m256i *)bucket), wanted);
  __m256i high = _mm256_cmpeq_epi16(_mm256_load_si256((const __m256i *)bucket + 1), wanted);
  __m256i packed = _mm256_permute4x64_epi64(_mm256_packs_epi16(low, high), 0xD8);
  return (u32)_mm256_movemask_epi8(packed);
#else
  u32 equal = 0;
  for (int lane = 0; lane < LANES; lane++) equal |= (u32)(bucket[lane] == value) << lane;
  return equal;
#endif
}

/* Lanes are filled from the lowest, and the bucket is read again after a claim was lost: no key gets two of them.
 * The step to the next bucket depends on the remainder, so that neighbours do not fill up together. */
static inline int insert_lane(const struct visited *set, u64 at) {
  u64 home = at & set->mask;
  u32 remainder = (u32)(at >> set->bucket_bits);
  u64 stride = (2ull * remainder + 1) * 0x9E3779B1ull;
  for (u32 displaced = 0; displaced < MOST_DISPLACED; displaced++) {
    u16 *bucket = (u16 *)set->table + ((home + displaced * stride) & set->mask) * LANES;
    u16 value = (u16)((remainder << DISPLACEMENT_BITS | displaced) + 1);
    for (;;) {
      if (lanes_equal(bucket, value)) return 0;
      u32 empty = lanes_equal(bucket, 0);
      if (!empty) break;
      u16 *lane = bucket + __builtin_ctz(empty), seen = 0;
      if (set->alone) {
        *lane = value;
        return 1;
      }
      if (__atomic_compare_exchange_n(lane, &seen, value, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) return 1;
      if (seen == value) return 0;
    }
  }
  fail("the quotient table is full");
  return 0;
}

static inline int insert_slot(const struct visited *set, u64 key, u64 at) {
  u64 *slots = set->table, value = key + 1; /* 0 is an empty slot */
  for (u64 probes = 0; probes <= set->mask; probes++, at = (at + 1) & set->mask) {
    u64 seen = __atomic_load_n(&slots[at], __ATOMIC_RELAXED);
    if (seen == value) return 0;
    if (seen) continue;
    if (set->alone) {
      slots[at] = value;
      return 1;
    }
    if (__atomic_compare_exchange_n(&slots[at], &seen, value, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) return 1;
    if (seen == value) return 0;
  }
  fail("the table is full");
  return 0;
}

/* Whether the key was new; `at` is what place() said of it. */
static inline int insert(const struct visited *set, u64 key, u64 at) {
  switch (set->structure) {
  case BITMAP: return insert_bit(set, at);
  case QUOTIENT: return insert_lane(set, at);
  default: return insert_slot(set, key, at);
  }
}
#endif
