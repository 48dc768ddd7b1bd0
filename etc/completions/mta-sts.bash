# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Completion for bash; a test compares it with mta-sts --help.

_mta_sts() {
  COMPREPLY=()
  case $3 in
    -c | --config)
      compopt -o default
      return
      ;;
  esac
  if [[ $2 == -* ]]; then
    mapfile -t COMPREPLY < <(compgen \
      -W "-c --config -h --help -V --version" -- "$2")
  fi
}

complete -F _mta_sts mta-sts
