ALTER TABLE attributions DELETE WHERE version < {version} SETTINGS mutations_sync = 2;
ALTER TABLE promise_entries DELETE WHERE version < {version} SETTINGS mutations_sync = 2;
ALTER TABLE case_times DELETE WHERE version < {version} SETTINGS mutations_sync = 2;
ALTER TABLE contact_places DELETE WHERE version < {version} SETTINGS mutations_sync = 2;
ALTER TABLE lane_trips DELETE WHERE version < {version} SETTINGS mutations_sync = 2;
