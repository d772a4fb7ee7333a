if(agent_no = '' OR has(exonerated, agent_no), [], [agent_no])
