"""What a run found, told to people and programs: text, JSON, pictures and graphs.

``schema`` is the one description of a report; ``gather`` makes it from the engine's results, and everything else renders
it. Nothing here decides anything: verdicts and exit codes come from the engine.
"""
