-- Every id, also of rows that were replaced: whoever asks wants to know what may have been stored.
SELECT {id:Identifier} AS id FROM {table:Identifier}
