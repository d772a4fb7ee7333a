TRUNCATE TABLE projected;
TRUNCATE TABLE attributions;
TRUNCATE TABLE promise_entries;
TRUNCATE TABLE case_times;
TRUNCATE TABLE contact_places
