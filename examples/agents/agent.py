"""An agent in Python: a model behind any OpenAI-compatible endpoint, with the tools of a Sallyport token.

    npm run demo
    export SALLYPORT_TOKEN="$(cat .sallyport-demo/agent-token)"
    export MODEL_URL=http://127.0.0.1:11434/v1 MODEL=qwen3  # and MODEL_KEY where the endpoint asks for one
    PYTHONPATH=sdk/python python3 examples/agents/agent.py "Who of our customers is in Lagos?"
"""

import json
import os
import sys
from urllib.request import Request, urlopen

from sallyport import Sallyport
from sallyport.adapters import openai_chat_tools

MAX_TURNS = 10


def ask_model(messages, tools):
    """With the package `openai`: client.chat.completions.create(model=…, messages=messages, tools=tools)."""
    headers = {"content-type": "application/json", "authorization": "Bearer " + os.environ.get("MODEL_KEY", "none")}
    body = {"model": os.environ["MODEL"], "messages": messages, "tools": tools}
    request = Request(os.environ["MODEL_URL"] + "/chat/completions", json.dumps(body).encode(), headers)
    with urlopen(request, timeout=120) as answer:
        return json.load(answer)["choices"][0]["message"]


def main(question):
    toolbox = openai_chat_tools(Sallyport())
    messages = [{"role": "user", "content": question}]
    for _ in range(MAX_TURNS):
        message = ask_model(messages, toolbox.tools)
        answers = toolbox.run(message)
        if not answers:
            return message["content"]
        messages += [message, *answers]
    return f"No answer after {MAX_TURNS} turns."


print(main(" ".join(sys.argv[1:]) or "Who of our customers is in Lagos?"))
