#include "cli/settings.h"

#include <fmt/core.h>

#include <cstdlib>

#include "base/disk.h"
#include "base/text.h"
#include "tap/school_settings.h"

namespace tamtap::cli {
namespace {

// All that any command reads.
constexpr const char* kVariables[] = {"MONGODB_URI", "MONGODB_NAME",    "TAMTAP_API_URL",
                                      "API_URL",     "API_SERVER_HOST", "API_SERVER_PORT"};

}  // namespace

std::string Settings::JournalDirectory() const {
  return journal.empty() ? JoinPath(data, "journal") : journal;
}
std::string Settings::RosterPath() const { return JoinPath(data, "roster.json"); }
std::string Settings::CredentialsPath() const { return JoinPath(data, "credentials.json"); }

Result<TimeZone> ZoneUntilSaid(const Settings& settings) {
  return TimeZone::Load(settings.timezone.empty() ? kFirstTimezone : settings.timezone);
}

Result<TimeZone> SchoolsZone(const Settings& settings, const School& school) {
  TAMTAP_TRY(const TimeZone own, ZoneUntilSaid(settings));
  const std::optional<TimeZone> said = ReadSettings(school.settings).timezone;
  if (said && !settings.timezone.empty() && *said != own) {
    return NotTheSchoolsZone(settings.timezone, *said);
  }
  return said.value_or(own);
}

void AddCommonFlags(CLI::App& command, Settings& settings) {
  command.add_option("--data", settings.data, "Where everything of this installation is kept")
      ->capture_default_str();
  command.add_flag("--json", settings.json, "Print JSON");
  command.add_option("--log-level", settings.log_level, "debug, info, warning, error or off")
      ->capture_default_str();
}

void AddStoreFlags(CLI::App& command, Settings& settings) {
  command
      .add_option("--central", settings.central,
                  "Central store: sqlite:PATH, mongodb://HOST/DB or http(s)://SERVER (default: the "
                  "one before, at first DATA/central.db); another one than before moves there")
      ->envname("MONGODB_URI");
  command.add_option(
      "--timezone", settings.timezone,
      "The school's time zone, an IANA name (default: what its master says, at first "
      "Asia/Manila); another one than the master's is refused");
  command
      .add_option("--clock", settings.clock,
                  "Whom to believe without NTP: system: a battery-backed clock that the machine "
                  "shows; rtc: this machine's clock in any case, as long as it can be right")
      ->check(CLI::IsMember({"system", "rtc"}))
      ->capture_default_str();
}

void AddReaderFlag(CLI::App& command, Settings& settings) {
  command
      .add_option("--reader", settings.readers,
                  "stdin, script:FILE, pcsc[:NAME], rc522:/dev/spidev0.0,reset=25, "
                  "serial:/dev/ttyUSB0 or evdev:NAME; those of text may be followed by "
                  ",format=auto|hex|hex-reversed|dec|dec-reversed|mfrc522; may be given more than "
                  "once")
      ->capture_default_str()
      ->take_all();
}

void AddTerminalFlags(CLI::App& command, Settings& settings) {
  command
      .add_option("--notify", settings.notify,
                  "The dashboard's server (default: the central server, if it is http)")
      ->envname("TAMTAP_API_URL");
  command.add_option("--terminal-id", settings.terminal_id,
                     "This gate's name (default: the host's)");
  AddReaderFlag(command, settings);
  command
      .add_option(
          "--camera", settings.camera,
          "none, files:DIR, v4l2:/dev/video0, rpicam or exec:COMMAND (a program that writes "
          "MJPEG to its standard output)")
      ->capture_default_str();
  command.add_flag("--camera-required", settings.camera_required,
                   "Refuse a tap when the camera fails (else it is recorded without a photo)");
  command
      .add_option("--face-patience-ms", settings.face_patience_ms,
                  "How long to look for a face (default: as the school's settings say, at first "
                  "1000)")
      ->check(CLI::Range(0, 10'000));
  command
      .add_option("--panel", settings.panels,
                  "screen, json, lcd:/dev/i2c-1,0x27 or "
                  "gpio:/dev/gpiochip0,green=17,red=27,buzzer=18; may be given more than once")
      ->take_all();
  command.add_option(
      "--idle-text", settings.idle_text,
      "The panel's two idle lines, LINE/LINE (default: as the school's settings say)");
  command.add_option(
      "--journal-retention-days", settings.journal_retention_days,
      "How long confirmed taps stay in the journal as a backup; 0: for good (default: "
      "as the school's settings say, at first 400)");
  command
      .add_option("--journal-retired", settings.journal_retired,
                  "What becomes of segments older than that: archive (compressed) or delete")
      ->check(CLI::IsMember({"archive", "delete"}))
      ->capture_default_str();
  command.add_option("--journal-mirror", settings.journal_mirror,
                     "Directory on another medium that gets each tap too, before SUCCESS is shown");
  command.add_option(
      "--power-ups", settings.power_ups,
      "A UPS of 52Pi, as in /dev/i2c-1,0x17: stop cleanly when its battery runs low");
  command.add_option("--power-command", settings.power_command,
                     "A command that says how the power is: it ends with 0 while it is fine, and "
                     "with 1 when the gate is to stop");
  command
      .add_option("--power-low", settings.power_low, "Percent of a UPS's battery that are too few")
      ->check(CLI::Range(1, 99))
      ->capture_default_str();
  command
      .add_option("--power-seconds", settings.power_seconds, "How often to look how the power is")
      ->check(CLI::Range(1, 3'600))
      ->capture_default_str();
  command.add_flag("--power-off", settings.power_off,
                   "Have the machine switched off, too, when the power is low");
  command.add_flag("--exit-on-eof", settings.exit_on_eof,
                   "Stop when the reader's input ends, without waiting for any network");
}

void AddButtonFlags(CLI::App& command, Settings& settings) {
  command
      .add_option("--button", settings.buttons,
                  "start=CHIP,line=LINE, restart=... or stop=..., as in "
                  "stop=/dev/gpiochip0,line=13; may be given more than once")
      ->take_all();
}

void AddServerFlags(CLI::App& command, Settings& settings) {
  command.add_option("--listen", settings.listen, "HOST:PORT to listen on");
  command.add_option("--web", settings.web, "Directory of the dashboard's pages");
  command
      .add_option("--public-url", settings.public_urls,
                  "Where people reach the server, as https://school.example/tamtap, if a proxy in "
                  "front gives it another address; may be given more than once, the first is the "
                  "one that is printed. This machine itself is then asked to sign in like others")
      ->take_all();
  command
      .add_option("--trusted-proxy", settings.trusted_proxies,
                  "Address or network of proxies that are believed in whom they ask for, as "
                  "192.0.2.7 or 10.0.0.0/8; none: nobody is; may be given more than once "
                  "(default: those on this machine)")
      ->take_all();
  command.add_option("--tls-certificate", settings.tls_certificate,
                     "PEM chain to serve TLS with; a renewed one is taken without a restart");
  command.add_option("--tls-key", settings.tls_key, "PEM private key of --tls-certificate");
  command.add_option("--redirect-listen", settings.redirect_listen,
                     "HOST:PORT where browsers that come without TLS are told to come with it");
  command.add_option("--metrics-token", settings.metrics_token,
                     "Whoever brings it as a bearer token may read /metrics; credential:NAME takes "
                     "it from a file");
  command.add_flag("--access-log", settings.access_log,
                   "Log a line for each request, with its id, and without the values of a query");
  command
      .add_option("--records-keep-days", settings.records_keep_days,
                  "How many days back records of gates are taken; 0: any")
      ->check(CLI::Range(0, 36'500))
      ->capture_default_str();
  AddWordsFlags(command, settings.words);
}

Result<> CheckText(const std::vector<std::string>& arguments) {
  const auto refused = [](std::string what) {
    return Error{ErrorCode::kRejected, std::move(what), 0,
                 "it is not UTF-8; set the terminal's character set to UTF-8"};
  };
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (!IsUtf8(arguments[i])) return refused(fmt::format("read argument {}", i + 1));
  }
  for (const char* const name : kVariables) {
    const char* const value = std::getenv(name);
    if (value != nullptr && !IsUtf8(value)) {
      return refused(fmt::format("read the environment variable {}", name));
    }
  }
  return {};
}

}  // namespace tamtap::cli
