// Text as a terminal may be given it. Names, reasons and errors come from gates, servers, stores
// and files of strangers, and a terminal obeys what is in them: it moves its cursor, sets its
// title, types answers. So nothing goes to standard output or standard error but through these
// (output.h and log.h see to it). Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace tamtap {

// `text` with everything escaped that a terminal may obey or that hides what is there: control
// characters (C0 but newline and tab, DEL, C1), and what reorders or breaks a line (bidirectional
// embeddings, overrides and isolates, U+2028, U+2029). They read "\u001b", which in JSON means the
// character itself: what is JSON stays the same JSON. Bytes that are not UTF-8 read "\xff".
std::string Visible(std::string_view text);

// The same, with newlines and tabs escaped too: no input can forge a line.
std::string VisibleLine(std::string_view text);

// A URI as it may be shown: without user name, password and query, wherever they stand, also if it
// is mistyped ("mongodb:/user:secret@host", "mongodb://user:sec/ret@host/db"). What may be a secret
// is "***".
std::string WithoutSecrets(std::string_view uri);

// The same for the words of a sentence, for what may quote a URI.
std::string WithoutSecretsInWords(std::string_view text);

}  // namespace tamtap
