(order_key IN {{orders}} OR case_key IN {{cases}})
