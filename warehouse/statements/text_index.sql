-- The index that search in ClickHouse stands on: pairs of characters, so that any run of two or more is found.
ALTER TABLE records {{on_cluster}}
    ADD INDEX IF NOT EXISTS by_text lowerUTF8(text) TYPE text(tokenizer = ngrams(2));
-- What is stored already. Until this is done such parts are read whole, and found all the same.
ALTER TABLE records {{on_cluster}} MATERIALIZE INDEX by_text
