#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/disk.h"
#include "cli/setup.h"

namespace tamtap::cli {
namespace {

// As TOML writes a text, whatever is in it.
std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string ListOf(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) out += (out.size() > 1 ? ", " : "") + Quoted(text);
  return out + "]";
}

// One key with what it is for; as a comment if there is no answer.
std::string SettingLine(const char* name, const std::string& value, const char* why,
                        const char* example) {
  const bool said = !value.empty() && value != "[]" && value != "\"\"";
  return fmt::format("\n# {}\n{}{} = {}\n", why, said ? "" : "# ", name, said ? value : example);
}

}  // namespace

std::string UnitForRole(const std::string& role) {
  if (role == "gate") return "tamtap-gate.service";
  return role == "server" ? "tamtap-server.service" : "tamtap.service";
}

std::string SettingsText(const SetupAnswers& answers) {
  const bool gate = answers.role != "server";
  const bool server = answers.role != "gate";
  std::string text = fmt::format(
      "# TamTap on this machine: {}. Written by `tamtap setup`; tamtap.toml(5) has every key.\n"
      "# After a change: systemctl restart {}\n",
      answers.role == "both" ? "gate and server" : answers.role, UnitForRole(answers.role));
  text += SettingLine("data", Quoted(answers.data),
                      "Where everything of this installation is kept.", "\"/var/lib/tamtap\"");
  if (server) {
    text += SettingLine(
        "listen", Quoted(answers.listen),
        "Where the pages and the gates reach the server. Behind a proxy on this machine: "
        "\"127.0.0.1:3000\".",
        "\"0.0.0.0:3000\"");
    text += SettingLine(
        "central", "",
        "Where the records are kept; without this line in the data directory, in SQLite. "
        "\"credential:central\" is\n# what /etc/tamtap/credentials/central holds.",
        "\"credential:central\"");
    text +=
        SettingLine("public-url", "",
                    "Where people reach the server, if a proxy in front gives it another address.",
                    "\"https://attendance.example.org/tamtap\"");
    text += SettingLine("tls-certificate", "", "To serve HTTPS without a proxy.",
                        "\"credential:tls.crt\"\n# tls-key = \"credential:tls.key\"");
  }
  if (gate) {
    text += SettingLine(
        "terminal-id", Quoted(answers.terminal_id),
        "This gate's name on the pages; without this line its name in the network, or the one "
        "it was enrolled under.",
        "\"main-gate\"");
    text += SettingLine("reader", ListOf(answers.readers),
                        "The card readers. `tamtap reader test` shows what each of them reads.",
                        "[\"pcsc\", \"rc522:/dev/spidev0.0,reset=25\"]");
    text += SettingLine(
        "panel", ListOf(answers.panels), "What people see and hear. `tamtap panel test` tries it.",
        "[\"lcd:/dev/i2c-1,0x27\", \"gpio:/dev/gpiochip0,green=17,red=27,buzzer=18\"]");
    text += SettingLine("camera", "", "Photos need the package tamtap-camera.", "\"none\"");
    text += SettingLine(
        "clock", "",
        "\"rtc\" believes a clock with a battery without NTP, for a school without internet.",
        "\"system\"");
    text += "\n[journal]\n";
    text += SettingLine(
        "mirror", "",
        "A second copy of each tap on another medium, before SUCCESS is shown. The directory "
        "must exist.",
        "\"/media/tamtap-mirror/main-gate\"");
  }
  return text;
}

Result<std::string> WriteSettings(const std::string& path, const std::string& text) {
  const std::string directory = ParentDirectory(path);
  TAMTAP_RETURN_IF_ERROR(PosixDisk().CreateDirectories(directory));
  std::string kept;
  TAMTAP_TRY(const bool there, PosixDisk().Exists(path));
  if (there) {
    for (int number = 1;; ++number) {
      kept = fmt::format("{}.before-{}", path, number);
      TAMTAP_TRY(const bool taken, PosixDisk().Exists(kept));
      if (!taken) break;
    }
    TAMTAP_RETURN_IF_ERROR(PosixDisk().Rename(path, kept));
  }
  TAMTAP_RETURN_IF_ERROR(WriteFileAtomically(PosixDisk(), path, text));
  struct stat place {};
  if (stat(directory.c_str(), &place) != 0 || chmod(path.c_str(), 0640) != 0 ||
      (geteuid() == 0 && chown(path.c_str(), place.st_uid, place.st_gid) != 0)) {
    return ErrnoError(errno, "let the service read " + path, "chmod 0640 and chgrp it by hand");
  }
  return kept;
}

}  // namespace tamtap::cli
