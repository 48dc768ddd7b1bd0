# SPDX-License-Identifier: MIT
# Completion for fish; a test compares it with mta-sts --help.

complete -c mta-sts -f
complete -c mta-sts -s c -l config -rF -d 'The configuration'
complete -c mta-sts -s h -l help -d 'Print the help'
complete -c mta-sts -n __fish_use_subcommand -s V -l version \
    -d 'Print the version'

complete -c mta-sts -n __fish_use_subcommand -a publish \
    -d 'Send the DNS records, once their policies are live'

complete -c mta-sts -n __fish_use_subcommand -a reports \
    -d 'Read and judge what senders report'

complete -c mta-sts -n __fish_use_subcommand -a verify \
    -d 'Look at domains as senders see them'

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

set -l reports '__fish_seen_subcommand_from reports'
set -l import "$reports; and __fish_seen_subcommand_from import"
set -l summary "$reports; and __fish_seen_subcommand_from summary"
set -l alone "$reports; and not __fish_seen_subcommand_from import summary"
complete -c mta-sts -n $alone -a import -d 'Read reports into the database'
complete -c mta-sts -n $alone -a summary -d 'Say what senders report'
complete -c mta-sts -n $import -F
complete -c mta-sts -n $import -l remove -d 'Remove files once they are read'
complete -c mta-sts -n $import -l all-domains \
    -d 'Also those that have no policy here'
complete -c mta-sts -n $summary -l days -x -d 'How many'
complete -c mta-sts -n $summary -l until -x -d 'The last of them'
complete -c mta-sts -n $summary -l format -x -a 'text json prometheus html' \
    -d 'Form of the output'

set -l verify '__fish_seen_subcommand_from verify'
complete -c mta-sts -n $verify -l planned -d 'Before anything is published'
complete -c mta-sts -n $verify -l connect-to -x \
    -d 'Where to look for the policy'
complete -c mta-sts -n $verify -l domains -rF -d 'A file of domains'
complete -c mta-sts -n $verify -l dns -x -d 'A resolver to look by'
complete -c mta-sts -n $verify -l trust-ad -d 'Believe what that has validated'
complete -c mta-sts -n $verify -l authoritative \
    -d 'Ask the name servers of zones, too'
complete -c mta-sts -n $verify -l no-authoritative \
    -d 'Leave the name servers of zones out'
complete -c mta-sts -n $verify -l no-smtp -d 'Leave MX hosts out'
complete -c mta-sts -n $verify -l without-sni -d 'Look without their name, too'
complete -c mta-sts -n $verify -l helo -x -d 'Name of this machine'
complete -c mta-sts -n $verify -l ca -rF -d 'Trusted roots'
complete -c mta-sts -n $verify -l allow-private \
    -d 'Ask private addresses, too'
complete -c mta-sts -n $verify -l timeout -x -d 'Of one conversation'
complete -c mta-sts -n $verify -l jobs -x -d 'Domains at a time'
complete -c mta-sts -n $verify -l fail-on -x -a 'note warning error' \
    -d 'What exit status 1 is for'
complete -c mta-sts -n $verify -l resume -rF -d 'Go on with this file'
complete -c mta-sts -n $verify -l facts -rF -d 'Judge what was seen before'
complete -c mta-sts -n $verify -l format -x -a 'text json jsonl prometheus' \
    -d 'Form of the output'
