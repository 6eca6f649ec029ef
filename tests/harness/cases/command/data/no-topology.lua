return {switches = {"lan"}}
