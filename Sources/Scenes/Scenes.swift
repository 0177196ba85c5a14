// (filled by the target's first files)
