// The one list of a record's JSON fields, in their order; text and objects are both made from it.
#pragma once

#include "tap/record.h"

namespace tamtap {

// `visit(key, words, most)` of each field of the staff's words, which has at most that many bytes.
template <typename Words, typename Visit>
void VisitStaffWords(Words& words, Visit visit) {
  visit("excuse_reason", words.excuse_reason, kMostFieldBytes);
  visit("excuse_note", words.excuse_note, kMostNoteBytes);
  visit("marked_by", words.marked_by, kMostFieldBytes);
  visit("marked_by_name", words.marked_by_name, kMostFieldBytes);
  visit("marked_at", words.marked_at, kMostFieldBytes);
}

// `fields` has Text(key, string), TextOrNull(key, string), Tap(key, TapId), Number(key, int64_t).
// What staff did not say is not there at all.
template <typename Fields>
void VisitFields(const Record& record, Fields& fields) {
  fields.Tap("tap", record.tap);
  fields.Text("person", record.person);
  fields.Text("nfc_id", record.NfcId());
  fields.Text("card", record.card.text());
  fields.Text("tamtap_id", record.tamtap_id);
  fields.Text("name", record.name);
  fields.Text("first_name", record.first_name);
  fields.Text("last_name", record.last_name);
  fields.Text("email", record.email);
  fields.Text("role", ToString(record.role));
  fields.Text("grade", record.grade);
  fields.Text("section", record.section);
  fields.Text("date", record.date);
  fields.Text("time", record.time);
  fields.Text("day", record.day);
  fields.Text("session", ToString(record.session));
  fields.Text("status", ToString(record.status));
  fields.TextOrNull("photo", record.photo);
  fields.Text("tapped_at", record.tapped_at);
  fields.Number("tapped_at_us", record.tapped_at_us);
  fields.Text("clock", ToString(record.clock));
  fields.Text("terminal", record.tap.terminal);
  VisitStaffWords(record.staff, [&](std::string_view key, const std::string& words, size_t) {
    if (!words.empty()) fields.Text(key, words);
  });
}

}  // namespace tamtap
