-- fleet(N,K) for rumur, in Murphi's language. N and K stand in the first line of code, where the benchmark writes others.
const N: 4; K: 2;
  IDLE: 0; BEGINNING: 1; PREPARE: 2; PERFORM: 3; FINISH: 4; CONFIRM: 5; FAILED: 6;
  SRC_RUNNING: 0; SRC_PAUSED: 1; SRC_GONE: 2;
  DST_NONE: 0; DST_PAUSED: 1; DST_RUNNING: 2;
  V2: 0; V3: 1;
type
  vms: 0 .. N - 1;
  bit: 0 .. 1;
  guest: record phase: 0..6; host: bit; src: 0..2; dst: 0..2; off: bit; acc: bit; proto: bit; end;
var
  vm: array [vms] of guest;
  upgraded: array [bit] of bit;
  link: bit;
  cnt: 0..K;

startstate begin
  for i: vms do
    vm[i].phase := IDLE; vm[i].host := 0; vm[i].src := SRC_RUNNING; vm[i].dst := DST_NONE;
    vm[i].off := 0; vm[i].acc := 0; vm[i].proto := V2;
  end;
  upgraded[0] := 0; upgraded[1] := 0; link := 1; cnt := 0;
end;

ruleset i: vms do
  rule "beginV3" vm[i].phase = IDLE & cnt < K ==> begin
    vm[i].phase := BEGINNING; vm[i].proto := V3; vm[i].off := upgraded[vm[i].host]; vm[i].acc := 0; cnt := cnt + 1; end;
  rule "beginV2" vm[i].phase = IDLE & cnt < K ==> begin
    vm[i].phase := BEGINNING; vm[i].proto := V2; vm[i].off := 0; vm[i].acc := 0; cnt := cnt + 1; end;
  rule "prepare" vm[i].phase = BEGINNING & link = 1 ==> begin
    vm[i].phase := PREPARE; vm[i].dst := DST_PAUSED;
    if vm[i].off = 1 & upgraded[1 - vm[i].host] = 1 then vm[i].acc := 1; else vm[i].acc := 0; end; end;
  rule "performOk" vm[i].phase = PREPARE & link = 1 ==> begin
    vm[i].phase := PERFORM; if vm[i].proto = V3 then vm[i].src := SRC_PAUSED; else vm[i].src := SRC_GONE; end; end;
  rule "performFail" vm[i].phase = PREPARE & link = 0 ==> begin
    vm[i].phase := CONFIRM; vm[i].dst := DST_NONE; end;
  rule "finishOk" vm[i].phase = PERFORM & link = 1 ==> begin
    vm[i].phase := FINISH; vm[i].dst := DST_RUNNING; end;
  rule "finishLost" vm[i].phase = PERFORM & link = 0 ==> begin
    vm[i].dst := DST_NONE;
    if vm[i].proto = V3 then vm[i].phase := FINISH; else vm[i].phase := FAILED; cnt := cnt - 1; end; end;
  rule "reply" vm[i].phase = FINISH & link = 1 ==> begin
    vm[i].phase := CONFIRM; end;
  rule "replyLost" vm[i].phase = FINISH & link = 0 ==> begin
    vm[i].phase := FAILED; cnt := cnt - 1; end;
  rule "confirmOk" vm[i].phase = CONFIRM & vm[i].dst = DST_RUNNING ==> begin
    vm[i].phase := IDLE; vm[i].host := 1 - vm[i].host; vm[i].src := SRC_RUNNING; vm[i].dst := DST_NONE;
    cnt := cnt - 1; end;
  rule "confirmFail" vm[i].phase = CONFIRM & vm[i].dst != DST_RUNNING ==> begin
    vm[i].phase := IDLE; vm[i].src := SRC_RUNNING; vm[i].dst := DST_NONE; cnt := cnt - 1; end;
  rule "recover" vm[i].phase = FAILED & link = 1 ==> begin
    vm[i].phase := IDLE; if vm[i].dst = DST_RUNNING then vm[i].host := 1 - vm[i].host; end;
    vm[i].src := SRC_RUNNING; vm[i].dst := DST_NONE; end;
end;
ruleset host: bit do
  rule "upgrade" cnt = 0 & upgraded[host] = 0 ==> begin upgraded[host] := 1; end;
end;
rule "linkDown" link = 1 ==> begin link := 0; end;
rule "linkUp" link = 0 ==> begin link := 1; end;

invariant "safe" forall i: vms do
  !(vm[i].src = SRC_RUNNING & vm[i].dst = DST_RUNNING) & (vm[i].acc = 0 | vm[i].off = 1)
  & !(vm[i].src = SRC_GONE & vm[i].dst = DST_NONE & vm[i].proto = V3) end;
