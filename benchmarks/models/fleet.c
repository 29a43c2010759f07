/* fleet(N,K) by hand: what a programmer gets who writes the search for this one model.
 *
 *   gcc -O3 -march=native -DN=4 -DK=2 [-DSYMMETRY] fleet.c -o fleet -pthread
 *   ./fleet bitmap|quotient|slots LOG2_PLACES THREADS
 *
 * Level-synchronous breadth-first search; the invariant is checked on every new state. LOG2_PLACES: the size of the
 * table (of lanes or slots; for a bitmap only of the frontiers). With SYMMETRY, machines are sorted in every state.
 * Prints one line of JSON.
 */
#include "visited.h"
#include <pthread.h>

enum phase { IDLE, BEGIN, PREPARE, PERFORM, FINISH, CONFIRM, FAILED };
enum source { SOURCE_RUNNING, SOURCE_PAUSED, SOURCE_GONE };
enum destination { NOBODY, DESTINATION_PAUSED, DESTINATION_RUNNING };

struct guest {
  unsigned phase, host, src, dst, off, acc, proto; /* proto 1 is v3 */
};

/* What all machines share; `new` has a bit for each host. */
struct shared {
  unsigned new, link, cnt;
};

static struct guest settled(struct guest guest, unsigned host) {
  guest.phase = IDLE, guest.host = host, guest.src = SOURCE_RUNNING, guest.dst = NOBODY;
  return guest;
}

/* The successors of one machine, and what each adds to the migrations under way. */
static int steps(struct guest at, struct shared all, struct guest next[2], int added[2]) {
  unsigned new_here = all.new >> at.host & 1, new_there = all.new >> (1 - at.host) & 1;
  added[0] = added[1] = 0;
  next[0] = next[1] = at;
  switch (at.phase) {
  case IDLE:
    if (all.cnt >= K) return 0;
    for (int v3 = 0; v3 < 2; v3++) {
      next[v3].phase = BEGIN, next[v3].proto = v3, next[v3].off = v3 ? new_here : 0, next[v3].acc = 0;
      added[v3] = 1;
    }
    return 2;
  case BEGIN:
    if (!all.link) return 0;
    next[0].phase = PREPARE, next[0].dst = DESTINATION_PAUSED, next[0].acc = at.off & new_there;
    return 1;
  case PREPARE:
    if (all.link) next[0].phase = PERFORM, next[0].src = at.proto ? SOURCE_PAUSED : SOURCE_GONE;
    else next[0].phase = CONFIRM, next[0].dst = NOBODY;
    return 1;
  case PERFORM:
    next[0].dst = all.link ? DESTINATION_RUNNING : NOBODY;
    next[0].phase = all.link || at.proto ? FINISH : FAILED;
    added[0] = next[0].phase == FAILED ? -1 : 0;
    return 1;
  case FINISH:
    next[0].phase = all.link ? CONFIRM : FAILED;
    added[0] = all.link ? 0 : -1;
    return 1;
  case CONFIRM:
    next[0] = settled(at, at.dst == DESTINATION_RUNNING ? 1 - at.host : at.host);
    added[0] = -1;
    return 1;
  default:
    if (!all.link) return 0;
    next[0] = settled(at, at.dst == DESTINATION_RUNNING ? 1 - at.host : at.host);
    return 1;
  }
}

static int safe(struct guest at) {
  int both = at.src == SOURCE_RUNNING && at.dst == DESTINATION_RUNNING;
  int unasked = at.acc && !at.off;
  int lost = at.src == SOURCE_GONE && at.dst == NOBODY && at.proto;
  return !both && !unasked && !lost;
}

/* A machine's state is held as its number among those that it can reach by itself: 7 bits instead of 11. */
enum { CODE_BITS = 7, CODES = 1 << CODE_BITS, RECORDS = 1 << 11, SHARED_AT = CODE_BITS * N };
#define NEW_AT SHARED_AT
#define LINK_AT (SHARED_AT + 2)
#define CNT_AT (SHARED_AT + 3)
_Static_assert(CNT_AT + 2 <= 64, "a state is one word");

