-- Those whose lane was measured after a delivery or a standing promise of the slice began, as it stands or as it stood before, and
-- those that rest on a fact which the slice tells anew: it may have left the order it was told of. Of an order's deliveries one
-- counts, so all of them may change places.
    SELECT a.occurred_at, a.record_id
    FROM attributions AS a FINAL
    LEFT JOIN
    (
        SELECT lane_carrier, lane_service, min(began) AS began
        FROM
        (
            SELECT lane_carrier, lane_service, started_at AS began
            FROM deliveries
            WHERE order_key IN
            (
                SELECT order_key FROM deliveries WHERE {{slice}}
                UNION ALL SELECT order_key FROM retold WHERE {{slice}} AND kept_in = 'deliveries'
            )
            UNION ALL SELECT lane_carrier, lane_service, assumeNotNull(began)
            FROM retold
            WHERE {{slice}} AND kept_in = 'deliveries' AND began IS NOT NULL
            UNION ALL SELECT carrier, service, made_at
            FROM
            (
                SELECT DISTINCT d.lane_carrier AS carrier, d.lane_service AS service, p.made_at AS made_at
                FROM
                (
{{standing}}
                ) AS p
                CROSS JOIN (SELECT DISTINCT lane_carrier, lane_service FROM attributions) AS d
                WHERE (p.lane_carrier = '' OR p.lane_carrier = d.lane_carrier)
                    AND (p.lane_service = '' OR p.lane_service = d.lane_service)
            )
        )
        GROUP BY lane_carrier, lane_service
    ) AS f ON f.lane_carrier = a.lane_carrier AND f.lane_service = a.lane_service
    WHERE (a.measured_at IS NOT NULL AND f.began > fromUnixTimestamp64Milli(toInt64(0)) AND a.measured_at >= f.began)
        OR arrayExists(id -> id IN
            (
                SELECT event_id FROM promises WHERE {{slice}}
                UNION ALL SELECT event_id FROM deliveries WHERE {{slice}}
            ), a.evidence)
