SELECT stream, bytes
FROM dead_letters FINAL
WHERE dead_letter_id = {id:String}
