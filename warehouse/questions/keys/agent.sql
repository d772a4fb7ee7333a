if(agent_no = '', [], [agent_no])
