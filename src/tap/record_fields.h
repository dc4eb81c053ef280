// The one list of a record's JSON fields, in their order; text and objects are both made from it.
#pragma once

#include "tap/record.h"

namespace tamtap {

// `fields` has Text(key, string), TextOrNull(key, string), Tap(key, TapId), Number(key, int64_t).
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
}

}  // namespace tamtap
