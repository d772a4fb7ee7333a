lane_carrier IN {carriers:Array(String)}
    AND lane_service IN {services:Array(String)}
    AND ({width:UInt8} = 3 OR lane_origin IN {origins:Array(String)})
    AND ({width:UInt8} != 1 OR lane_destination IN {destinations:Array(String)})
    AND concat(lane_carrier, '\t', lane_service) IN {families:Array(String)}
