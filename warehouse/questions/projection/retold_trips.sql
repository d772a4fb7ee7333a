-- Where orders had deliveries before a slice of the source told these anew.
SELECT hex(order_key) AS order, lane_carrier, lane_service, lane_origin, lane_destination, assumeNotNull(began) AS started_at
FROM retold
WHERE {{slice}} AND kept_in = 'deliveries' AND began IS NOT NULL AND order_key != toFixedString('', 16)
