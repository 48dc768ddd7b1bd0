# SPDX-License-Identifier: MIT
# Run by CPack on the trees that become the packages. -n: no time, no name.
file(GLOB docs ${CPACK_TEMPORARY_DIRECTORY}/*/usr/share/doc/*)
foreach(folder IN LISTS docs)
  file(COPY_FILE ${CPACK_DEBIAN_CHANGELOG} ${folder}/changelog.Debian)
  file(COPY_FILE ${CPACK_UPSTREAM_CHANGELOG} ${folder}/changelog)
endforeach()
file(GLOB texts ${CPACK_TEMPORARY_DIRECTORY}/*/usr/share/man/man*/*
  ${CPACK_TEMPORARY_DIRECTORY}/*/usr/share/doc/*/changelog*)
execute_process(COMMAND gzip -9n ${texts} COMMAND_ERROR_IS_FATAL ANY)
