"""Names that the host fixes. Source: its code, as the host contract of this project tells it."""

# Every permission that the host knows; any other name refuses the execution.
PERMISSIONS = (
    "fs.read", "fs.write", "fs.delete", "net.fetch", "net.listen", "process.exec", "process.env",
    "docker.run", "env.read", "env.write", "db.read", "db.write", "system.info", "system.eval",
)  # fmt: skip

# Verbs that the host's own planner has already taken.
TAKEN_VERBS = (
    "THINK", "GENERATE", "IF_THEN", "WHILE", "UNTIL", "TIMEOUT", "REPEAT", "FOREACH", "CHAT",
    "REGROUP",
)  # fmt: skip

# Verbs that never reach a plugin: those above, what an agent does itself, and the host's core.
NEVER_CALLED_VERBS = (
    *TAKEN_VERBS, "DECIDE", "SEQUENCE", "DELEGATE", "ASK", "ASK_USER_QUESTION", "EXECUTE_TOOL",
    "ACCOMPLISH", "REFLECT",
)  # fmt: skip
