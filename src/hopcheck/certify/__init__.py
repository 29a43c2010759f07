"""Re-checking certificates, without anything of the engines that made them.

It reads the system from the certificate, runs it in an interpreter of its own, writes its own proof obligations and
asks cvc5. Of the rest of hopcheck it uses the errors alone.
"""
