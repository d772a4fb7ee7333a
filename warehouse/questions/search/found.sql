-- Records that contain what is sought. 工号 is the agent's own, or of an agent it praises.
    FROM records FINAL
    WHERE {{filters}}
        AND ({by_agent:String} = '' OR agent_no = {by_agent:String} OR has(praised.agent_no, {by_agent:String}))
        AND ({{sought}})
