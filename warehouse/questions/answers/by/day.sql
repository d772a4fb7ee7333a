day
