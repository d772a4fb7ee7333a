-- Orders whose ledger a slice of the source touches: those of its facts, and those under its standing promises. Rows that were
-- replaced name some in vain, which costs less than merging everything that is stored.
SELECT DISTINCT order_key AS key
FROM
(
    SELECT order_key FROM promises WHERE {{slice}}
    UNION ALL SELECT order_key FROM deliveries WHERE {{slice}}
    UNION ALL SELECT order_key FROM retold WHERE {{slice}} AND kept_in IN ('promises', 'deliveries')
{{orders_standing}}
{{open_orders}}
{{orders_ahead}}
)
WHERE order_key != toFixedString('', 16)
