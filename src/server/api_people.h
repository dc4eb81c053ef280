// People as the API shows them.
#pragma once

#include <boost/json/fwd.hpp>
#include <functional>

#include "http/message.h"
#include "roster/roster.h"
#include "server/router.h"
#include "tap/school.h"

namespace tamtap {

// {nfc_id, tamtap_id, name, first_name, last_name, email, grade, section, registered, card, sex,
// lrn}
boost::json::object PersonJson(const Person& person);

// People of that role whom the caller may see and `keep` wants, in pages (list_page.h). `more`
// stands in the answer too.
http::Response ListPeople(const Call& call, const Roster& roster, Role role,
                          const std::function<bool(const Person&)>& keep, boost::json::object more);

}  // namespace tamtap
