// tamtap manual: the manual pages tamtap(1) and tamtap.toml(5), in roff. They are made of the
// commands and flags that the parser knows, so that they say what this very program does.
#include <fmt/core.h>

#include <map>
#include <set>

#include "cli/command.h"
#include "cli/command_tree.h"
#include "tap/school_settings.h"

namespace tamtap::cli {
namespace {

// What roff would take for a request or a hyphen stays as it is.
std::string Roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

std::string Title(std::string_view name, int section) {
  return fmt::format(".TH {} {} \"\" \"TamTap {}\" \"{}\"\n", name, section, TAMTAP_VERSION,
                     section == 1 ? "User Commands" : "File Formats");
}

std::string Paragraph(std::string_view head, std::string_view text) {
  return fmt::format(".TP\n\\fB{}\\fR\n{}\n", Roff(head), Roff(text));
}

std::string Described(const FlagText& flag) {
  std::string text = flag.text;
  if (!flag.otherwise.empty() && text.find("default:") == text.npos) {
    text += fmt::format(" (default: {})", flag.otherwise);
  }
  if (!flag.environment.empty()) text += fmt::format(" [environment: {}]", flag.environment);
  return text + ".";
}

std::string FlagParagraph(const FlagText& flag) {
  const std::string value = flag.value.empty() ? "" : fmt::format(" \\fI{}\\fR", Roff(flag.value));
  return fmt::format(".TP\n\\fB{}\\fR{}\n{}\n", Roff(flag.name), value, Roff(Described(flag)));
}

// Those that every command has are described once.
const std::set<std::string>& CommonFlags() {
  static const std::set<std::string> flags = {"--config", "--data", "--json", "--log-level"};
  return flags;
}

std::string Commands(const CLI::App& app) {
  std::string page;
  // Flags that several commands have are described where the first of them stands.
  std::map<std::string, std::string> described;  // by name and text, where
  ForEachCommand(app, [&](const std::string& words, const CLI::App& command) {
    const auto flags = FlagsOf(command);
    std::string arguments;
    for (const FlagText& flag : flags) {
      if (!flag.name.starts_with('-')) arguments += " " + flag.name;
    }
    page += fmt::format(".SS \"{}{}\"\n{}.\n", Roff(words), Roff(arguments),
                        Roff(command.get_description()));
    std::map<std::string, std::vector<std::string>> elsewhere;
    for (const FlagText& flag : flags) {
      if (CommonFlags().contains(flag.name)) continue;
      const auto [place, first] = described.emplace(flag.name + flag.text, words);
      if (first || !flag.name.starts_with('-')) {
        page += FlagParagraph(flag);
      } else {
        elsewhere[place->second].push_back(flag.name);
      }
    }
    for (const auto& [where, names] : elsewhere) {
      page += fmt::format(".PP\n{}: as for \\fB{}\\fR.\n", Roff(CLI::detail::join(names, ", ")),
                          Roff(where));
    }
  });
  return page;
}

std::string ProgramPage(const CLI::App& app) {
  std::string page = Title("TAMTAP", 1);
  page += ".SH NAME\ntamtap \\- attendance for places with bad networks\n";
  page += ".SH SYNOPSIS\n.B tamtap\n.I COMMAND\n[\\fIFLAG\\fR ...]\n";
  page +=
      ".SH DESCRIPTION\nA card is tapped at a gate, and the tap is on disk before SUCCESS is "
      "shown, "
      "whatever the network does. A background sync brings it to the school's central store, and a "
      "live page shows it at once. A school with one machine runs \\fBtamtap run\\fR; one with "
      "several gates runs \\fBtamtap server\\fR on one machine and \\fBtamtap terminal\\fR at each "
      "gate. \\fBtamtap setup\\fR asks what a machine is for, and writes its settings.\n";
  page += ".SH COMMON FLAGS\n";
  const CLI::App* const any = CommandsOf(app).front();
  for (const FlagText& flag : FlagsOf(*any)) {
    if (CommonFlags().contains(flag.name)) page += FlagParagraph(flag);
  }
  page += Paragraph("--help", "Describes the command, and does nothing.");
  page += ".SH COMMANDS\n" + Commands(app);
  page +=
      ".SH SETTINGS OF THE SCHOOL\nThey hold for all gates and pages, and are kept by the central "
      "store and not in a file: \\fBtamtap settings set\\fR KEY VALUE.\n";
  for (const SettingKey& key : SettingKeys()) {
    page += Paragraph(key.key, fmt::format("{}. Takes {} (default: {}).", key.help, key.value,
                                           key.otherwise.empty() ? "nothing" : key.otherwise));
  }
  page += ".SH EXIT STATUS\n";
  page += Paragraph("0", "It is done.");
  page += Paragraph("1", "A problem was found; standard error says which, and what to do.");
  page += Paragraph("2", "The command line or the settings file can't be understood.");
  page += ".SH FILES\n";
  page +=
      Paragraph("/etc/tamtap/tamtap.toml",
                "The settings of an installed TamTap. An installed program reads it when neither "
                "--config nor --data is given. See tamtap.toml(5).");
  page += Paragraph("/etc/tamtap/credentials/",
                    "Secrets that settings name as credential:NAME, a file each, mode 0600.");
  page +=
      Paragraph("/var/lib/tamtap", "The data directory of the services: journal, school, photos.");
  page += Paragraph("/var/backups/tamtap", "What tamtap\\-backup.timer keeps.");
  page += ".SH SEE ALSO\n.BR tamtap.toml (5),\n.BR systemctl (1),\n.BR journalctl (1)\n";
  return page;
}

struct Key {
  FlagText flag;
  std::vector<std::string> commands;
};

// By the key's name: the commands that have it.
std::map<std::string, Key> KeysOf(const CLI::App& app) {
  std::map<std::string, Key> keys;
  ForEachCommand(app, [&](const std::string& words, const CLI::App& command) {
    for (const FlagText& flag : FlagsOf(command)) {
      if (!flag.in_file) continue;
      Key& key = keys[flag.name.substr(2)];
      if (key.commands.empty()) key.flag = flag;
      key.commands.push_back(words);
    }
  });
  return keys;
}

bool OfServices(const Key& key) {
  for (const std::string& words : key.commands) {
    if (words == "tamtap run" || words == "tamtap terminal" || words == "tamtap server")
      return true;
  }
  return false;
}

std::string KindOf(const FlagText& flag) {
  const std::string one = flag.value.empty()       ? "true|false"
                          : flag.value == "NUMBER" ? "NUMBER"
                          : flag.choices.empty()   ? "\"TEXT\""
                                                   : "\"" + flag.value + "\"";
  return flag.repeatable ? fmt::format("{} or [{}, ...]", one, one) : one;
}

std::string KeyParagraph(const std::string& name, const Key& key, bool with_commands) {
  std::string text = Described(key.flag);
  if (with_commands) text += " Of " + CLI::detail::join(key.commands, ", ") + ".";
  return fmt::format(".TP\n\\fB{}\\fR = \\fI{}\\fR\n{}\n", Roff(name), Roff(KindOf(key.flag)),
                     Roff(text));
}

std::string SettingsPage(const CLI::App& app) {
  std::string page = Title("TAMTAP.TOML", 5);
  page += ".SH NAME\ntamtap.toml \\- settings of TamTap\n";
  page += ".SH DESCRIPTION\n";
  page +=
      "A TOML file that \\fB\\-\\-config\\fR names; the services read "
      "\\fI/etc/tamtap/tamtap.toml\\fR. Each key is a flag of a command with the same name: what "
      "the "
      "command line says wins over the flag's environment variable, that over the file, and the "
      "file "
      "over the default. One file serves all commands: a key that a command does not know is "
      "passed "
      "over there. A key that no command knows is refused with its line and the nearest key that "
      "there is. A key may be written with _ in place of \\-, and tables join with \\-: "
      "\\fB[journal] mirror\\fR is \\fBjournal\\-mirror\\fR.\n.PP\n"
      "\\fBcentral\\fR, \\fBmetrics\\-token\\fR, \\fBtls\\-certificate\\fR and "
      "\\fBtls\\-key\\fR, and of words \\fBwords\\-smtp\\-password\\fR, "
      "\\fBwords\\-gateway\\-header\\fR and \\fBwords\\-staff\\-webhook\\fR, may be "
      "\\fI\"credential:NAME\"\\fR: what the file \\fI/etc/tamtap/credentials/NAME\\fR holds, "
      "which "
      "systemd hands to the service and nobody else can read.\n";
  page += ".SH KEYS\n";
  const auto keys = KeysOf(app);
  for (const auto& [name, key] : keys) {
    if (OfServices(key)) page += KeyParagraph(name, key, false);
  }
  page +=
      ".SH KEYS OF OTHER COMMANDS\nThese are seldom worth a line in a file, but a file may have "
      "them.\n";
  for (const auto& [name, key] : keys) {
    if (!OfServices(key)) page += KeyParagraph(name, key, true);
  }
  page +=
      ".SH EXAMPLE\n.nf\ndata = \"/var/lib/tamtap\"\nterminal\\-id = \"main\\-gate\"\n"
      "central = \"https://attendance.example.org\"\nreader = [\"pcsc\", "
      "\"serial:/dev/ttyUSB0\"]\npanel = \"lcd:/dev/i2c\\-1,0x27\"\n\n[journal]\nmirror = "
      "\"/media/tamtap\\-mirror/main\\-gate\"\n.fi\n";
  page += ".SH SEE ALSO\n.BR tamtap (1)\n";
  return page;
}

}  // namespace

void AddManual(CLI::App& app, Settings&, Action& action) {
  CLI::App* const command = app.add_subcommand("manual", "Print a manual page in roff");
  command->group("");  // for the build
  const auto page = std::make_shared<std::string>("tamtap");
  command->add_option("page", *page, "tamtap or tamtap.toml")
      ->check(CLI::IsMember({"tamtap", "tamtap.toml"}));
  command->callback([&app, &action, page] {
    action = [text = *page == "tamtap" ? ProgramPage(app) : SettingsPage(app)] {
      Print(text);
      return kDone;
    };
  });
}

}  // namespace tamtap::cli
