channel
