"""Against a running gateway that knows the demo CRM as `crm`, whose `add_note` waits for approval. gateway/test/story.test.ts
runs this with SALLYPORT_URL, SALLYPORT_TOKEN of a member and SALLYPORT_OWNER_TOKEN."""

import asyncio
import json
import os
import threading
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer
from unittest import mock

from sallyport import AsyncSallyport, PendingApproval, Sallyport, SallyportProblem, SallyportUnreachable, problems
from sallyport.adapters import anthropic_tools, openai_chat_tools, openai_response_tools

platform = Sallyport()
owner = Sallyport(token=os.environ["SALLYPORT_OWNER_TOKEN"])
ada = {"customer_id": "cus_0001"}


class Calls(unittest.TestCase):
    def test_an_action_is_a_function(self):
        self.assertEqual(platform.custom.crm.get_customer(customer_id="cus_0001")["name"], "Ada Okafor")
        self.assertEqual(platform.custom["crm"]["get_customer"](ada)["name"], "Ada Okafor")
        self.assertEqual(platform.custom.list(), ["crm"])
        schema = platform.custom.crm.schema()
        self.assertIn("get_customer", [action["action"] for action in schema["actions"]])

    def test_plain_words_read_and_only_plan_a_write(self):
        asked = platform.tools.call("Get the customer cus_0001")
        self.assertEqual((asked["status"], asked["call"]["payload"]["name"]), ("done", "Ada Okafor"))
        asked = platform.tools.call('Add a note "Called back" to customer cus_0001')
        self.assertEqual((asked["status"], asked["call"]["outcome"]), ("confirm", "not_sent"))
        self.assertIn("approval", platform.tools.call(asked["tool"], asked["arguments"]))

    def test_a_dry_run_answers_the_plan(self):
        result = platform.calls.create("crm", "add_note", {**ada, "text": "Plan"}, dry_run=True)
        self.assertEqual((result["outcome"], result["plan"]["method"]), ("not_sent", "POST"))

    def test_the_same_key_runs_once(self):
        results = [platform.calls.create("crm", "get_customer", ada, idempotency_key="python-1") for _ in range(2)]
        self.assertEqual(results[0]["id"], results[1]["id"])
        note = platform.custom.crm.add_note.with_options(idempotency_key="python-2")
        waiting = []
        for _ in range(2):
            with self.assertRaises(PendingApproval) as caught:
                note(**ada, text="Once")
            waiting.append(caught.exception.call_id)
        self.assertEqual(waiting[0], waiting[1])

    def test_mocks_and_cassettes(self):
        with self.assertRaises(problems.InvalidInput):
            platform.custom.crm.get_customer.with_options(mock="no_such_scenario")(ada)
        recorder = Sallyport(token=os.environ["SALLYPORT_OWNER_TOKEN"], record="python")
        recorded = recorder.custom.crm.get_customer(ada)
        replayed = Sallyport(replay="python").calls.create("crm", "get_customer", ada)
        self.assertEqual((replayed["payload"], replayed["outcome"]), (recorded, "not_sent"))

    def test_a_problem_has_the_class_of_its_code(self):
        with self.assertRaises(problems.EndpointNotFound) as caught:
            platform.custom.crm.get_customer(customer_id="cus_none")
        self.assertIsInstance(caught.exception, SallyportProblem)
        self.assertEqual((caught.exception.code, caught.exception.outcome), ("ENDPOINT_NOT_FOUND", "done"))
        self.assertEqual(platform.calls.get(caught.exception.call_id)["error_code"], "ENDPOINT_NOT_FOUND")
        with self.assertRaises(problems.Unauthenticated):
            Sallyport(token="sp_of_nobody").tools.list()

    def test_a_call_waits_for_its_approval(self):
        with self.assertRaises(PendingApproval) as caught:
            platform.custom.crm.add_note(**ada, text="Called back")
        pending = caught.exception
        with self.assertRaises(TimeoutError):
            platform.calls.wait(pending.call_id, timeout=0)
        with self.assertRaises(problems.Forbidden):
            platform.approvals.approve(pending.approval["id"])
        owner.approvals.approve(pending.approval["id"])
        record = platform.calls.wait(pending.call_id)
        self.assertEqual((record["status"], record["result"]["payload"]["text"]), ("succeeded", "Called back"))


