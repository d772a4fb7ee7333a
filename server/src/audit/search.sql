-- The newest first; an empty parameter filters nothing.
SELECT id, at, account, role, action, subject, outcome
FROM audit
WHERE id < :before
    AND (:account = '' OR account = :account)
    AND (:action = '' OR action = :action)
    AND (:subject = '' OR subject IN (:subject, :subject_key))
    AND (:since = '' OR at >= :since)
    AND (:until = '' OR at < :until)
ORDER BY id DESC
LIMIT :limit
