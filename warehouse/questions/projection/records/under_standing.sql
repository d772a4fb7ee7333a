-- Those whose lane was measured after a standing promise of the slice began, as it stands or as it stood before.
    SELECT a.occurred_at, a.record_id
    FROM attributions AS a
    CROSS JOIN
    (
        SELECT lane_carrier, lane_service, min(made_at) AS began
        FROM
        (
{{standing}}
        )
        GROUP BY lane_carrier, lane_service
    ) AS p
    WHERE a.measured_at >= p.began
        AND (p.lane_carrier = '' OR p.lane_carrier = a.lane_carrier)
        AND (p.lane_service = '' OR p.lane_service = a.lane_service)
