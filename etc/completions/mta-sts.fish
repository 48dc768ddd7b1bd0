# SPDX-License-Identifier: MIT
# Completion for fish; a test compares it with mta-sts --help.

complete -c mta-sts -f
complete -c mta-sts -s c -l config -rF -d 'The configuration'
complete -c mta-sts -s h -l help -d 'Print the help'
complete -c mta-sts -s V -l version -d 'Print the version'
