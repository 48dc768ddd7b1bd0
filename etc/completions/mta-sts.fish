# SPDX-License-Identifier: MIT
# Completion for fish; a test compares it with mta-sts --help.

complete -c mta-sts -f
complete -c mta-sts -s c -l config -rF -d 'The configuration'
complete -c mta-sts -s h -l help -d 'Print the help'
complete -c mta-sts -n __fish_use_subcommand -s V -l version \
    -d 'Print the version'

complete -c mta-sts -n __fish_use_subcommand -a publish \
    -d 'Send the DNS records, once their policies are live'

set -l publish '__fish_seen_subcommand_from publish'
complete -c mta-sts -n $publish -l dry-run -d 'Print what would be sent'
complete -c mta-sts -n $publish -l yes -d 'Send without a question'
complete -c mta-sts -n $publish -l delete -x \
    -d 'Delete the records of this domain'
complete -c mta-sts -n $publish -l watch -d 'Be a service'
complete -c mta-sts -n $publish -l dns -x -d 'A resolver to look by'
complete -c mta-sts -n $publish -l ca -rF -d 'Trusted roots'
complete -c mta-sts -n $publish -l allow-private \
    -d 'Ask private addresses, too'
complete -c mta-sts -n $publish -l log-format -x -a 'text json' \
    -d 'Form of the log'
