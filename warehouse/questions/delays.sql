'promise.eta_overpromise', 'fulfil.warehouse_late', 'fulfil.transit_delay', 'fulfil.tracking_stall', 'fulfil.lost'
