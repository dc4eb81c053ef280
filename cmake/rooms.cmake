# How every target of ours is compiled, and the one way to declare a room (a static library) or a
# test. What a room links is the architecture: it sees the headers of these rooms and no other's, and
# they must have been declared before it, so the rooms stand on one another in one direction only.
# tests/rooms/check_rooms.py shows that this holds.

include(CheckLinkerFlag)
add_library(tamtap_flags INTERFACE)
target_compile_options(tamtap_flags INTERFACE -Wall -Wextra -Wconversion -Wshadow -Werror)
# What nothing calls is left out of a program: its pages would lie between those that are used.
target_compile_options(tamtap_flags INTERFACE -ffunction-sections -fdata-sections)
target_link_options(tamtap_flags INTERFACE -Wl,--gc-sections -Wl,--as-needed)
# A hundred kilobytes that the loader reads at every start become three.
# A linker that can't do it for a processor only warns.
check_linker_flag(CXX -Wl,--fatal-warnings,-z,pack-relative-relocs TAMTAP_PACKS_RELOCATIONS)
if(TAMTAP_PACKS_RELOCATIONS)
  target_link_options(tamtap_flags INTERFACE -Wl,-z,pack-relative-relocs)
endif()
target_link_libraries(tamtap_flags INTERFACE Threads::Threads)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # False alarms of this compiler on std::string and std::optional: gcc.gnu.org/PR105651, PR80635.
  target_compile_options(tamtap_flags INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(tamtap_flags INTERFACE -Wthread-safety)
endif()
if(TAMTAP_SANITIZE)
  target_compile_options(tamtap_flags INTERFACE -fsanitize=${TAMTAP_SANITIZE}
                                                -fno-omit-frame-pointer)
  target_link_options(tamtap_flags INTERFACE -fsanitize=${TAMTAP_SANITIZE})
  if(TAMTAP_SANITIZE MATCHES "thread")
    target_compile_options(tamtap_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  endif()
endif()

# A target in the folder src/FOLDER sees all of that folder, as "FOLDER/header.h": an include directory
# holds a link to the folder and nothing else.
function(tamtap_sees_own_folder target)
  get_filename_component(folder ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  set(directory ${CMAKE_BINARY_DIR}/rooms/${folder})
  file(MAKE_DIRECTORY ${directory})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${directory}/${folder} SYMBOLIC)
  target_include_directories(${target} PRIVATE ${directory})
endfunction()

define_property(GLOBAL PROPERTY TAMTAP_ROOMS BRIEF_DOCS "A line a room: its name, its folder and what it links")
# Refuses an arrow upwards, and writes down what a room or a program links.
function(tamtap_links name target headers deps private_deps)
  foreach(dep IN LISTS deps private_deps)
    if(dep MATCHES "^tamtap_" AND NOT TARGET ${dep})
      message(FATAL_ERROR "The room ${name} links ${dep}, which does not stand below it: a room links "
                          "only rooms that are declared before it (src/CMakeLists.txt).")
    endif()
  endforeach()
  get_filename_component(folder ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  set(line "${target}|${folder}|${headers}|${deps}|${private_deps}")
  string(REPLACE ";" " " line "${line}")
  set_property(GLOBAL APPEND PROPERTY TAMTAP_ROOMS "${line}")
endfunction()

# tamtap_room(journal SOURCES a.cc b.cc DEPS tamtap_base PRIVATE_DEPS tamtap_tap SQLite::SQLite3)
# DEPS are what the room's own headers include; who links the room sees these too. All else is
# PRIVATE_DEPS.
# HEADERS: what others see of a folder that has several rooms in it. Left out: the whole folder.
# SPEED: those of SOURCES that go through many records or bytes, so that the processor's time counts.
# IN_MODULES: modules have the room within them too.
function(tamtap_room name)
  cmake_parse_arguments(ROOM "IN_MODULES" "" "SOURCES;SPEED;HEADERS;DEPS;PRIVATE_DEPS" ${ARGN})
  tamtap_links(${name} tamtap_${name} "${ROOM_HEADERS}" "${ROOM_DEPS}" "${ROOM_PRIVATE_DEPS}")
  add_library(tamtap_${name} STATIC ${ROOM_SOURCES})
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    set_source_files_properties(${ROOM_SPEED} PROPERTIES COMPILE_OPTIONS -O2)
  endif()
  if(ROOM_IN_MODULES)
    set_target_properties(tamtap_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  endif()
  target_link_libraries(tamtap_${name} PUBLIC tamtap_flags ${ROOM_DEPS} PRIVATE ${ROOM_PRIVATE_DEPS})
  tamtap_sees_own_folder(tamtap_${name})
  get_filename_component(folder ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  if(ROOM_HEADERS)
    set(shown ${CMAKE_BINARY_DIR}/rooms/${folder}.${name})
    file(REMOVE_RECURSE ${shown})
    file(MAKE_DIRECTORY ${shown}/${folder})
    foreach(header IN LISTS ROOM_HEADERS)
      file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/${header} ${shown}/${folder}/${header} SYMBOLIC)
    endforeach()
  else()
    set(shown ${CMAKE_BINARY_DIR}/rooms/${folder})
  endif()
  target_include_directories(tamtap_${name} INTERFACE ${shown})
endfunction()

# tamtap_program(tamtap SOURCES main.cc DEPS tamtap_base CLI11::CLI11): build/tamtap
function(tamtap_program name)
  cmake_parse_arguments(PROGRAM "" "" "SOURCES;DEPS" ${ARGN})
  tamtap_links(${name} ${name} "" "" "${PROGRAM_DEPS}")
  add_executable(${name} ${PROGRAM_SOURCES})
  target_link_libraries(${name} PRIVATE tamtap_flags ${PROGRAM_DEPS})
  tamtap_sees_own_folder(${name})
endfunction()

# For the check of rooms: what was declared, in its order.
function(tamtap_write_rooms file)
  get_property(rooms GLOBAL PROPERTY TAMTAP_ROOMS)
  list(JOIN rooms "\n" rooms)
  file(WRITE ${file} "${rooms}\n")
endfunction()

# tamtap_module(mongodb SOURCES entry.cc DEPS tamtap_mongo): build/modules/libtamtap_mongodb.so, which
# exports `tamtap_module` (base/module.h) and nothing else. Who needs the binary whole depends on it.
add_custom_target(modules)
function(tamtap_module name)
  cmake_parse_arguments(MODULE "" "" "SOURCES;DEPS" ${ARGN})
  add_library(tamtap_${name}_module MODULE ${MODULE_SOURCES})
  tamtap_sees_own_folder(tamtap_${name}_module)
  target_link_libraries(tamtap_${name}_module PRIVATE tamtap_flags ${MODULE_DEPS})
  target_link_options(tamtap_${name}_module PRIVATE -Wl,--exclude-libs,ALL)
  # A sanitizer's functions are in the program alone.
  if(NOT TAMTAP_SANITIZE)
    target_link_options(tamtap_${name}_module PRIVATE -Wl,-z,defs)
  endif()
  set_target_properties(tamtap_${name}_module PROPERTIES
    OUTPUT_NAME tamtap_${name} CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/modules)
  add_dependencies(modules tamtap_${name}_module)
endfunction()

# What `ctest -L unit` runs.
add_custom_target(unit_tests)

# tamtap_test(journal SOURCES a_test.cc DEPS tamtap_journal): one executable a room, one ctest entry.
# WITHIN a program: ctest has that program start the test. ONE_THREAD: nothing in it starts a thread,
# so that the thread sanitizer has nothing to look at.
function(tamtap_test name)
  cmake_parse_arguments(TEST "ONE_THREAD" "" "SOURCES;DEPS;WITHIN" ${ARGN})
  add_executable(${name}_test ${TEST_SOURCES})
  tamtap_sees_own_folder(${name}_test)
  target_link_libraries(${name}_test PRIVATE tamtap_flags ${TEST_DEPS} GTest::gmock GTest::gtest_main)
  set_target_properties(${name}_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  # Eight files at a time: GoogleTest's headers are half of a test's compilation (docs/decisions/0025).
  if(NOT CMAKE_UNITY_BUILD)
    set_target_properties(${name}_test PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  endif()
  if(NOT (TEST_ONE_THREAD AND TAMTAP_SANITIZE MATCHES "thread"))
    add_test(NAME unit.${name} COMMAND ${TEST_WITHIN} $<TARGET_FILE:${name}_test>)
    set_tests_properties(unit.${name} PROPERTIES LABELS unit TIMEOUT 600)
    add_dependencies(unit_tests ${name}_test)
  endif()
endfunction()

# tamtap_fuzz(line SOURCES line_fuzz.cc DEPS tamtap_journal): with the fuzz preset a libFuzzer
# program (`make fuzz`); else a test that runs every input kept in tests/corpus/line.tar.xz. Either way
# they are unpacked into corpus/line in the build directory.
function(tamtap_fuzz name)
  cmake_parse_arguments(FUZZ "" "" "SOURCES;DEPS" ${ARGN})
  set(archive ${PROJECT_SOURCE_DIR}/tests/corpus/${name}.tar.xz)
  set(inputs ${CMAKE_BINARY_DIR}/corpus/${name})
  add_custom_command(
    OUTPUT ${inputs}.unpacked
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${inputs}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${inputs}
    COMMAND ${CMAKE_COMMAND} -E chdir ${inputs} ${CMAKE_COMMAND} -E tar xf ${archive}
    COMMAND ${CMAKE_COMMAND} -E touch ${inputs}.unpacked
    DEPENDS ${archive}
    VERBATIM)
  add_executable(${name}_fuzz ${FUZZ_SOURCES})
  tamtap_sees_own_folder(${name}_fuzz)
  target_link_libraries(${name}_fuzz PRIVATE tamtap_flags ${FUZZ_DEPS})
  set_target_properties(${name}_fuzz PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
  if(TAMTAP_SANITIZE MATCHES "fuzzer")
    target_link_options(${name}_fuzz PRIVATE -fsanitize=fuzzer)
    add_dependencies(fuzzers ${name}_fuzz)
    if(EXISTS ${archive})  # not yet for a new fuzzer: `make fuzz KEEP=1` makes it
      target_sources(${name}_fuzz PRIVATE ${inputs}.unpacked)
    endif()
  else()
    target_sources(${name}_fuzz PRIVATE ${PROJECT_SOURCE_DIR}/tests/corpus/corpus_main.cc
                                        ${inputs}.unpacked)
    if(NOT TAMTAP_SANITIZE MATCHES "thread")
      add_test(NAME corpus.${name} COMMAND ${name}_fuzz ${inputs})
      set_tests_properties(corpus.${name} PROPERTIES LABELS unit TIMEOUT 300)
      add_dependencies(unit_tests ${name}_fuzz)
    endif()
  endif()
endfunction()
add_custom_target(fuzzers)