static unsigned reachable_codes;
static struct guest decoded[CODES];
static unsigned char is_safe[CODES];

/* For a machine and what it shares with the others, packed: the number of steps, and what each adds to the state. */
static struct {
  unsigned char count;
  signed char code[2], cnt[2];
} table[CODES << 5];

static unsigned record(struct guest at) {
  return at.phase | at.host << 3 | at.src << 4 | at.dst << 6 | at.off << 8 | at.acc << 9 | at.proto << 10;
}

static struct shared unpacked(unsigned shared) {
  return (struct shared){shared & 3, shared >> 2 & 1, shared >> 3};
}

static void tabulate(void) {
  static short code[RECORDS];
  memset(code, -1, sizeof code);
  decoded[reachable_codes++] = (struct guest){IDLE};
  code[record(decoded[0])] = 0;
  for (unsigned from = 0; from < reachable_codes; from++) {
    is_safe[from] = safe(decoded[from]);
    for (unsigned shared = 0; shared < (K + 1) << 3; shared++) {
      struct guest next[2];
      int added[2], count = steps(decoded[from], unpacked(shared), next, added);
      for (int i = 0; i < count; i++) {
        short *to = &code[record(next[i])];
        if (*to < 0) {
          if (reachable_codes == CODES) fail("a machine has more states than a code has room for");
          decoded[reachable_codes] = next[i];
          *to = (short)reachable_codes++;
        }
        table[from | shared << CODE_BITS].count = (unsigned char)count;
        table[from | shared << CODE_BITS].code[i] = (signed char)(*to - (int)from);
        table[from | shared << CODE_BITS].cnt[i] = (signed char)added[i];
      }
    }
  }
}

#ifdef SYMMETRY
/* The least of the states that differ in the order of the machines only. */
static inline u64 sorted(u64 state) {
  unsigned code[N];
  for (int i = 0; i < N; i++) code[i] = state >> CODE_BITS * i & (CODES - 1);
  for (int i = 1; i < N; i++)
    for (int j = i; j > 0; j--) {
      unsigned low = code[j - 1] < code[j] ? code[j - 1] : code[j], high = code[j - 1] ^ code[j] ^ low;
      code[j - 1] = low, code[j] = high;
    }
  u64 made = state >> SHARED_AT << SHARED_AT;
  for (int i = 0; i < N; i++) made |= (u64)code[i] << CODE_BITS * i;
  return made;
}
#endif

static inline int successors(u64 state, u64 *next) {
  unsigned shared = (unsigned)(state >> SHARED_AT);
  int count = 0;
  for (int i = 0; i < N; i++) {
    unsigned at = (state >> CODE_BITS * i & (CODES - 1)) | shared << CODE_BITS;
    /* Both are written, and what is not there is overwritten: cheaper than a branch. */
    for (int j = 0; j < 2; j++)
      next[count + j] = state + ((u64)(int64_t)table[at].code[j] << CODE_BITS * i) + ((u64)(int64_t)table[at].cnt[j] << CNT_AT);
    count += table[at].count;
  }
  if (shared >> 3 == 0)
    for (int host = 0; host < 2; host++)
      if (!(shared >> host & 1)) next[count++] = state | 1ull << (NEW_AT + host);
  next[count++] = state ^ 1ull << LINK_AT;
#ifdef SYMMETRY
  for (int j = 0; j < count; j++) next[j] = sorted(next[j]);
#endif
  return count;
}

static inline int holds(u64 state) {
  int good = 1;
  for (int i = 0; i < N; i++) good &= is_safe[state >> CODE_BITS * i & (CODES - 1)];
  return good;
}

/* The state's number among all combinations of what its parts can be; cnt follows from the phases. */
static inline u64 index_of(u64 state) {
  u64 made = 0;
  for (int i = 0; i < N; i++) made = made * reachable_codes + (state >> CODE_BITS * i & (CODES - 1));
  return made << 3 | (state >> SHARED_AT & 7);
}

enum { BATCH = 512, WRITTEN = 2048, TAKEN = 4096, MOST_STEPS = 2 * N + 4, MOST_THREADS = 64 };

