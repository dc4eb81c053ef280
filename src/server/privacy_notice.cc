#include "server/privacy_notice.h"

#include <fmt/core.h>

namespace tamtap {
namespace {

// What holds at gates where the school has not said (cli/compose.cc).
constexpr int kJournalDays = 400;

int JournalDays(const SchoolSettings& settings) {
  const int records = settings.records_days.value_or(0);
  const int days = settings.journal_days.value_or(kJournalDays);
  return records > 0 && (days == 0 || days > records) ? records : days;
}

std::string For(int days) {
  return days > 0 ? fmt::format("for {} days", days)
                  : std::string("for as long as the school does not remove them");
}

std::string Nang(int days) {
  return days > 0 ? fmt::format("nang {} araw", days)
                  : std::string("hangga't hindi inaalis ng paaralan");
}

Notice English(const SchoolSettings& settings) {
  const std::string photos =
      settings.camera_enabled
          ? fmt::format(
                "Photos that gates with a camera take of each tap: {}. The camera only checks that "
                "one face is in the picture. It never recognises who somebody is.",
                For(settings.PhotoDays()))
          : "The cameras of the gates are off. Photos that were taken before are kept " +
                For(settings.PhotoDays()) + ".";
  const std::string contact = settings.privacy_contact.empty()
                                  ? std::string("Ask the office of the school, or a teacher.")
                                  : fmt::format("Ask {}.", settings.privacy_contact);
  return {
      "en",
      "What we keep about you, and for how long",
      {{"What is kept",
        {// NOLINTNEXTLINE(bugprone-suspicious-missing-comma): one paragraph
         "Your name, number, grade and section, the number of your card and of cards that you had "
         "before. If the school has entered them: your e-mail address, sex and LRN. These are kept "
         "while you are at the school, and after that until the school erases them.",
         fmt::format("Each tap of your card with its day, time and gate, and what teachers say of "
                     "a day (absent, excused, present), with who said it: {}.",
                     For(settings.records_days.value_or(0))),
         fmt::format("Taps that were turned away at a gate, and why: {}.",
                     For(settings.refusals_days)),
         photos,
         "If your guardians have asked to be told when you come, leave or stay away: their name, "
         "mail "
         "address or number, until they take it back. The gates never have these. What they were "
         "told is kept for 30 days.",
         "Who of the staff did what: who signed in, looked at photos, changed or exported data. "
         "This is kept for good."}},
       {"Where it is kept",
        {"On the school's own server, and for a while at the gates, so that nothing is lost when "
         "the network is down. It is not sold, and not used for advertising.",
         fmt::format("A gate keeps a copy of the taps that it recorded: {}.",
                     For(JournalDays(settings))),
         "Backups keep what they hold until they are replaced by newer ones."}},
       {"Who sees it",
        {"Teachers and advisers see the sections that they handle. Administrators see everything. "
         "The audit trail keeps who looked at photos and who took data away."}},
       {"What you can ask for",
        {"A copy of everything that is kept about you, in a file that you can open. A correction "
         "of what is wrong. And that all of it is erased, unless the law tells the school to keep "
         "it. Copies at gates and in backups go when their time is over.",
         contact}}}};
}

Notice Filipino(const SchoolSettings& settings) {
  const std::string photos =
      settings.camera_enabled
          ? fmt::format(
                "Ang mga larawang kinukuha sa bawat tap sa gate na may kamera: itinatago {}. "
                "Tinitingnan lang ng kamera kung may isang mukha sa larawan. Hindi nito kailanman "
                "kinikilala kung sino ang tao.",
                Nang(settings.PhotoDays()))
          : "Nakapatay ang mga kamera sa gate. Ang mga larawang kinuha noon ay itinatago " +
                Nang(settings.PhotoDays()) + ".";
  const std::string contact = settings.privacy_contact.empty()
                                  ? std::string("Magtanong sa opisina ng paaralan o sa isang guro.")
                                  : fmt::format("Magtanong sa: {}.", settings.privacy_contact);
  return {
      "fil",
      "Ano ang itinatago namin tungkol sa iyo, at gaano katagal",
      {{"Ano ang itinatago",
        {// NOLINTNEXTLINE(bugprone-suspicious-missing-comma): one paragraph
         "Ang iyong pangalan, numero, baitang at seksyon, ang numero ng iyong kard at ng mga dati "
         "mong kard. Kung inilagay ng paaralan: ang iyong e-mail, kasarian at LRN. Itinatago ang "
         "mga ito habang nasa paaralan ka, at pagkatapos hanggang burahin ng paaralan.",
         fmt::format("Ang bawat tap ng iyong kard kasama ang araw, oras at gate, at ang sinabi ng "
                     "mga guro tungkol sa isang araw (liban, may dahilan, pumasok), at kung sino "
                     "ang nagsabi: itinatago {}.",
                     Nang(settings.records_days.value_or(0))),
         fmt::format("Ang mga tap na tinanggihan sa gate, at kung bakit: itinatago {}.",
                     Nang(settings.refusals_days)),
         photos,
         "Kung humiling ang iyong mga tagapag-alaga na masabihan kapag dumating, umuwi o lumiban "
         "ka: "
         "ang kanilang pangalan, mail address o numero, hanggang bawiin nila ito. Wala nito sa mga "
         "gate. Itinatago nang 30 araw kung ano ang sinabi sa kanila.",
         "Kung sino sa mga kawani ang gumawa ng ano: sino ang nag-sign in, tumingin ng larawan, "
         "nagbago o naglabas ng datos. Itinatago ito nang walang takda."}},
       {"Saan itinatago",
        {"Sa sariling server ng paaralan, at pansamantala sa mga gate, para walang mawala kapag "
         "walang network. Hindi ito ipinagbibili, at hindi ginagamit sa patalastas.",
         fmt::format("May kopya ang gate ng mga tap na naitala nito: itinatago {}.",
                     Nang(JournalDays(settings))),
         "Hawak ng mga backup ang laman nila hanggang palitan sila ng mas bago."}},
       {"Sino ang nakakakita",
        {"Nakikita ng mga guro at tagapayo ang mga seksyong hawak nila. Nakikita ng mga "
         "administrador ang lahat. Nakatala kung sino ang tumingin ng mga larawan at kung sino ang "
         "naglabas ng datos."}},
       {"Ano ang puwede mong hilingin",
        {"Isang kopya ng lahat ng itinatago tungkol sa iyo, sa file na mabubuksan mo. Ang "
         "pagtatama "
         "ng mali. At ang pagbura ng lahat, maliban kung inuutos ng batas na itago ito ng "
         "paaralan. "
         "Ang mga kopya sa gate at sa backup ay nawawala kapag tapos na ang kanilang takda.",
         contact}}}};
}

}  // namespace

std::vector<Notice> PrivacyNotices(const SchoolSettings& settings) {
  return {English(settings), Filipino(settings)};
}

}  // namespace tamtap
