complete --keep-order --exclusive --command tieline --arguments "(TIELINE_COMPLETE=fish tieline -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token))"