static struct visited set;
static int threads;
static u64 *frontier[2], room; /* room: states that a frontier can hold, beside what each thread may still write */
static u64 level_states, next_states, taken, states = 1, transitions;
static int level;
static pthread_barrier_t border;

static void flush(u64 *to, const u64 *from, u64 count) {
  u64 at = __atomic_fetch_add(&next_states, count, __ATOMIC_RELAXED);
  if (at + count > room) fail("a level has more states than the frontiers have room for");
  memcpy(to + at, from, count * sizeof(u64));
}

/* Expands frontier states from `at` on until the batch is full, inserts them, and returns where it stopped. */
static u64 expand(const u64 *from, u64 at, u64 end, u64 *to, u64 *written, int *count, u64 *edges) {
  u64 next[BATCH + MOST_STEPS], key[BATCH + MOST_STEPS], where[BATCH + MOST_STEPS];
  int found = 0;
  while (at < end && found < BATCH) {
    int made = successors(from[at++], next + found);
    for (int j = found; j < found + made; j++) {
      key[j] = set.structure == SLOTS ? next[j] : index_of(next[j]);
      where[j] = place(&set, key[j]);
    }
    found += made;
  }
  *edges += found;
  for (int j = 0; j < found; j++) {
    if (!insert(&set, key[j], where[j])) continue;
    if (!holds(next[j])) fail("the invariant is violated");
    written[(*count)++] = next[j];
    if (*count == WRITTEN) flush(to, written, WRITTEN), *count = 0;
  }
  return at;
}

static void *worker(void *first) {
  u64 written[WRITTEN], edges = 0;
  int count = 0;
  for (;;) {
    pthread_barrier_wait(&border);
    if (!level_states) break;
    const u64 *from = frontier[level & 1];
    u64 *to = frontier[(level + 1) & 1];
    for (;;) {
      u64 at = __atomic_fetch_add(&taken, TAKEN, __ATOMIC_RELAXED);
      if (at >= level_states) break;
      u64 end = at + TAKEN < level_states ? at + TAKEN : level_states;
      while (at < end) at = expand(from, at, end, to, written, &count, &edges);
    }
    flush(to, written, count), count = 0;
    pthread_barrier_wait(&border);
    if (first) {
      states += next_states, level_states = next_states, next_states = taken = 0;
      if (level_states) level++;
    }
  }
  __atomic_fetch_add(&transitions, edges, __ATOMIC_RELAXED);
  return NULL;
}

int main(int count, char **given) {
  if (count != 4) fail("usage: fleet bitmap|quotient|slots LOG2_PLACES THREADS");
  enum structure structure = structure_named(given[1]);
  int log2_places = atoi(given[2]);
  threads = atoi(given[3]);
  if (log2_places < 10 || log2_places > 34 || threads < 1 || threads > MOST_THREADS) fail("the numbers are out of range");
  tabulate();
  u64 domain = 8;
  for (int i = 0; i < N; i++) domain *= reachable_codes;
  double began = seconds();
  set = visited(structure, structure == SLOTS ? 1ull << 63 : domain, log2_places, threads);
  room = 1ull << log2_places;
  for (int i = 0; i < 2; i++) frontier[i] = pages(room * sizeof(u64));
  u64 start = 1ull << LINK_AT, key = structure == SLOTS ? start : index_of(start);
  insert(&set, key, place(&set, key));
  frontier[0][0] = start, level_states = 1;
  pthread_barrier_init(&border, NULL, threads);
  pthread_t others[MOST_THREADS];
  for (int i = 1; i < threads; i++) pthread_create(&others[i], NULL, worker, NULL);
  worker(&others);
  for (int i = 1; i < threads; i++) pthread_join(others[i], NULL);
  printf("{\"states\": %lu, \"transitions\": %lu, \"depth\": %d, \"seconds\": %.4f, \"visited_bytes\": %lu}\n",
         (unsigned long)states, (unsigned long)transitions, level, seconds() - began, (unsigned long)set.bytes);
  return 0;
}
