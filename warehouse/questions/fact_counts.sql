-- Facts of one stream, each id once.
SELECT count() AS facts FROM {table:Identifier} AS t FINAL
