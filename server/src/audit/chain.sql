-- The newest ?1 lines, the oldest of them first.
SELECT id, at, account, role, action, subject, outcome, hash
FROM (SELECT * FROM audit ORDER BY id DESC LIMIT ?1)
ORDER BY id
