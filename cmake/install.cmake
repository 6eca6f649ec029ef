# What `cmake --install` puts where, by the GNU directory names; and the man page.
set(shared ${CMAKE_INSTALL_DATADIR}/mcast-harness)

install(TARGETS mcast-harness RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY scenarios/ DESTINATION ${shared}/scenarios)
install(DIRECTORY topologies/ DESTINATION ${shared}/topologies)
# Declarations of the scenario language for editors; the library itself is inside the binary.
install(DIRECTORY lua/meta/ DESTINATION ${shared}/lua
    FILES_MATCHING PATTERN "*.lua"
    PATTERN "core.lua" EXCLUDE
    PATTERN "job.lua" EXCLUDE)
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}
    FILES_MATCHING PATTERN "*.md" PATTERN "*.json")

find_program(SCDOC scdoc)
if(SCDOC)
    set(manual ${CMAKE_BINARY_DIR}/mcast-harness.1)
    add_custom_command(OUTPUT ${manual}
        COMMAND sh -c "\"$1\" <\"$2\" >\"$3.tmp\" && mv \"$3.tmp\" \"$3\"" sh
                ${SCDOC} ${CMAKE_SOURCE_DIR}/docs/mcast-harness.1.scd ${manual}
        DEPENDS docs/mcast-harness.1.scd
        COMMENT "Writing the man page"
        VERBATIM)
    add_custom_target(manual ALL DEPENDS ${manual})
    install(FILES ${manual} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
else()
    message(NOTICE "scdoc is not installed: building without the man page")
endif()
