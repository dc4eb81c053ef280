// The settings of the commands. A flag wins over the environment, which wins over the TOML file
// (settings_file.h), which wins over the default.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/words_settings.h"
#include "tap/school.h"
#include "tap/school_time.h"

namespace tamtap::cli {

inline constexpr uint32_t kFirstJournalDays = 400;  // as long as the school says nothing

struct Settings {
  std::string data = "tamtap-data";
  bool json = false;
  std::string log_level = "info";

  std::string central;       // empty: what the data directory remembers (central_choice.h)
  std::string mongodb_name;  // the database, if `central` is MongoDB's and names none
  std::string notify;        // empty: the central server if it is http
  std::string terminal_id;
  std::string timezone;  // empty: the school's
  std::string clock = "system";
  std::string listen;
  std::vector<std::string> readers = {"stdin"};
  std::string camera = "none";
  std::vector<std::string> panels;
  std::vector<std::string> buttons;
  std::string power_ups;      // "/dev/i2c-1,0x17"; empty: none
  std::string power_command;  // empty: none
  int power_low = 15;         // percent
  int power_seconds = 10;     // between two looks
  bool power_off = false;     // switch the machine off, too
  std::string idle_text;      // empty: the school's
  bool camera_required = false;
  std::optional<int> face_patience_ms;  // missing: as the school says
  bool exit_on_eof = false;
  std::optional<uint32_t> journal_retention_days;  // 0: for good; missing: as the school says
  std::string journal_retired = "archive";
  std::string journal;  // empty: DATA/journal
  std::string journal_mirror;
  bool demo = false;
  std::string web;                       // empty: beside the binary, or where the package puts it
  std::vector<std::string> public_urls;  // where people reach the server
  std::vector<std::string> trusted_proxies;  // empty: those on this machine
  std::string redirect_listen;               // empty: nowhere
  std::string metrics_token;                 // empty: nobody has one
  bool access_log = false;
  std::string tls_certificate;
  std::string tls_key;
  int records_keep_days = 0;  // 0: for good
  WordsSettings words;

  std::string JournalDirectory() const;
  std::string RosterPath() const;
  std::string CredentialsPath() const;
};

// The time zone that a flag names or, without one, that a school has as long as its master says
// nothing. kMisconfigured if there is no such zone.
Result<TimeZone> ZoneUntilSaid(const Settings& settings);

// The school's time zone: what its master says or, as long as that says nothing, as above.
// kMisconfigured if a flag names another one than the master.
Result<TimeZone> SchoolsZone(const Settings& settings, const School& school);

// Flags that every command takes, besides --config.
void AddCommonFlags(CLI::App& command, Settings& settings);
// Flags of `run`, `terminal` and `server`.
void AddStoreFlags(CLI::App& command, Settings& settings);
void AddTerminalFlags(CLI::App& command, Settings& settings);
// `--reader` alone, which AddTerminalFlags() adds too.
void AddReaderFlag(CLI::App& command, Settings& settings);
void AddServerFlags(CLI::App& command, Settings& settings);
// The buttons of a gate, for `buttons` and for those that look at them.
void AddButtonFlags(CLI::App& command, Settings& settings);

// kRejected, saying which: an argument, or an environment variable that TamTap reads, is not UTF-8.
// It would be stored and could not be read back.
Result<> CheckText(const std::vector<std::string>& arguments);

}  // namespace tamtap::cli
