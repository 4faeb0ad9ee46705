/** The part of the bash script that is the same everywhere: it reads what lives, and finds out what is being typed. */
export const BASH_LIVE = `
# Names of agents (all, running or dead), or their tags, from the state files.
_agentvm_agents() {
  local home=\${AGENTVM_HOME:-$HOME/.agentvm} file text name state tags this_boot= tag seen=,
  local pid tagged=$'\\n'"AGENT_TAGS='?([^'"$'\\n'"]+)"
  [[ -r /proc/sys/kernel/random/boot_id ]] && read -r this_boot </proc/sys/kernel/random/boot_id
  for file in "$home"/state/*.env; do
    [[ -r $file ]] || continue
    name=\${file##*/}
    name=\${name%.env}
    if [[ $1 == agents ]]; then
      values+=("$name")
      continue
    fi
    IFS= read -r -d '' text <"$file"
    if [[ $1 == tags ]]; then
      [[ $text =~ $tagged ]] || continue
      tags=\${BASH_REMATCH[1]}
      while [[ $tags ]]; do
        tag=\${tags%%,*}
        tags=\${tags#"$tag"}
        tags=\${tags#,}
        [[ $seen == *",$tag,"* ]] || values+=("$tag")
        seen+=$tag,
      done
      continue
    fi
    # By patterns: bash's regular expressions take three times as long. The first key is near the start, the others near the end.
    state=dead pid=\${text#*AGENT_PID=}
    pid=\${pid%%$'\\n'*}
    pid=\${pid//\\'/}
    if _agentvm_lives "$pid"; then
      state=running
      [[ $text == *$'\\n'AGENT_ENDED_AT=\\'[!\\']* ]] && state=dead
      [[ $this_boot && $text == *$'\\n'AGENT_BOOT_ID=\\'[!\\']* && $text != *$'\\n'AGENT_BOOT_ID=\\'"$this_boot"\\'* ]] && state=dead
    fi
    [[ $state == "$1" ]] && values+=("$name")
  done
}

_agentvm_lives() {
  [[ $1 == [1-9]* && $1 != *[!0-9]* ]] || return 1
  if [[ -d /proc/self ]]; then [[ -d /proc/$1 ]]; else kill -0 "$1" 2>/dev/null; fi
}

# Names of agents in the trash, from its folders: TIME-NAME-ID.
_agentvm_trashed() {
  local folder
  for folder in "\${AGENTVM_HOME:-$HOME/.agentvm}"/trash/*/; do
    folder=\${folder%/}
    folder=\${folder##*/}
    [[ $folder == ????-??-??T*Z-*-* ]] || continue
    folder=\${folder#*Z-}
    values+=("\${folder%-*}")
  done
}

# Names in the env file, never a value.
_agentvm_env_file() {
  local line
  [[ -r \${AGENTVM_HOME:-$HOME/.agentvm}/env ]] || return
  while read -r line; do
    line=\${line#export }
    [[ $line =~ ^[A-Za-z_][A-Za-z0-9_]*= ]] && values+=("\${line%%=*}")
  done <"\${AGENTVM_HOME:-$HOME/.agentvm}/env"
}

_agentvm_own_profiles() {
  local file
  for file in "\${AGENTVM_HOME:-$HOME/.agentvm}"/profiles/*.{env,json}; do
    [[ -e $file ]] || continue
    file=\${file##*/}
    values+=("\${file%.*}")
  done
}

# Sets values to what a kind offers.
_agentvm_values() {
  local IFS=$' \\t\\n' word
  values=()
  case $1 in
  agents | running | dead | tags) _agentvm_agents "$1" ;;
  followed)
    for word in "\${words[@]}"; do [[ $word == -f || $word == --follow ]] && { _agentvm_agents running; return; }; done
    _agentvm_agents agents
    ;;
  profiles) _agentvm_installed profiles; _agentvm_own_profiles ;;
  sandboxes | plugins | all-plugins | settings) _agentvm_installed "$1" ;;
  env-known) _agentvm_installed env-known; _agentvm_env_file ;;
  env-set) _agentvm_env_file ;;
  trashed) _agentvm_trashed ;;
  value) _agentvm_setting_kind "$2"; _agentvm_values "$kind" ;;
  =*) values=(\${1#=}) ;;
  esac
}

# Offers files, by readline where it can: it knows how to quote them.
_agentvm_files() {
  local IFS=$'\\n' action=-f
  [[ $1 == folders ]] && action=-d
  if [[ $1 == files ]] && compopt -o default 2>/dev/null; then return; fi
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen "$action" -- "$cur"))
}

# Offers those of values that begin with what was typed.
_agentvm_offer() {
  local value quoted
  for value in "\${values[@]}"; do
    [[ $value == "$cur"* ]] || continue
    printf -v quoted %q "$value"
    COMPREPLY+=("$quoted")
  done
}

# The words up to the cursor, also where readline splits them at = and :
_agentvm_split() {
  local rest=\${COMP_LINE:0:COMP_POINT} index word lead last
  words=()
  for ((index = 0; index <= COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    lead=\${rest%%[![:space:]]*}
    rest=\${rest#"$lead"}
    if ((index == COMP_CWORD)); then word=$rest; fi
    last=$((\${#words[@]} - 1))
    if [[ ! $lead && $last -ge 0 ]]; then words[last]+=$word; else words+=("$word"); fi
    rest=\${rest#"$word"}
  done
  cur=\${words[\${#words[@]} - 1]}
}

_agentvm_complete() {
  local -a words=() values=() flags=() args=()
  local cur= command= kind= many= dashes= index=2 last word previous= count=0 typed
  COMPREPLY=()
  _agentvm_split
  typed=$cur
  last=$((\${#words[@]} - 1))
  if [[ \${words[1]} == help && $last -ge 2 ]]; then
    words=("\${words[0]}" "\${words[@]:2}")
    last=$((last - 1))
    if ((last == 1)); then _agentvm_subcommands ''; else _agentvm_subcommands "\${words[1]}"; fi
    ((last <= 2)) && _agentvm_offer
    return
  fi
  if ((last == 1)); then
    if [[ $cur == -* ]]; then values=(--help --version); else _agentvm_subcommands ''; fi
    _agentvm_offer
    return
  fi
  command=\${words[1]}
  if _agentvm_subcommands "$command"; then
    if ((last == 2)); then
      [[ $cur == -* ]] || _agentvm_offer
    elif _agentvm_arguments "$command \${words[2]}"; then
      command+=" \${words[2]}"
      index=3
    fi
  fi
  _agentvm_arguments "$command" || return
  for (( ; index < last; index++)); do
    word=\${words[index]}
    if [[ $word == -- ]]; then
      [[ $dashes ]] || return
      _agentvm_command_line "$index"
      return
    elif [[ $word == -* ]]; then
      if [[ $word != *=* ]] && _agentvm_flag_kind "$command $word"; then
        index=$((index + 1))
        if ((index == last)); then
          _agentvm_reply "$kind" ''
          return
        fi
      fi
    else
      previous=$word
      count=$((count + 1))
    fi
  done
  if [[ $cur == --*=* ]]; then
    _agentvm_flag_kind "$command \${cur%%=*}" || return
    cur=\${cur#*=}
    _agentvm_reply "$kind" ''
  elif [[ $cur == -* ]]; then
    _agentvm_flags "$command"
    values=("\${flags[@]}")
    _agentvm_offer
  elif ((count < \${#args[@]})); then
    _agentvm_reply "\${args[count]}" "$previous"
  elif [[ $many && \${#args[@]} -gt 0 ]]; then
    _agentvm_reply "\${args[\${#args[@]} - 1]}" "$previous"
  fi
}

# The user's own command after --: its name from PATH, then files.
_agentvm_command_line() {
  local IFS=$'\\n'
  if ((last == $1 + 1)); then COMPREPLY+=($(compgen -c -- "$cur")); else _agentvm_files files; fi
}

_agentvm_reply() {
  local before=\${typed%"$cur"} broken=\${cur%"\${cur##*[=:]}"} index
  if [[ $1 == files || $1 == folders ]]; then
    _agentvm_files "$1"
    return
  fi
  _agentvm_values "$1" "$2"
  _agentvm_offer
  # readline replaces only what stands after the last of its breaks.
  for index in "\${!COMPREPLY[@]}"; do
    if [[ $COMP_WORDBREAKS == *=* ]]; then
      COMPREPLY[index]=\${COMPREPLY[index]#"$broken"}
    else
      COMPREPLY[index]=$before\${COMPREPLY[index]}
    fi
  done
}

complete -F _agentvm_complete agentvm
`
