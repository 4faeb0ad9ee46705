/** The part of the fish script that is the same everywhere: it reads what lives, and finds out what is being typed. */
export const FISH_LIVE = `
function __agentvm_home
    if set -q AGENTVM_HOME[1]; and test -n "$AGENTVM_HOME"
        echo $AGENTVM_HOME
    else
        echo $HOME/.agentvm
    end
end

# Names of agents (all, running or dead), or their tags, from the state files.
function __agentvm_agents
    set -l files (__agentvm_home)/state/*.env
    set -l names (string replace -r '.*/(.*)\\.env$' '$1' -- $files)
    if test $argv[1] = agents
        string join \\n -- $names
        return
    end
    set -l texts
    for file in $files
        set -l text
        read -z text <$file
        set -a texts $file\\n"$text"
    end
    if test $argv[1] = tags
        string replace -rf "(?s).*\\nAGENT_TAGS='([^\\n']+)'.*" '$1' -- $texts | string split ,
        return
    end
    # Those with a pid and no end, of this boot: one call for all of them.
    set -l boot
    test -r /proc/sys/kernel/random/boot_id; and read boot </proc/sys/kernel/random/boot_id
    set -l pattern "(?s)\\A[^\\n]*/([^\\n]+)\\.env\\n(?!.*\\nAGENT_ENDED_AT='[^'])(?!.*\\nAGENT_BOOT_ID='(?!$boot)[^']).*?AGENT_PID='?([1-9][0-9]*).*"
    set -l running
    # A call for each agent, or a second look at what the system has, would take as long as all the rest.
    set -l has_proc
    test -d /proc/self; and set has_proc 1
    set -l pid
    for line in (string replace -rf -- $pattern '$2\\n$1' $texts)
        if not set -q pid[1]
            set pid $line
            continue
        end
        if set -q has_proc[1]
            test -d /proc/$pid
        else
            kill -0 $pid 2>/dev/null
        end
        and set -a running $line
        set pid
    end
    if test $argv[1] = running
        string join \\n -- $running
    else
        for name in $names
            contains -- $name $running; or echo $name
        end
    end
end

# Names in the env file, never a value.
function __agentvm_env_file
    set -l file (__agentvm_home)/env
    test -r $file; or return
    while read -l line
        string match -r '^(?:export )?[A-Za-z_][A-Za-z0-9_]*(?==)' -- $line | string replace 'export ' ''
    end <$file
end

# Prints what a kind offers. $argv[2]: the argument before it.
function __agentvm_values
    switch $argv[1]
        case agents running dead tags
            __agentvm_agents $argv[1]
        case followed
            if contains -- -f $__agentvm_words; or contains -- --follow $__agentvm_words
                __agentvm_agents running
            else
                __agentvm_agents agents
            end
        case profiles
            __agentvm_installed profiles
            for file in (__agentvm_home)/profiles/*.env (__agentvm_home)/profiles/*.json
                string replace -r '.*/(.*)\\.(env|json)$' '$1' -- $file
            end
        case sandboxes plugins all-plugins settings
            __agentvm_installed $argv[1]
        case env-known
            __agentvm_installed env-known
            __agentvm_env_file
        case env-set
            __agentvm_env_file
        case trashed # its folders are TIME-NAME-ID
            for folder in (__agentvm_home)/trash/*-*-*T*Z-*-*/
                string replace -r '.*/[^/]*?T[^/-]*Z-(.*)-[^-]*/$' '$1' -- $folder
            end
        case value
            set -l kind (__agentvm_setting_kind $argv[2])
            test -n "$kind"; and __agentvm_values $kind
        case files
            __fish_complete_path $__agentvm_current
        case folders
            __fish_complete_directories $__agentvm_current
        case '=*'
            string split ' ' -- (string sub -s 2 -- $argv[1])
    end
end

function __agentvm_complete
    set -g __agentvm_words (commandline -opc)
    set -g __agentvm_current (commandline -ct)
    set -l words $__agentvm_words
    set -l current $__agentvm_current
    set -l last (count $words)
    if test $last -ge 2; and test $words[2] = help
        set -e words[2]
        test $last -le 3; and __agentvm_subcommands $words[2]
        return
    end
    if test $last -lt 2
        string match -q -- '-*' $current; and string join \\n -- --help --version
        __agentvm_subcommands ''
        return
    end
    set -l command $words[2]
    set -l index 3
    if __agentvm_subcommands $command >/dev/null
        if test $last -eq 2
            __agentvm_subcommands $command
        else if __agentvm_arguments "$command $words[3]" >/dev/null
            set command "$command $words[3]"
            set index 4
        end
    end
    set -l facts (__agentvm_arguments $command); or return
    set -l args $facts[3..-1]
    set -l count 1
    set -l previous
    while test $index -le $last
        set -l word $words[$index]
        if test "$word" = --
            test "$facts[2]" = dashes; or return
            set index (math $index + 1)
            complete -C (string join ' ' -- (string escape -- $words[$index..-1]) $current)
            return
        else if string match -q -- '-*' $word
            if not string match -q -- '*=*' $word; and set -l kind (__agentvm_flag_kind "$command $word")
                set index (math $index + 1)
                if test $index -gt $last
                    __agentvm_values $kind
                    return
                end
            end
        else
            set previous $word
            set count (math $count + 1)
        end
        set index (math $index + 1)
    end
    if string match -q -- '--*=*' $current
        set -l flag (string split -m 1 = -- $current)
        set -l kind (__agentvm_flag_kind "$command $flag[1]"); or return
        set __agentvm_current $flag[2]
        __agentvm_values $kind | string replace -r -- '^' "$flag[1]="
    else if string match -q -- '-*' $current
        __agentvm_flags $command
    else if test $count -le (count $args)
        __agentvm_values $args[$count] $previous
    else if test "$facts[1]" = many; and test (count $args) -gt 0
        __agentvm_values $args[-1] $previous
    end
end

complete -c agentvm -e
complete -c agentvm -f -a '(__agentvm_complete)'
`
