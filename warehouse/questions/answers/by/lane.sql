lane
