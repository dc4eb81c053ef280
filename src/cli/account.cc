// tamtap account add | list | passwd | remove
#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <iostream>

#include "base/text.h"
#include "cli/command.h"
#include "cli/command_audit.h"
#include "cli/compose.h"
#include "server/credentials.h"
#include "server/former_password.h"

namespace tamtap::cli {
namespace {

constexpr size_t kMostTyped = 64 << 10;  // of standard input; the password is its first line

struct Arguments {
  std::string name;
  std::string role;
  std::vector<std::string> sections;
  bool password_stdin = false;
};

Result<std::string> ReadPassword(const Arguments& arguments) {
  if (!arguments.password_stdin) {
    return Error{
        ErrorCode::kMisconfigured, "set a password", 0,
        "give it on standard input, with --password-stdin: arguments are seen by everyone"};
  }
  std::string typed(kMostTyped, '\0');
  std::cin.read(typed.data(), static_cast<std::streamsize>(typed.size()));
  typed.resize(static_cast<size_t>(std::cin.gcount()));
  TAMTAP_TRY(std::string password, DecodeUnicode(typed, "the password on standard input"));
  password.resize(std::min(password.find('\n'), password.size()));
  if (password.ends_with('\r')) password.pop_back();
  return password;
}

Result<> Add(const Settings& settings, const Arguments& arguments) {
  TAMTAP_TRY(const std::string password, ReadPassword(arguments));
  TAMTAP_TRY(const auto identity, OpenIdentityStore(settings));
  TAMTAP_RETURN_IF_ERROR(AddAccount(*identity, arguments.name, *AccountRoleFrom(arguments.role),
                                    arguments.sections, password));
  NoteCommand(settings, "add an account", arguments.name, arguments.role);
  PrintLine(fmt::format("account {} added", arguments.name));
  return {};
}

Result<> List(const Settings& settings, const Arguments&) {
  TAMTAP_TRY(const auto identity, OpenIdentityStore(settings));
  TAMTAP_TRY(const auto accounts, identity->Accounts());
  if (settings.json) {
    boost::json::array list;
    for (const Account& account : accounts) {
      list.push_back({{"username", account.username},
                      {"role", ToString(account.role)},
                      {"sections", boost::json::value_from(account.sections)},
                      {"name", account.name},
                      {"email", account.email},
                      {"former_password", IsFormerHash(account.password_hash)},
                      {"must_change_password", account.must_change_password}});
    }
    Print(boost::json::serialize(list) + "\n");
    return {};
  }
  for (const Account& account : accounts) {
    std::string sections;
    for (const std::string& section : account.sections) sections += " " + section;
    PrintLine(fmt::format("{:<24}  {:<8} {}", account.username, ToString(account.role), sections));
  }
  return {};
}

Result<> ChangePasswordOf(const Settings& settings, const Arguments& arguments) {
  TAMTAP_TRY(const std::string password, ReadPassword(arguments));
  TAMTAP_TRY(const auto identity, OpenIdentityStore(settings));
  TAMTAP_RETURN_IF_ERROR(ChangePassword(*identity, arguments.name, password));
  NoteCommand(settings, "reset a password", arguments.name, "its sessions are ended");
  PrintLine(fmt::format("password of {} changed; its sessions are ended", arguments.name));
  return {};
}

Result<> Remove(const Settings& settings, const Arguments& arguments) {
  TAMTAP_TRY(const auto identity, OpenIdentityStore(settings));
  // One that can't be read is removed by the name that was typed.
  const auto account = FindAccount(*identity, arguments.name);
  const bool found = account && *account;
  TAMTAP_RETURN_IF_ERROR(identity->RemoveAccount(found ? (*account)->username : arguments.name));
  NoteCommand(settings, "remove an account", arguments.name, "its sessions are ended");
  PrintLine(fmt::format("account {} removed", arguments.name));
  return {};
}

}  // namespace

void AddAccount(CLI::App& app, Settings& settings, Action& action) {
  static Arguments arguments;
  CLI::App* const account = app.add_subcommand("account", "Who may sign in to the dashboard");
  account->require_subcommand(1);
  const auto add = [&](const char* name, const char* what,
                       Result<> (*run)(const Settings&, const Arguments&)) {
    CLI::App* const command = account->add_subcommand(name, what);
    AddCommonFlags(*command, settings);
    AddStoreFlags(*command, settings);
    command->callback([&action, &settings, run] {
      action = [&settings, run] {
        const auto done = run(settings, arguments);
        return done ? kDone : Fail(done.error());
      };
    });
    return command;
  };
  CLI::App* const adding = add("add", "Add an account", Add);
  adding->add_option("NAME", arguments.name, "Its name")->required();
  adding->add_option("--role", arguments.role, "admin, adviser or teacher")
      ->required()
      ->check(CLI::IsMember({"admin", "adviser", "teacher"}));
  adding->add_option("--sections", arguments.sections, "Sections it may see: A,B")->delimiter(',');
  adding->add_flag("--password-stdin", arguments.password_stdin,
                   "Read the password from standard input");
  add("list", "Print the accounts", List);
  CLI::App* const passwd = add("passwd", "Change a password", ChangePasswordOf);
  passwd->add_option("NAME", arguments.name, "The account")->required();
  passwd->add_flag("--password-stdin", arguments.password_stdin,
                   "Read the password from standard input");
  add("remove", "Remove an account", Remove)
      ->add_option("NAME", arguments.name, "The account")
      ->required();
}

}  // namespace tamtap::cli
