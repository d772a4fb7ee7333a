greatest(order_key, case_key) = toFixedString('', 16)
