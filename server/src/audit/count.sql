SELECT count(*)
FROM audit
WHERE (:account = '' OR account = :account)
    AND (:action = '' OR action = :action)
    AND (:subject = '' OR subject IN (:subject, :subject_key))
    AND (:since = '' OR at >= :since)
    AND (:until = '' OR at < :until)
