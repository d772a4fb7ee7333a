-- Badges that agents got in a span, by agent; :agents is a JSON list, or NULL for everybody.
SELECT thanked.agent_no, thanks.badge, count(*)
FROM thanks JOIN thanked USING (commendation_id, sent_by)
WHERE thanks.sent_at >= :since AND thanks.sent_at < :until
    AND (:agents IS NULL OR thanked.agent_no IN (SELECT value FROM json_each(:agents)))
GROUP BY thanked.agent_no, thanks.badge
ORDER BY sum(count(*)) OVER (PARTITION BY thanked.agent_no) DESC, thanked.agent_no, count(*) DESC, thanks.badge
LIMIT :limit
