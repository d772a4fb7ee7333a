if(lane = '', [], [lane])
