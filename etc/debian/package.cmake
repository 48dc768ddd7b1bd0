# SPDX-License-Identifier: MIT
# What the Debian packages have beyond `cmake --install`, and how CPack makes them:
# cmake --workflow --preset package

set(package_dir ${CMAKE_CURRENT_LIST_DIR})

# The example, where systemd opens the port and the package has the folder.
file(READ ${PROJECT_SOURCE_DIR}/etc/mta-stsd.toml config)
foreach(change IN ITEMS
    "listen = [\"[::]:8443\"]>listen = [\"systemd\"]"
    "certificates = [\"/certs\"]>certificates = [\"/etc/mta-stsd/certs\"]")
  string(REGEX MATCH "^(.*)>(.*)$" change "${change}")
  string(FIND "${config}" "\n${CMAKE_MATCH_1}\n" found)
  if(found EQUAL -1)
    message(FATAL_ERROR "etc/mta-stsd.toml has no line ${CMAKE_MATCH_1}")
  endif()
  string(REPLACE "\n${CMAKE_MATCH_1}\n" "\n${CMAKE_MATCH_2}\n"
    config "${config}")
endforeach()
file(CONFIGURE OUTPUT debian/mta-stsd.toml CONTENT "${config}" @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/debian/mta-stsd.toml
  DESTINATION /etc/mta-stsd COMPONENT host)
install(FILES ${package_dir}/copyright
  DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT host)

# A package for each program, from one source.
set(CPACK_GENERATOR DEB)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL host)
set(CPACK_DEBIAN_HOST_PACKAGE_NAME mta-stsd)
if(MTASTSD_TOOL)
  install(FILES ${package_dir}/copyright
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/mta-sts COMPONENT tool)
  list(APPEND CPACK_COMPONENTS_ALL tool)
  set(CPACK_DEBIAN_TOOL_PACKAGE_NAME mta-sts)
  set(CPACK_DEBIAN_TOOL_PACKAGE_SOURCE mta-stsd)
endif()
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_VENDOR mta-stsd)
set(CPACK_PACKAGE_CONTACT "mta-stsd packagers <packagers@mta-stsd.example>"
  CACHE STRING "Maintainer of the Debian package")
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
set(CPACK_STRIP_FILES ON)
string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)  # SOURCE_DATE_EPOCH's
file(CONFIGURE OUTPUT debian/changelog @ONLY CONTENT
"mta-stsd (@PROJECT_VERSION@-1) unstable; urgency=medium

  * Version @PROJECT_VERSION@: see changelog.gz.

 -- @CPACK_PACKAGE_CONTACT@  @now@
")
set(CPACK_DEBIAN_CHANGELOG ${CMAKE_CURRENT_BINARY_DIR}/debian/changelog)
set(CPACK_UPSTREAM_CHANGELOG ${PROJECT_SOURCE_DIR}/CHANGELOG.md)
# Compresses manual pages and changelogs, as Debian wants them.
set(CPACK_PRE_BUILD_SCRIPTS ${package_dir}/compress.cmake)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION mail)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_HOST_PACKAGE_DEPENDS passwd)
set(CPACK_DEBIAN_HOST_PACKAGE_SUGGESTS "dehydrated | certbot, mta-sts")
# The roots that it trusts; --ca names others.
set(CPACK_DEBIAN_TOOL_PACKAGE_RECOMMENDS ca-certificates)
set(CPACK_DEBIAN_TOOL_PACKAGE_SUGGESTS mta-stsd)
# It would stand in front of both.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")
set(CPACK_DEBIAN_HOST_DESCRIPTION
"MTA-STS policy host
Serves MTA-STS policies (RFC 8461) over HTTPS, and prints the DNS records
that go with them: the receiving domain's side of MTA-STS and TLS-RPT.
.
It reads policies from TOML, refuses bad ones, and takes edits and new
certificates over while it runs, whole or not at all.")
set(CPACK_DEBIAN_TOOL_DESCRIPTION
"operator's tool for MTA-STS
Goes with mta-stsd, the policy host of MTA-STS (RFC 8461), for what that leaves
to others: to look at a domain as senders see it, and to change what stands
elsewhere. It needs no mta-stsd on the same machine.
.
It sends the DNS records of policies to a name server by DNS UPDATE or by the
API of PowerDNS, once the policies are live. It reads what senders report on
deliveries (TLS-RPT, RFC 8460), and says what failed, where and why.")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_HOST_PACKAGE_CONTROL_EXTRA
  ${package_dir}/conffiles ${package_dir}/postinst ${package_dir}/prerm
  ${package_dir}/postrm)
include(CPack)
