// tamtap roster add | remove | replace-card: one person at a time, or one after the other.
#include <fmt/core.h>

#include <algorithm>
#include <iostream>

#include "base/ascii.h"
#include "base/text.h"
#include "cli/card_source.h"
#include "cli/command.h"
#include "cli/master.h"
#include "roster/card_index.h"
#include "school/registration.h"
#include "tap/record.h"
#include "tap/school_time.h"

namespace tamtap::cli {
namespace {

struct Arguments {
  std::string person;
  std::string card;
  std::string first_name;
  std::string last_name;
  std::string section;
  std::string grade;
  std::string email;
  std::string sex;
  std::string lrn;
  std::string role = "student";
  bool tap = false;
  bool last_unknown = false;
  bool returned = false;
};

Error Refused(std::string what, std::string hint) {
  return Error{ErrorCode::kRejected, std::move(what), 0, std::move(hint)};
}

// Where in the roster they stand whom people mean: a card in any spelling, a number (tamtap_id), or
// a whole name.
Result<size_t> FindPerson(const std::string& asked, const School& school) {
  const std::string wanted = Nfc(TrimSpace(asked));
  const CardIndex cards(school.people);
  const Person* const by_card = cards.Find(wanted);
  std::vector<size_t> found;
  for (size_t i = 0; i < school.people.size(); ++i) {
    const Person& person = school.people[i];
    if (&person == by_card || person.tamtap_id == wanted || person.name == wanted) {
      found.push_back(i);
    }
  }
  if (found.size() == 1) return found.front();
  const std::string what = fmt::format("find '{}' in the roster", Shortened(wanted, 64));
  if (found.empty()) {
    return Refused(what, "nobody has that card, number or name; `tamtap roster list` shows all");
  }
  return Refused(what, fmt::format("{} people are called so; give a card", found.size()));
}

// With the flag that says on the command line what a sentence for all surfaces asks for.
Error WithFlag(Error error) {
  constexpr std::string_view kAsked = "say that it is returned";
  if (error.hint.ends_with(kAsked)) error.hint += ": --returned";
  return error;
}

// Says what the master did not take, or does not know yet; else what was done.
int Report(const Master& master, const Result<Master::Changed>& changed, const std::string& done) {
  if (!changed) return Fail(WithFlag(changed.error()));
  if (!SayWhatWasRefused(*changed)) return kProblem;
  PrintLine(fmt::format("{}, in {}", done, master.name()));
  return kDone;
}

// The card that a command is given, or that is held up for it.
Result<std::string> AskedCard(const Settings& settings, const Arguments& arguments) {
  const int ways =
      (arguments.card.empty() ? 0 : 1) + (arguments.tap ? 1 : 0) + (arguments.last_unknown ? 1 : 0);
  if (ways != 1) {
    return Error{ErrorCode::kMisconfigured, "know which card is meant", 0,
                 "give one of CARD, --tap and --last-unknown"};
  }
  if (arguments.last_unknown) return LastUnknownCard(settings);
  if (!arguments.tap) return arguments.card;
  TAMTAP_TRY(CardSource source, CardSource::Open(settings));
  PrintLine(source.hint());
  TAMTAP_TRY(std::optional<std::string> card, source.Next());
  if (!card) return Refused("read a card", "the input has ended without one");
  return *std::move(card);
}

FormerCard FormerOf(const Arguments& arguments) {
  return arguments.returned ? FormerCard::kCameBack : FormerCard::kIsLost;
}

int AddPerson(const Settings& settings, const Arguments& arguments) {
  Person person;
  person.first_name = arguments.first_name;
  person.last_name = arguments.last_name;
  person.section = arguments.section;
  person.grade = arguments.grade;
  person.email = arguments.email;
  person.sex = arguments.sex;
  person.lrn = arguments.lrn;
  person.role = RoleFrom(LowerAscii(arguments.role)).value_or(Role::kStudent);
  if (const auto tidy = TidyPerson(arguments.card, person); !tidy) return Fail(tidy.error());
  auto master = Master::Open(settings);
  if (!master) return Fail(master.error());
  const auto changed = master->Change([&](School& school) -> Result<> {
    TAMTAP_TRY(const TimeZone zone, SchoolsZone(settings, school));
    return RegisterPerson(person, zone.ToLocal(SystemClock().Now()).date, FormerOf(arguments),
                          school);
  });
  return Report(*master, changed, fmt::format("{} has the card {}", person.name, person.NfcId()));
}

// What somebody types behind a question; nothing at the end of input.
Result<std::optional<std::string>> Ask(std::string_view question) {
  Print(fmt::format("{}: ", question));
  std::string line;
  if (!std::getline(std::cin, line)) return std::optional<std::string>();
  TAMTAP_TRY(const std::string text, DecodeUnicode(line, "what was typed"));
  return std::optional(std::string(TrimSpace(text)));
}

// Asks for the name of the card's person until it can be registered. Returns whether it was.
bool AddNamed(const Settings& settings, Arguments& arguments) {
  while (true) {
    const auto first = Ask("First name");
    if (first && (!*first || (*first)->empty())) return false;
    const auto last = first ? Ask("Last name") : first;
    if (!last) {
      Fail(last.error());
      continue;
    }
    if (!*last) return false;
    arguments.first_name = **first;
    arguments.last_name = **last;
    if (AddPerson(settings, arguments) == kDone) return true;
  }
}

// One card after the other is held up, and for each the name is typed. Section, grade and role stay
// what they are, so that a whole section is registered in a row.
Result<> AddInARow(const Settings& settings, Arguments arguments) {
  TAMTAP_TRY(CardSource source, CardSource::Open(settings));
  int added = 0;
  while (true) {
    PrintLine(source.hint());
    TAMTAP_TRY(const std::optional<std::string> card, source.Next());
    if (!card) break;
    TAMTAP_TRY(const ShownSchool shown, ShowSchool(settings));
    if (const Person* const owner = OwnerOfCard(*card, shown.school)) {
      PrintLine(fmt::format("The card {} is that of {} already.", *card, owner->name));
      continue;
    }
    PrintLine(fmt::format("The card {} is new. Whose is it? An empty first name ends.", *card));
    arguments.card = *card;
    if (!AddNamed(settings, arguments)) break;
    ++added;
    TAMTAP_TRY(const std::vector<std::string> others, source.PassOver());
    for (const std::string& each : others) {
      if (each == *card) continue;
      PrintLine(fmt::format("The card {} was held up meanwhile and is passed over.", each));
    }
  }
  PrintLine(fmt::format("registered: {}", added));
  return {};
}

int Add(const Settings& settings, const Arguments& arguments) {
  const bool named = !arguments.first_name.empty() || !arguments.last_name.empty();
  if (arguments.tap && arguments.card.empty() && !arguments.last_unknown && !named) {
    const auto done = AddInARow(settings, arguments);
    return done ? kDone : Fail(done.error());
  }
  Arguments with_card = arguments;
  auto card = AskedCard(settings, arguments);
  if (!card) return Fail(card.error());
  with_card.card = *std::move(card);
  return AddPerson(settings, with_card);
}

int Remove(const Settings& settings, const Arguments& arguments) {
  auto master = Master::Open(settings);
  if (!master) return Fail(master.error());
  std::string name;
  const auto changed = master->Change([&](School& school) -> Result<> {
    TAMTAP_TRY(const size_t place, FindPerson(arguments.person, school));
    name = std::as_const(school).people[place].name;
    school.people.erase(std::next(school.people.begin(), static_cast<std::ptrdiff_t>(place)));
    return {};
  });
  return Report(*master, changed,
                fmt::format("{} is no longer in the roster; their attendance stays", name));
}

int ReplaceCard(const Settings& settings, const Arguments& arguments) {
  const auto card = AskedCard(settings, arguments);
  if (!card) return Fail(card.error());
  auto master = Master::Open(settings);
  if (!master) return Fail(master.error());
  std::string done;
  const auto changed = master->Change([&](School& school) -> Result<> {
    TAMTAP_TRY(const size_t place, FindPerson(arguments.person, school));
    const std::string before = std::as_const(school).people[place].NfcId();
    TAMTAP_TRY(const bool given, GiveCard(*card, place, FormerOf(arguments), school));
    const Person& person = std::as_const(school).people[place];
    done = given ? fmt::format("{} has the card {}; {} is refused from now on", person.name,
                               person.NfcId(), before)
                 : fmt::format("{} has the card {} already", person.name, before);
    return {};
  });
  return Report(*master, changed, done);
}

}  // namespace

void AddRosterPeople(CLI::App& roster, Settings& settings, Action& action) {
  static Arguments arguments;
  const auto add = [&](const char* name, const char* what,
                       int (*run)(const Settings&, const Arguments&)) {
    CLI::App* const command = roster.add_subcommand(name, what);
    AddCommonFlags(*command, settings);
    AddStoreFlags(*command, settings);
    command->callback([&, run] { action = [&, run] { return run(settings, arguments); }; });
    return command;
  };
  constexpr const char* kPerson = "A card, a number (tamtap_id) or a whole name";
  const auto add_card = [&](CLI::App& command, const char* what) {
    command.add_option("CARD", arguments.card, what);
    command.add_flag("--tap", arguments.tap,
                     "Hold the card up: at the gate of this data directory if it runs, else at "
                     "--reader");
    command.add_flag("--last-unknown", arguments.last_unknown,
                     "The card that the gate of this data directory turned away last as unknown");
    command.add_flag("--returned", arguments.returned,
                     "The card was somebody else's, who has another one now, and came back");
    AddReaderFlag(command, settings);
  };
  CLI::App* const adding =
      add("add", "Register one person or, with --tap and no name, one after the other", Add);
  add_card(*adding, "Their card, in any spelling");
  adding->add_option("--first-name", arguments.first_name, "First name");
  adding->add_option("--last-name", arguments.last_name, "Last name");
  adding->add_option("--section", arguments.section, "Section");
  adding->add_option("--grade", arguments.grade, "Grade");
  adding->add_option("--email", arguments.email, "E-mail address");
  adding->add_option("--sex", arguments.sex, "M or F");
  adding->add_option("--lrn", arguments.lrn, "The learner's reference number, 12 digits");
  adding->add_option("--role", arguments.role, "student or teacher")
      ->check(CLI::IsMember({"student", "teacher"}, CLI::ignore_case))
      ->capture_default_str();
  add("remove", "Take one person out; their attendance stays", Remove)
      ->add_option("PERSON", arguments.person, kPerson)
      ->required();
  CLI::App* const replacing =
      add("replace-card", "Give a person another card; the old one is refused", ReplaceCard);
  replacing->add_option("PERSON", arguments.person, kPerson)->required();
  add_card(*replacing, "The new card, in any spelling");
}

}  // namespace tamtap::cli
