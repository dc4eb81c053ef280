# The builds with sanitizers compile all files of a target as one, which spares two thirds of the
# work (docs/decisions/0025). Helpers in unnamed namespaces then meet each other: these files have one
# of a name that another file of their room has as well, and are compiled by themselves.
function(tamtap_apart directory)
  list(TRANSFORM ARGN PREPEND ${PROJECT_SOURCE_DIR}/${directory}/)
  set_source_files_properties(${ARGN} DIRECTORY ${PROJECT_SOURCE_DIR}/${directory}
    PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

tamtap_apart(src/base posix_disk.cc posix_file.cc)
tamtap_apart(src/sim mirror_operations.cc operations.cc plan_mirror.cc plan_stores.cc server.cc
  starts_without_store.cc world.cc)
tamtap_apart(src/http message.cc openssl.cc)
tamtap_apart(src/socketio socket_io.cc socket_io_test.cc)
tamtap_apart(src/picture picture.cc)
tamtap_apart(src/journal parting_test.cc reconcile.cc retention.cc segment_test.cc set_aside_test.cc)
tamtap_apart(src/sync photo_uplink.cc store_check.cc)
tamtap_apart(src/central mongo_failure.cc mongo_identity.cc mongo_voiding.cc sqlite_trust.cc)
tamtap_apart(src/server api_exports.cc attendance_pages.cc record_judge_test.cc school_cache.cc sign_in_limits.cc
  told_taps.cc voiding.cc voiding_test.cc)
tamtap_apart(tests/chaos ten_gates.cc)
tamtap_apart(src/cli compose.cc demo_school.cc existing_documents.cc former_staff.cc moving_in.cc
  photos.cc roster.cc roster_people.cc schedule.cc school_settings.cc serving.cc)
# Each subcommand has a type `Arguments` of its own, which gets a name of its file.
set_target_properties(tamtap PROPERTIES
  UNITY_BUILD_UNIQUE_ID TAMTAP_FILE
  UNITY_BUILD_CODE_BEFORE_INCLUDE [[
#define TAMTAP_JOIN_NOW(a, b) a##b
#define TAMTAP_JOIN(a, b) TAMTAP_JOIN_NOW(a, b)
#define Arguments TAMTAP_JOIN(ArgumentsOf_, TAMTAP_FILE)]])
