ALTER TABLE positions {on_cluster} DELETE WHERE source = {source} SETTINGS mutations_sync = 2
