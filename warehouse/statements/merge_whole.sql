-- One part of all, in which each key is once.
OPTIMIZE TABLE {{table}} FINAL
