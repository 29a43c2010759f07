"""The words that other languages keep for themselves: nothing of a model may be called so there."""

MURPHI = """
alias array assert assume begin boolean by case clear const cover do else elsif end endalias endexists endfor
endforall endfunction endif endprocedure endrecord endrule endruleset endstartstate endswitch endwhile enum error
exists false for forall function if in interleaved invariant ismember isundefined liveness multiset multisetadd
multisetcount multisetremove multisetremovepred none of pred procedure process program put real record return rule
ruleset scalarset startstate switch then to trace traceuntil true type undefine undefined union var while
"""
"""The words of the Murphi that rumur 2022.08 and CMurphi 5.5 read."""

PROMELA = """
active always assert atomic bit bool break byte c_code c_decl c_expr c_state c_track chan cond_expr d_proctype
d_step do else empty enabled end equivalent eval eventually false fi for full get_priority goto hidden if implies in
init inline int len local ltl mtype nempty never next nfull notrace np_ od of pc_value pid printf printm priority
proctype provided release return run select set_priority short show skip stronguntil STDIN timeout trace true
typedef unless unsigned until weakuntil xr xs

asm auto case char const continue default double enum extern float long register restrict signed sizeof static
struct switch typeof union void volatile while linux unix

final getframe max min mix now onstack_put onstack_zap q_sz rand rot uchar uint ulong ushort wasnew
"""
"""What names must not be: the words of Promela, those of C (a variable becomes a field of a C structure), and the macros
that the verifier of SPIN 6.5 defines."""

TLA = """
ACTION ASSUME ASSUMPTION AXIOM BY CASE CHOOSE CONSTANT CONSTANTS COROLLARY DEF DEFINE DEFS DOMAIN ELSE ENABLED
EXCEPT EXTENDS HAVE HIDE IF IN INSTANCE LAMBDA LEMMA LET LOCAL MODULE NEW OBVIOUS OMITTED ONLY OTHER PICK PROOF
PROPOSITION PROVE QED RECURSIVE SF_ STATE SUBSET SUFFICES TAKE TEMPORAL THEN THEOREM UNCHANGED UNION USE VARIABLE
VARIABLES WF_ WITH WITNESS BOOLEAN STRING TRUE FALSE Int Nat Init Next Spec TypeOK vars
"""
"""What names must not be: the words of TLA+2, what the module Integers defines, and what every export defines."""
