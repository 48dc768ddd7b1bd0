# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Completion for bash; a test compares it with mta-sts --help.

_mta_sts() {
  local word=$2 before=$3 command="" words="" i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case ${COMP_WORDS[i]} in
      -c | --config) ((++i)) ;;
      -*) ;;
      *)
        command+=${command:+ }${COMP_WORDS[i]}
        # A family, whose command follows.
        [[ $command == reports ]] || break
        ;;
    esac
  done

  case $command:$before in
    *:-c | *:--config | *:--ca | verify:--domains | verify:--facts | \
      verify:--resume)
      compopt -o default
      return
      ;;
    "reports summary:--format") words="text json prometheus html" ;;
    "reports summary:--days" | "reports summary:--until") return ;;
    reports:*) words="import summary" ;;
    "reports import":*) compopt -o default ;;
    publish:--log-format) words="text json" ;;
    verify:--format) words="text json jsonl prometheus" ;;
    verify:--fail-on) words="note warning error" ;;
    *:--dns | publish:--delete | verify:--connect-to | verify:--helo | \
      verify:--timeout | verify:--jobs)
      return
      ;;
    :*) words="verify publish reports" ;;
  esac

  if [[ $word == -* ]]; then
    words="-c --config -h --help"
    case $command in
      "") words+=" -V --version" ;;
      publish)
        words+=" --dry-run --yes --delete --watch --dns --ca --allow-private
          --log-format"
        ;;
      "reports import") words+=" --remove --all-domains" ;;
      "reports summary") words+=" --days --until --format" ;;
      verify)
        words+=" --planned --connect-to --domains --dns --trust-ad
          --authoritative --no-authoritative --no-smtp --without-sni --helo
          --ca --allow-private --timeout --jobs --format --fail-on --resume
          --facts"
        ;;
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -F _mta_sts mta-sts