class Awaited(unittest.IsolatedAsyncioTestCase):
    async def test_everything_can_be_awaited(self):
        platform = AsyncSallyport()
        customer, tools, slugs = await asyncio.gather(
            platform.custom.crm.get_customer(customer_id="cus_0001"),
            platform.tools.list(connector="crm"),
            platform.custom.list(),
        )
        self.assertEqual((customer["name"], slugs), ("Ada Okafor", ["crm"]))
        self.assertIn("crm_get_customer", [tool["name"] for tool in tools])
        self.assertEqual((await platform.custom.crm.schema())["connector"], "crm")
        self.assertEqual((await platform.tools.call("Get the customer cus_0001"))["status"], "done")
        with self.assertRaises(PendingApproval) as caught:
            await platform.custom.crm.add_note.with_options(idempotency_key="python-3")(**ada, text="No")
        waiting = asyncio.ensure_future(platform.calls.wait(caught.exception.call_id))
        await asyncio.to_thread(owner.approvals.reject, caught.exception.approval["id"], "Not today")
        self.assertEqual((await waiting)["status"], "rejected")


class Adapters(unittest.TestCase):
    def test_openai(self):
        chat = openai_chat_tools(platform, connector="crm")
        self.assertIn("crm_get_customer", [tool["function"]["name"] for tool in chat.tools])
        calls = [("1", "crm_get_customer", ada), ("2", "crm_add_note", {**ada, "text": "Hi"}), ("3", "crm_none", {})]
        functions = [
            {"id": id, "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
            for id, name, arguments in calls
        ]
        read, write, unknown = chat.run({"tool_calls": functions})
        self.assertEqual((read["tool_call_id"], json.loads(read["content"])["name"]), ("1", "Ada Okafor"))
        self.assertIn("do not call again", write["content"])
        self.assertIn("NOT_FOUND", unknown["content"])
        self.assertEqual(chat.run({"role": "assistant", "content": "Hello"}), [])

        responses = openai_response_tools(platform, strict=True, connector="crm")
        self.assertTrue(all(tool["strict"] for tool in responses.tools))
        call = {"type": "function_call", "call_id": "4", "name": "crm_get_customer", "arguments": json.dumps(ada)}
        (output,) = responses.run({"output": [{"type": "reasoning"}, call, {**call, "arguments": "{"}]})[:1]
        self.assertEqual((output["type"], output["call_id"]), ("function_call_output", "4"))

    def test_anthropic(self):
        toolbox = anthropic_tools(platform, connector="crm")
        use = {"type": "tool_use", "id": "1", "name": "crm_get_customer", "input": {"customer_id": "cus_none"}}
        (message,) = toolbox.run({"content": [{"type": "text", "text": "…"}, use]})
        (result,) = message["content"]
        self.assertEqual((message["role"], result["tool_use_id"], result["is_error"]), ("user", "1", True))
        self.assertIn("ENDPOINT_NOT_FOUND", result["content"])
        self.assertEqual(toolbox.run({"content": []}), [])


class Redirecting(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.seen.append(self.path)
        self.send_response(307)
        self.send_header("location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_):
        pass


class Addresses(unittest.TestCase):
    def test_a_token_follows_no_redirect(self):
        with HTTPServer(("127.0.0.1", 0), Redirecting) as server:
            server.seen = []
            threading.Thread(target=server.serve_forever, daemon=True).start()
            with self.assertRaisesRegex(SallyportUnreachable, "redirects to /elsewhere"):
                Sallyport(f"http://127.0.0.1:{server.server_address[1]}").tools.list()
            server.shutdown()
        self.assertEqual(len(server.seen), 1)
        with self.assertRaisesRegex(SallyportUnreachable, "No Sallyport gateway answers"):
            Sallyport(f"http://127.0.0.1:{server.server_address[1]}").tools.list()

    def test_an_id_reaches_no_other_route_and_an_address_must_be_one(self):
        for id in ("", ".", ".."):
            with self.assertRaises(ValueError):
                platform.calls.get(id)
        with mock.patch.dict(os.environ, {"SALLYPORT_URL": "file:///etc/passwd"}), self.assertRaises(ValueError):
            Sallyport()


if __name__ == "__main__":
    unittest.main()
