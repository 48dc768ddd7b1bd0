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
        command=${COMP_WORDS[i]}
        break
        ;;
    esac
  done

  case $command:$before in
    *:-c | *:--config | *:--ca | verify:--domains | verify:--facts | \
      verify:--resume)
      compopt -o default
      return
      ;;
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
