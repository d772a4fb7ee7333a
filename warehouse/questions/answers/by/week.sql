week
