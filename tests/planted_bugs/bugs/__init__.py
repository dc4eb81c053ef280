"""The planted bugs, a file a room."""

from . import cards, central, http, journal, others, refusals, school, server, sync, terminal, words

BUGS = [
    *journal.BUGS,
    *sync.BUGS,
    *terminal.BUGS,
    *central.BUGS,
    *school.BUGS,
    *server.BUGS,
    *http.BUGS,
    *others.BUGS,
    *cards.BUGS,
    *refusals.BUGS,
    *words.BUGS,
]
