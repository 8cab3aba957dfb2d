complete -c lego-lite -f

complete -c lego-lite -n __fish_use_subcommand -a serve -d 'serve downloads; the same as no command'
complete -c lego-lite -n __fish_use_subcommand -a check -d 'list every problem in the config and the data tree'
complete -c lego-lite -n __fish_use_subcommand -a list -d 'list the certificates with the newest valid order of each'
complete -c lego-lite -n __fish_use_subcommand -a new-key -d 'make a new API key and its SHA-256'
complete -c lego-lite -n __fish_use_subcommand -a health -d 'ask a server whether it is well'

complete -c lego-lite -n 'not __fish_seen_subcommand_from new-key health' -l config -r -F -d 'the config file'
complete -c lego-lite -n 'not __fish_seen_subcommand_from new-key health' -l data -x -a '(__fish_complete_directories)' -d 'the data directory'
complete -c lego-lite -n 'not __fish_seen_subcommand_from check list new-key health' -l listen -x -d 'an address to listen on'
complete -c lego-lite -n '__fish_seen_subcommand_from check list' -l json -d 'print JSON'
complete -c lego-lite -n __fish_use_subcommand -l version -d 'show the version'
complete -c lego-lite -l help -d 'show help'
