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
        [[ $command == history || $command == reports ]] || break
        ;;
    esac
  done

  case $command:$before in
    *:-c | *:--config | *:--ca | verify:--domains | verify:--facts | \
      verify:--resume | plan:--history | retire:--history | \
      "history list:--history")
      compopt -o default
      return
      ;;
    "reports summary:--format") words="text json prometheus html" ;;
    "reports summary:--days" | "reports summary:--until") return ;;
    "history list:--format") words="text json" ;;
    "history import:--lag") return ;;
    history:*) words="list merge compact import" ;;
    "history merge":* | "history compact":*) compopt -o default ;;
    reports:*) words="import summary list show alert gate gc" ;;
    "reports list:--format" | "reports show:--format" | \
      "reports alert:--format" | "reports gate:--format")
      words="text json"
      ;;
    "reports alert:--days" | "reports alert:--failures" | \
      "reports alert:--percent" | "reports alert:--until" | \
      "reports gc:--keep" | "reports list:--days" | "reports list:--most" | \
      "reports list:--until")
      return
      ;;
    "reports import":*) compopt -o default ;;
    plan:--format | retire:--format) words="text json ics" ;;
    publish:--log-format) words="text json" ;;
    verify:--format) words="text json jsonl prometheus" ;;
    verify:--fail-on) words="note warning error" ;;
    *:--dns | publish:--delete | verify:--connect-to | verify:--helo | \
      *:--timeout | verify:--jobs | plan:--to | plan:--moved | \
      plan:--helo | *:--published | *:--max-age | retire:--removed)
      return
      ;;
    :*) words="verify publish plan retire history reports" ;;
  esac

  if [[ $word == -* ]]; then
    words="-c --config -h --help"
    case $command in
      "") words+=" -V --version" ;;
      publish)
        words+=" --dry-run --yes --delete --watch --dns --ca --allow-private
          --log-format"
        ;;
      "history list") words+=" --history --format" ;;
      "history import") words+=" --lag" ;;
      plan)
        words+=" --to --moved --helo --published --max-age --history --format
          --dns --ca --allow-private --timeout"
        ;;
      "reports import") words+=" --remove --all-domains" ;;
      "reports alert")
        words+=" --failures --percent --days --until --format"
        ;;
      "reports gate")
        words+=" --no-verify --format --dns --no-smtp --ca --allow-private
          --timeout"
        ;;
      "reports gc") words+=" --keep" ;;
      "reports list") words+=" --days --until --failed --most --format" ;;
      "reports show") words+=" --format" ;;
      "reports summary") words+=" --days --until --format" ;;
      retire)
        words+=" --removed --published --max-age --history --format --dns --ca
          --allow-private --timeout"
        ;;
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
