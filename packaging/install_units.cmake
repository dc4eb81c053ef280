# Run by `cmake --install`: the units of systemd, with the sandbox that they share and the path of the
# program.
set(BINDIR ${CMAKE_INSTALL_PREFIX}/bin)
file(READ ${PACKAGING}/units/sandbox SANDBOX)
string(STRIP "${SANDBOX}" SANDBOX)
set(filled "")
foreach(unit IN LISTS UNITS)
  configure_file(${PACKAGING}/units/${unit} ${MADE}/units/${unit} @ONLY)
  list(APPEND filled ${MADE}/units/${unit})
endforeach()
file(INSTALL ${filled} DESTINATION ${CMAKE_INSTALL_PREFIX}/lib/systemd/system)
