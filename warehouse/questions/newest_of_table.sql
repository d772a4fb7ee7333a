    -- Parts know their last key; of what was told anew, too. So the rows of the last hour have the word.
    SELECT max(occurred_at) AS time, count() AS rows, (SELECT max(occurred_at) FROM {{table}}) AS latest
    FROM {{table}} FINAL
    WHERE occurred_at >= (SELECT max(occurred_at) - INTERVAL 1 HOUR FROM {{table}})
