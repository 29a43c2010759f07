------------------------------- MODULE Fleet -------------------------------
(* fleet(N,K) for TLC: N machines, of which K may migrate at once. *)
EXTENDS Naturals
CONSTANTS N, K
VARIABLES phase, host, src, dst, off, acc, proto, new, link, cnt

VM == 1..N
Idle == 0  Begin == 1  Prepare == 2  Perform == 3  Finish == 4  Confirm == 5  Failed == 6
SrcRunning == 0  SrcPaused == 1  SrcGone == 2
DstNone == 0  DstPaused == 1  DstRunning == 2
V2 == 0  V3 == 1

Init == /\ phase = [i \in VM |-> Idle] /\ host = [i \in VM |-> 0]
        /\ src = [i \in VM |-> SrcRunning] /\ dst = [i \in VM |-> DstNone]
        /\ off = [i \in VM |-> 0] /\ acc = [i \in VM |-> 0] /\ proto = [i \in VM |-> V2]
        /\ new = [h \in 0..1 |-> 0] /\ link = 1 /\ cnt = 0

BeginV3(i) == /\ phase[i] = Idle /\ cnt < K
              /\ phase' = [phase EXCEPT ![i] = Begin] /\ proto' = [proto EXCEPT ![i] = V3]
              /\ off' = [off EXCEPT ![i] = new[host[i]]] /\ acc' = [acc EXCEPT ![i] = 0] /\ cnt' = cnt + 1
              /\ UNCHANGED <<host, src, dst, new, link>>
BeginV2(i) == /\ phase[i] = Idle /\ cnt < K
              /\ phase' = [phase EXCEPT ![i] = Begin] /\ proto' = [proto EXCEPT ![i] = V2]
              /\ off' = [off EXCEPT ![i] = 0] /\ acc' = [acc EXCEPT ![i] = 0] /\ cnt' = cnt + 1
              /\ UNCHANGED <<host, src, dst, new, link>>
DoPrepare(i) == /\ phase[i] = Begin /\ link = 1
                /\ phase' = [phase EXCEPT ![i] = Prepare] /\ dst' = [dst EXCEPT ![i] = DstPaused]
                /\ acc' = [acc EXCEPT ![i] = off[i] * new[1 - host[i]]]
                /\ UNCHANGED <<host, src, off, proto, new, link, cnt>>
PerformOk(i) == /\ phase[i] = Prepare /\ link = 1
                /\ phase' = [phase EXCEPT ![i] = Perform]
                /\ src' = [src EXCEPT ![i] = IF proto[i] = V3 THEN SrcPaused ELSE SrcGone]
                /\ UNCHANGED <<host, dst, off, acc, proto, new, link, cnt>>
PerformFail(i) == /\ phase[i] = Prepare /\ link = 0
                  /\ phase' = [phase EXCEPT ![i] = Confirm] /\ dst' = [dst EXCEPT ![i] = DstNone]
                  /\ UNCHANGED <<host, src, off, acc, proto, new, link, cnt>>
FinishOk(i) == /\ phase[i] = Perform /\ link = 1
               /\ phase' = [phase EXCEPT ![i] = Finish] /\ dst' = [dst EXCEPT ![i] = DstRunning]
               /\ UNCHANGED <<host, src, off, acc, proto, new, link, cnt>>
FinishLost(i) == /\ phase[i] = Perform /\ link = 0 /\ dst' = [dst EXCEPT ![i] = DstNone]
                 /\ IF proto[i] = V3 THEN phase' = [phase EXCEPT ![i] = Finish] /\ cnt' = cnt
                                     ELSE phase' = [phase EXCEPT ![i] = Failed] /\ cnt' = cnt - 1
                 /\ UNCHANGED <<host, src, off, acc, proto, new, link>>
Reply(i) == /\ phase[i] = Finish /\ link = 1 /\ phase' = [phase EXCEPT ![i] = Confirm]
            /\ UNCHANGED <<host, src, dst, off, acc, proto, new, link, cnt>>
ReplyLost(i) == /\ phase[i] = Finish /\ link = 0 /\ phase' = [phase EXCEPT ![i] = Failed] /\ cnt' = cnt - 1
                /\ UNCHANGED <<host, src, dst, off, acc, proto, new, link>>
Settle(i) == /\ phase' = [phase EXCEPT ![i] = Idle]
             /\ src' = [src EXCEPT ![i] = SrcRunning] /\ dst' = [dst EXCEPT ![i] = DstNone]
             /\ UNCHANGED <<off, acc, proto, new, link>>
ConfirmOk(i) == /\ phase[i] = Confirm /\ dst[i] = DstRunning /\ Settle(i)
                /\ host' = [host EXCEPT ![i] = 1 - host[i]] /\ cnt' = cnt - 1
ConfirmFail(i) == /\ phase[i] = Confirm /\ dst[i] # DstRunning /\ Settle(i)
                  /\ cnt' = cnt - 1 /\ UNCHANGED host
Recover(i) == /\ phase[i] = Failed /\ link = 1 /\ Settle(i)
              /\ host' = [host EXCEPT ![i] = IF dst[i] = DstRunning THEN 1 - host[i] ELSE host[i]]
              /\ UNCHANGED cnt
Upgrade(h) == /\ cnt = 0 /\ new[h] = 0 /\ new' = [new EXCEPT ![h] = 1]
              /\ UNCHANGED <<phase, host, src, dst, off, acc, proto, link, cnt>>
Link == /\ link' = 1 - link /\ UNCHANGED <<phase, host, src, dst, off, acc, proto, new, cnt>>

Next == \/ \E i \in VM : \/ BeginV3(i) \/ BeginV2(i) \/ DoPrepare(i) \/ PerformOk(i) \/ PerformFail(i)
                         \/ FinishOk(i) \/ FinishLost(i) \/ Reply(i) \/ ReplyLost(i)
                         \/ ConfirmOk(i) \/ ConfirmFail(i) \/ Recover(i)
        \/ \E h \in 0..1 : Upgrade(h)
        \/ Link

Safe == \A i \in VM : /\ ~(src[i] = SrcRunning /\ dst[i] = DstRunning) /\ (acc[i] = 1 => off[i] = 1)
                      /\ ~(src[i] = SrcGone /\ dst[i] = DstNone /\ proto[i] = V3)
=============================================================================
