order_key IN {{orders}}
