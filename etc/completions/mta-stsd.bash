# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Completion for bash; a test compares it with mta-stsd --help.

_mta_stsd() {
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
    *:-c | *:--config | check:--against | records:--diff)
      compopt -o default
      return
      ;;
    render:--output)
      compopt -o dirnames
      return
      ;;
    serve:--log-format | collect:--log-format | check:--format)
      words="text json"
      ;;
    serve:--log-level | collect:--log-level) words="debug info warning error" ;;
    records:--format)
      words="plain zone json nsupdate powerdns octodns dnscontrol route53
        terraform-cloudflare terraform-aws external-dns"
      ;;
    records:--only) words="mta-sts tls-rpt host" ;;
    status:--format) words="table json" ;;
    records:--ttl | records:--address | records:--delegate-to) return ;;
    import:--domain | import:--tls-rpt) return ;;
    :*) words="serve collect check records render import health status" ;;
    import:*) compopt -o default ;;
  esac

  if [[ $word == -* ]]; then
    words="-c --config -h --help"
    case $command in
      "") words+=" -V --version" ;;
      serve)
        words+=" --allow-example --allow-plain-http --log-format --log-level"
        ;;
      collect) words+=" --log-format --log-level" ;;
      check) words+=" --against --format --policies-only --strict" ;;
      records)
        words+=" --format --ttl --only --address --delegate-to --diff"
        ;;
      render) words+=" --output" ;;
      import) words+=" --domain --mend --tls-rpt" ;;
      health) words+=" --collect" ;;
      status) words+=" --format" ;;
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -F _mta_stsd mta-stsd
