/** The part of the zsh script that is the same everywhere: it reads what lives, and finds out what is being typed. */
export const ZSH_LIVE = `
# Names of agents (all, running or dead), or their tags, from the state files.
_agentvm_agents() {
  local home=\${AGENTVM_HOME:-$HOME/.agentvm} file name state this_boot=
  local -a lines
  [[ -r /proc/sys/kernel/random/boot_id ]] && this_boot=$(</proc/sys/kernel/random/boot_id)
  for file in $home/state/*.env(N); do
    name=\${\${file:t}%.env}
    if [[ $1 == agents ]]; then
      values+=($name)
      continue
    fi
    lines=("\${(@f)$(<$file)}")
    if [[ $1 == tags ]]; then
      _agentvm_field TAGS
      values+=(\${(s:,:)REPLY})
      continue
    fi
    state=dead
    _agentvm_field PID
    if _agentvm_lives "$REPLY"; then
      _agentvm_field ENDED_AT
      if [[ -z $REPLY ]]; then
        _agentvm_field BOOT_ID
        [[ -n $REPLY && -n $this_boot && $REPLY != $this_boot ]] || state=running
      fi
    fi
    [[ $state == $1 ]] && values+=($name)
  done
  values=(\${(u)values})
}

# The value of a key of the state file whose lines are in lines, as REPLY.
_agentvm_field() {
  REPLY=\${\${(M)lines:#AGENT_$1=*}[1]#*=}
  REPLY=\${REPLY//\\'/}
}

_agentvm_lives() {
  [[ $1 == <1-> ]] || return 1
  if [[ -d /proc/self ]]; then [[ -d /proc/$1 ]]; else kill -0 $1 2>/dev/null; fi
}

# Names in the env file, never a value.
_agentvm_env_file() {
  local line file=\${AGENTVM_HOME:-$HOME/.agentvm}/env
  [[ -r $file ]] || return
  while read -r line; do
    line=\${line#export }
    [[ $line =~ '^[A-Za-z_][A-Za-z0-9_]*=' ]] && values+=(\${line%%=*})
  done <$file
}

# Sets values to what a kind offers; fails for files.
_agentvm_values() {
  local file
  values=()
  case $1 in
  (agents|running|dead|tags) _agentvm_agents $1 ;;
  (followed) if (( \${words[(I)(-f|--follow)]} )); then _agentvm_agents running; else _agentvm_agents agents; fi ;;
  (profiles)
    _agentvm_installed profiles
    for file in \${AGENTVM_HOME:-$HOME/.agentvm}/profiles/*.(env|json)(N); do values+=(\${file:t:r}); done
    ;;
  (sandboxes|plugins|all-plugins|settings) _agentvm_installed $1 ;;
  (env-known) _agentvm_installed env-known; _agentvm_env_file ;;
  (env-set) _agentvm_env_file ;;
  (trashed) # its folders are TIME-NAME-ID
    for file in \${AGENTVM_HOME:-$HOME/.agentvm}/trash/????-??-??T*Z-*-*(N/); do
      values+=(\${\${\${file:t}#*Z-}%-*})
    done
    ;;
  (value) _agentvm_setting_kind "$2"; _agentvm_values $kind ;;
  (files|folders) return 1 ;;
  ('='*) values=(\${(s: :)1#=}) ;;
  esac
}

_agentvm_reply() {
  if [[ $1 == folders ]]; then
    _files -/
  elif [[ $1 == files ]]; then
    _files
  else
    _agentvm_values "$1" "$2"
    (( $#values )) && compadd -- "\${(@)values}"
  fi
}

_agentvm_complete() {
  emulate -L zsh
  setopt extended_glob
  local -a values flags args
  local command kind many dashes word previous
  integer index=3 count=0
  if [[ $words[2] == help && $CURRENT -gt 2 ]]; then
    if (( CURRENT == 3 )); then
      _agentvm_subcommands ''
    else
      (( CURRENT == 4 )) && _agentvm_subcommands "$words[3]"
    fi
    _describe -t commands command values
    return
  fi
  if (( CURRENT == 2 )); then
    _agentvm_subcommands ''
    [[ $words[2] == -* ]] && values=('--help:Show help' '--version:Print the version')
    _describe -t commands command values
    return
  fi
  command=$words[2]
  if _agentvm_subcommands "$command"; then
    if (( CURRENT == 3 )); then
      [[ $words[3] == -* ]] || _describe -t commands command values
    elif _agentvm_arguments "$command $words[3]"; then
      command+=" $words[3]"
      index=4
    fi
  fi
  _agentvm_arguments "$command" || return
  for (( ; index < CURRENT; index++ )); do
    word=$words[index]
    if [[ $word == -- ]]; then
      [[ -n $dashes ]] || return
      shift $index words
      (( CURRENT -= index ))
      _normal
      return
    elif [[ $word == -* ]]; then
      if [[ $word != *=* ]] && _agentvm_flag_kind "$command $word"; then
        (( index++ ))
        if (( index == CURRENT )); then
          _agentvm_reply $kind
          return
        fi
      fi
    else
      previous=$word
      (( count++ ))
    fi
  done
  word=$words[CURRENT]
  if [[ $word == --*=* ]]; then
    _agentvm_flag_kind "$command \${word%%=*}" || return
    compset -P 1 '*='
    _agentvm_reply $kind
  elif [[ $word == -* ]]; then
    _agentvm_flags "$command"
    _describe -o -t flags flag flags
  elif (( count < $#args )); then
    _agentvm_reply $args[count+1] "$previous"
  elif [[ -n $many && $#args -gt 0 ]]; then
    _agentvm_reply $args[-1] "$previous"
  fi
}
`
