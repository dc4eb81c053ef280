// The order in which the central SQLite file took its taps: a number a tap, drawn in the
// transaction that stores it, and never drawn again. Taps of before this was kept have the number
// 0, and are news to nobody.
#pragma once

namespace tamtap::central {

inline constexpr char kNewsSchema[] =
    "ALTER TABLE attendance_taps ADD COLUMN number INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX attendance_taps_by_number ON attendance_taps(number) WHERE number > 0;"
    "CREATE TABLE news("
    "  only_one INTEGER PRIMARY KEY NOT NULL CHECK(only_one = 1), last INTEGER NOT NULL);"
    "INSERT INTO news(only_one, last) VALUES(1, 0);";

}  // namespace tamtap::central
