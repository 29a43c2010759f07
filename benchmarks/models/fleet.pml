/* fleet(N,K) for SPIN: spin -DN=4 -DK=2 [-DSTARTS=3] -a fleet.pml
 *
 * Every step is one d_step of one process with one control location, so that the states that SPIN stores are the states
 * of the model. With STARTS, only so many migrations are ever begun.
 */
#if !defined(N) || !defined(K)
#error write -DN=machines and -DK=migrations at once
#endif

#define IDLE 0
#define BEGIN 1
#define PREPARE 2
#define PERFORM 3
#define FINISH 4
#define CONFIRM 5
#define FAILED 6

/* of the process on the machine's host, and of the one on the other host */
#define SRC_RUNNING 0
#define SRC_PAUSED 1
#define SRC_GONE 2
#define DST_NONE 0
#define DST_PAUSED 1
#define DST_RUNNING 2

/* proto 1 is v3 */
typedef VM {
  unsigned phase:3; unsigned host:1; unsigned src:2; unsigned dst:2; unsigned off:1; unsigned acc:1; unsigned proto:1
};
VM vm[N];
bit new0, new1;
bit link = 1;
unsigned cnt:2;

#ifdef STARTS
unsigned left:3 = STARTS;
#define MAY_START (cnt < K && left > 0)
#define START cnt++; left--
#else
#define MAY_START (cnt < K)
#define START cnt++
#endif

#define HERE(i) (vm[i].host == 0 -> new0 : new1)
#define THERE(i) (vm[i].host == 0 -> new1 : new0)
#define SETTLE(i) vm[i].phase = IDLE; vm[i].src = SRC_RUNNING; vm[i].dst = DST_NONE
#define SAFE(i) assert(!(vm[i].src == SRC_RUNNING && vm[i].dst == DST_RUNNING) && (!vm[i].acc || vm[i].off) && \
                       !(vm[i].src == SRC_GONE && vm[i].dst == DST_NONE && vm[i].proto))

#define ACTIONS(i) \
 :: d_step { vm[i].phase == IDLE && MAY_START -> \
      vm[i].phase = BEGIN; vm[i].proto = 1; vm[i].off = HERE(i); vm[i].acc = 0; START; SAFE(i) } \
 :: d_step { vm[i].phase == IDLE && MAY_START -> \
      vm[i].phase = BEGIN; vm[i].proto = 0; vm[i].off = 0; vm[i].acc = 0; START; SAFE(i) } \
 :: d_step { vm[i].phase == BEGIN && link -> \
      vm[i].phase = PREPARE; vm[i].dst = DST_PAUSED; vm[i].acc = vm[i].off && THERE(i); SAFE(i) } \
 :: d_step { vm[i].phase == PREPARE && link -> \
      vm[i].phase = PERFORM; vm[i].src = (vm[i].proto -> SRC_PAUSED : SRC_GONE); SAFE(i) } \
 :: d_step { vm[i].phase == PREPARE && !link -> vm[i].phase = CONFIRM; vm[i].dst = DST_NONE; SAFE(i) } \
 :: d_step { vm[i].phase == PERFORM && link -> vm[i].phase = FINISH; vm[i].dst = DST_RUNNING; SAFE(i) } \
 :: d_step { vm[i].phase == PERFORM && !link -> \
      vm[i].dst = DST_NONE; \
      if :: vm[i].proto -> vm[i].phase = FINISH :: else -> vm[i].phase = FAILED; cnt-- fi; SAFE(i) } \
 :: d_step { vm[i].phase == FINISH && link -> vm[i].phase = CONFIRM; SAFE(i) } \
 :: d_step { vm[i].phase == FINISH && !link -> vm[i].phase = FAILED; cnt--; SAFE(i) } \
 :: d_step { vm[i].phase == CONFIRM && vm[i].dst == DST_RUNNING -> \
      vm[i].host = 1 - vm[i].host; SETTLE(i); cnt--; SAFE(i) } \
 :: d_step { vm[i].phase == CONFIRM && vm[i].dst != DST_RUNNING -> SETTLE(i); cnt--; SAFE(i) } \
 :: d_step { vm[i].phase == FAILED && link -> \
      if :: vm[i].dst == DST_RUNNING -> vm[i].host = 1 - vm[i].host :: else fi; SETTLE(i); SAFE(i) }

active proctype fleet() {
end: do
 ACTIONS(0)
#if N > 1
 ACTIONS(1)
#endif
#if N > 2
 ACTIONS(2)
#endif
#if N > 3
 ACTIONS(3)
#endif
#if N > 4
 ACTIONS(4)
#endif
#if N > 5
 ACTIONS(5)
#endif
#if N > 6
 ACTIONS(6)
#endif
#if N > 7
 ACTIONS(7)
#endif
#if N > 8
 ACTIONS(8)
#endif
#if N > 9
 ACTIONS(9)
#endif
#if N > 10
#error there are actions for ten machines only
#endif
 :: d_step { cnt == 0 && !new0 -> new0 = 1 }
 :: d_step { cnt == 0 && !new1 -> new1 = 1 }
 :: d_step { link -> link = 0 }
 :: d_step { !link -> link = 1 }
 od
}
