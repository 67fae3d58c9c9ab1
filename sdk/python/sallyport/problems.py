# Generated from gateway/src/errors.ts by npm run generate.
"""A class for each code of a problem: `except problems.RateLimited`. docs/errors.md says what to do about each."""

from typing import Dict, Type

from .errors import SallyportProblem


class Unauthenticated(SallyportProblem):
    "The request to Sallyport carries no valid token or session."


class TwoFactorRequired(SallyportProblem):
    "The workspace lets in only people who sign in with a second factor, and this person has none yet."


class Forbidden(SallyportProblem):
    "The caller is known, but its role or scope does not permit this."


class NotFound(SallyportProblem):
    "Nothing with this id exists in the workspace, or the caller may not see it."


class InvalidInput(SallyportProblem):
    "The request does not match its schema."


class Conflict(SallyportProblem):
    "The thing has changed, or already exists, or has already been decided."


class PayloadTooLarge(SallyportProblem):
    "The request body is larger than the gateway accepts."


class UrlNotAllowed(SallyportProblem):
    "The address is outside the allowlist of the connector, or in a range the gateway never dials."


class RateLimited(SallyportProblem):
    "A limit of the action, the connection or the token was reached, or one of the API."


class ApprovalRequired(SallyportProblem):
    "The action needs a decision by a person, and there is none for this exact call."


class NeedsReauth(SallyportProblem):
    "The stored credential is missing, was revoked or can no longer be renewed."


class AuthenticationFailed(SallyportProblem):
    "The API answered 401 or 403: the stored credential is invalid, expired or lacks a permission."


class EndpointNotFound(SallyportProblem):
    "The API answered 404 or 410: the resource or the endpoint does not exist."


class Timeout(SallyportProblem):
    "The call did not finish before its deadline."


class SslError(SallyportProblem):
    "The API's certificate is expired, self-signed, or issued for another host, or the API does not take the client's."


class ConnectionRefused(SallyportProblem):
    "The host name does not resolve to an address the gateway may dial, or nothing accepts connections there."


class AgentUnavailable(SallyportProblem):
    "The connection leads through a private network, and none of its agents is connected to this gateway."


class AgentRefused(SallyportProblem):
    "The agent of the private network may not send this request: the host, the port, the connector or the secret is not in its own file."


class SchemaMismatch(SallyportProblem):
    "The API answered with something other than the action's output schema describes."


class ToolChanged(SallyportProblem):
    "An MCP server describes a tool in other words, or with another schema, than when an admin took it. It may do something else now."


class UpstreamError(SallyportProblem):
    "The API answered with a status that is not a success."


class ResponseTooLarge(SallyportProblem):
    "The decoded answer is larger than max_response_bytes of the connector."


class ScriptFailed(SallyportProblem):
    "The connector's script threw an error, or returned something that is no outcome."


class ScriptLimit(SallyportProblem):
    "The connector's script took more time, memory, requests or log than one run may have, and was ended."


class RecordingMissing(SallyportProblem):
    "The call is to be answered from a cassette that has no recording of this action with this input."


class RecordingStale(SallyportProblem):
    "The action has another method, path, request or schema than when the call was recorded."


class ModelNotConfigured(SallyportProblem):
    "This needs a language model, and the gateway has none: it is off by default."


class ModelFailed(SallyportProblem):
    "The endpoint of the language model refused the request, or answered something that cannot be used."


class OutcomeUnknown(SallyportProblem):
    "The request was sent, but the connection broke or timed out before an answer came."


class Unavailable(SallyportProblem):
    "The database cannot be reached, or the gateway is starting, stopping or overloaded."


class DecryptFailed(SallyportProblem):
    "The root key is not the one the secret was sealed with, or the stored data was altered."


class Internal(SallyportProblem):
    "A fault in Sallyport."


by_code: Dict[str, Type[SallyportProblem]] = {
    "UNAUTHENTICATED": Unauthenticated,
    "TWO_FACTOR_REQUIRED": TwoFactorRequired,
    "FORBIDDEN": Forbidden,
    "NOT_FOUND": NotFound,
    "INVALID_INPUT": InvalidInput,
    "CONFLICT": Conflict,
    "PAYLOAD_TOO_LARGE": PayloadTooLarge,
    "URL_NOT_ALLOWED": UrlNotAllowed,
    "RATE_LIMITED": RateLimited,
    "APPROVAL_REQUIRED": ApprovalRequired,
    "NEEDS_REAUTH": NeedsReauth,
    "AUTHENTICATION_FAILED": AuthenticationFailed,
    "ENDPOINT_NOT_FOUND": EndpointNotFound,
    "TIMEOUT": Timeout,
    "SSL_ERROR": SslError,
    "CONNECTION_REFUSED": ConnectionRefused,
    "AGENT_UNAVAILABLE": AgentUnavailable,
    "AGENT_REFUSED": AgentRefused,
    "SCHEMA_MISMATCH": SchemaMismatch,
    "TOOL_CHANGED": ToolChanged,
    "UPSTREAM_ERROR": UpstreamError,
    "RESPONSE_TOO_LARGE": ResponseTooLarge,
    "SCRIPT_FAILED": ScriptFailed,
    "SCRIPT_LIMIT": ScriptLimit,
    "RECORDING_MISSING": RecordingMissing,
    "RECORDING_STALE": RecordingStale,
    "MODEL_NOT_CONFIGURED": ModelNotConfigured,
    "MODEL_FAILED": ModelFailed,
    "OUTCOME_UNKNOWN": OutcomeUnknown,
    "UNAVAILABLE": Unavailable,
    "DECRYPT_FAILED": DecryptFailed,
    "INTERNAL": Internal,
}
