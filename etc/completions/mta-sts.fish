# SPDX-License-Identifier: MIT
# Completion for fish; a test compares it with mta-sts --help.

complete -c mta-sts -f
complete -c mta-sts -s c -l config -rF -d 'The configuration'
complete -c mta-sts -s h -l help -d 'Print the help'
complete -c mta-sts -n __fish_use_subcommand -s V -l version \
    -d 'Print the version'

complete -c mta-sts -n __fish_use_subcommand -a history \
    -d 'What was served when, and is held still'

complete -c mta-sts -n __fish_use_subcommand -a plan \
    -d 'Move to other MX hosts, step by step'

complete -c mta-sts -n __fish_use_subcommand -a publish \
    -d 'Send the DNS records, once their policies are live'

complete -c mta-sts -n __fish_use_subcommand -a reports \
    -d 'Read and judge what senders report'

complete -c mta-sts -n __fish_use_subcommand -a retire \
    -d 'Leave MTA-STS, step by step'

complete -c mta-sts -n __fish_use_subcommand -a verify \
    -d 'Look at domains as senders see them'

set -l past '__fish_seen_subcommand_from history'
set -l list "$past; and __fish_seen_subcommand_from list"
set -l files "$past; and __fish_seen_subcommand_from merge compact"
set -l copies "$past; and __fish_seen_subcommand_from import"
set -l known list merge compact import
set -l alone "$past; and not __fish_seen_subcommand_from $known"
complete -c mta-sts -n $alone -a list -d 'What was served when'
complete -c mta-sts -n $alone -a merge -d 'Print several histories as one'
complete -c mta-sts -n $alone -a compact -d 'Print what is held still'
complete -c mta-sts -n $alone -a import \
    -d 'Make a history of older configurations'
complete -c mta-sts -n $list -l history -rF -d 'What was served'
complete -c mta-sts -n $list -l format -x -a 'text json' \
    -d 'Form of the output'
complete -c mta-sts -n $files -F
complete -c mta-sts -n $copies -l lag -x -d 'Until a change was served'

set -l plan '__fish_seen_subcommand_from plan'
complete -c mta-sts -n $plan -l to -x -d 'All MX hosts that shall be'
complete -c mta-sts -n $plan -l moved -x \
    -d 'Since when the MX records are so'
complete -c mta-sts -n $plan -l helo -x -d 'Name of this machine'

set -l retire '__fish_seen_subcommand_from retire'
complete -c mta-sts -n $retire -l removed -x \
    -d 'Since when the record is gone'

set -l both '__fish_seen_subcommand_from plan retire'
complete -c mta-sts -n $both -l published -x \
    -d 'Since when the record is there'
complete -c mta-sts -n $both -l max-age -x -d 'The largest before that'
complete -c mta-sts -n $both -l history -rF -d 'What was served'
complete -c mta-sts -n $both -l format -x -a 'text json ics' \
    -d 'Form of the output'
complete -c mta-sts -n $both -l dns -x -d 'A resolver'
complete -c mta-sts -n $both -l ca -rF -d 'Trusted roots'
complete -c mta-sts -n $both -l allow-private \
    -d 'Ask private addresses, too'
complete -c mta-sts -n $both -l timeout -x -d 'Of one conversation'

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
set -l list "$reports; and __fish_seen_subcommand_from list"
set -l show "$reports; and __fish_seen_subcommand_from show"
set -l alert "$reports; and __fish_seen_subcommand_from alert"
set -l gate "$reports; and __fish_seen_subcommand_from gate"
set -l gc "$reports; and __fish_seen_subcommand_from gc"
set -l alone "$reports; and not __fish_seen_subcommand_from import summary \
    list show alert gate gc"
complete -c mta-sts -n $alone -a import -d 'Read reports into the database'
complete -c mta-sts -n $alone -a summary -d 'Say what senders report'
complete -c mta-sts -n $alone -a list -d 'List reports, the latest first'
complete -c mta-sts -n $alone -a show -d 'Show a report'
complete -c mta-sts -n $alone -a alert \
    -d 'Print failures above a threshold, if there are any'
complete -c mta-sts -n $alone -a gate \
    -d 'Say whether a policy may be enforced, and why'
complete -c mta-sts -n $alone -a gc -d 'Remove old reports'
complete -c mta-sts -n $import -F
complete -c mta-sts -n $import -l remove -d 'Remove files once they are read'
complete -c mta-sts -n $import -l all-domains \
    -d 'Also those that have no policy here'
complete -c mta-sts -n $summary -l days -x -d 'How many'
complete -c mta-sts -n $summary -l until -x -d 'The last of them'
complete -c mta-sts -n $summary -l format -x -a 'text json prometheus html' \
    -d 'Form of the output'

for one in $list $alert
    complete -c mta-sts -n $one -l days -x -d 'How many'
    complete -c mta-sts -n $one -l until -x -d 'The last of them'
end
for one in $list $show $alert $gate
    complete -c mta-sts -n $one -l format -x -a 'text json' \
        -d 'Form of the output'
end
complete -c mta-sts -n $list -l failed \
    -d 'Those with failed sessions alone'
complete -c mta-sts -n $list -l most -x -d 'Lines'
complete -c mta-sts -n $alert -l failures -x \
    -d 'From so many failed sessions on'
complete -c mta-sts -n $alert -l percent -x -d 'And from this share on'
complete -c mta-sts -n $gate -l no-verify -d "Don't look at the domain"
complete -c mta-sts -n $gate -l dns -x -d 'A resolver to look by'
complete -c mta-sts -n $gate -l no-smtp -d 'Leave MX hosts out'
complete -c mta-sts -n $gate -l ca -rF -d 'Trusted roots'
complete -c mta-sts -n $gate -l allow-private \
    -d 'Ask private addresses, too'
complete -c mta-sts -n $gate -l timeout -x -d 'Of one conversation'
complete -c mta-sts -n $gc -l keep -x -d 'How long'

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
