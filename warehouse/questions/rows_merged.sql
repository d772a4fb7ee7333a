{{table}} FINAL
