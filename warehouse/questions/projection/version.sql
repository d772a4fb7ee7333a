SELECT max(version) AS version FROM projected
