# SPDX-License-Identifier: MIT
# Run by CPack on the tree that becomes the package. -n: no time, no name.
set(share ${CPACK_TEMPORARY_DIRECTORY}/usr/share)
set(docs ${share}/doc/mta-stsd)
file(COPY_FILE ${CPACK_DEBIAN_CHANGELOG} ${docs}/changelog.Debian)
file(COPY_FILE ${CPACK_UPSTREAM_CHANGELOG} ${docs}/changelog)
file(GLOB pages ${share}/man/man*/*)
execute_process(COMMAND gzip -9n ${docs}/changelog.Debian ${docs}/changelog
  ${pages} COMMAND_ERROR_IS_FATAL ANY)
