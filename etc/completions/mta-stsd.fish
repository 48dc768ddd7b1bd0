# SPDX-License-Identifier: MIT
# Completion for fish; a test compares it with mta-stsd --help.

complete -c mta-stsd -f
complete -c mta-stsd -s c -l config -rF -d 'The configuration'
complete -c mta-stsd -s h -l help -d 'Print the help'
complete -c mta-stsd -n __fish_use_subcommand -s V -l version \
    -d 'Print the version'

complete -c mta-stsd -n __fish_use_subcommand -a serve \
    -d 'Be the policy host, in the foreground'
complete -c mta-stsd -n __fish_use_subcommand -a collect \
    -d 'Take TLS reports by HTTPS, in the foreground'
complete -c mta-stsd -n __fish_use_subcommand -a check \
    -d 'Read everything, report everything that is wrong'
complete -c mta-stsd -n __fish_use_subcommand -a records \
    -d 'Print the DNS records to publish'
complete -c mta-stsd -n __fish_use_subcommand -a render \
    -d 'Print the exact bytes that are served'
complete -c mta-stsd -n __fish_use_subcommand -a import \
    -d 'Turn an mta-sts.txt into the TOML that serves the same'
complete -c mta-stsd -n __fish_use_subcommand -a health \
    -d 'Ask the running server whether it is ready'
complete -c mta-stsd -n __fish_use_subcommand -a status \
    -d 'Ask it what it serves, and who has fetched it'

set -l serve '__fish_seen_subcommand_from serve'
complete -c mta-stsd -n $serve -l allow-example \
    -d 'Serve placeholder names in public'
complete -c mta-stsd -n $serve -l allow-plain-http \
    -d 'Listen without TLS beyond this machine'
complete -c mta-stsd -n $serve -l log-format -x -a 'text json' \
    -d 'Form of the log'
complete -c mta-stsd -n $serve -l log-level -x \
    -a 'debug info warning error' -d 'Least level'

set -l collect '__fish_seen_subcommand_from collect'
complete -c mta-stsd -n $collect -l log-format -x -a 'text json' \
    -d 'Form of the log'
complete -c mta-stsd -n $collect -l log-level -x \
    -a 'debug info warning error' -d 'Least level'

complete -c mta-stsd -n '__fish_seen_subcommand_from health' -l collect \
    -d 'Ask collect, not serve'

set -l check '__fish_seen_subcommand_from check'
complete -c mta-stsd -n $check -l against -rF -d 'Judge the change from an older one'
complete -c mta-stsd -n $check -l format -x -a 'text json' \
    -d 'Form of the findings'
complete -c mta-stsd -n $check -l policies-only \
    -d 'Leave certificates and listeners out'
complete -c mta-stsd -n $check -l strict -d 'Exit 1 on warnings too'

set -l records '__fish_seen_subcommand_from records'
complete -c mta-stsd -n $records -l format -x \
    -a 'plain zone json nsupdate powerdns octodns dnscontrol route53
        terraform-cloudflare terraform-aws external-dns' \
    -d 'Form of the records'
complete -c mta-stsd -n $records -l ttl -x -d 'The same for all, in seconds'
complete -c mta-stsd -n $records -l only -x -a 'mta-sts tls-rpt host' \
    -d 'One part'
complete -c mta-stsd -n $records -l address -x \
    -d 'Where the policy host is'
complete -c mta-stsd -n $records -l delegate-to -x \
    -d 'CNAMEs to this provider'
complete -c mta-stsd -n $records -l diff -rF -d 'Compare with a zone file'

complete -c mta-stsd -n '__fish_seen_subcommand_from render' -l output \
    -x -a '(__fish_complete_directories)' -d 'Write files'

set -l import '__fish_seen_subcommand_from import'
complete -c mta-stsd -n $import -F
complete -c mta-stsd -n $import -l domain -x -d 'Whose policy it is'
complete -c mta-stsd -n $import -l mend -d 'Read what is plainly meant'
complete -c mta-stsd -n $import -l tls-rpt -x \
    -d 'The TXT record at _smtp._tls'

complete -c mta-stsd -n '__fish_seen_subcommand_from status' -l format \
    -x -a 'table json' -d 'Form of the answer'
