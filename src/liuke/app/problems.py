"""Every error as RFC 9457 problem+json: one clear Chinese sentence, a stable code, the request's id."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from liuke.kernel.errors import Invalid, LiukeError, NotFound, Unavailable
from liuke.kernel.http import Problem

#: What a form can get wrong, by pydantic's name for it; ``{…}`` are the facts it gives.
_REASONS: Final = {
    "missing": "没有填写",
    "string_too_short": "至少 {min_length} 个字",
    "string_too_long": "最多 {max_length} 个字",
    "too_short": "至少 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "greater_than": "须大于 {gt}",
    "less_than": "须小于 {lt}",
    "enum": "只能是 {expected}",
    "literal_error": "只能是 {expected}",
    "extra_forbidden": "没有这一项",
    "json_invalid": "不是完整的 JSON",
    "string_pattern_mismatch": "格式不对",
}
_OTHER: Final = "格式不对"


class BodyTooLarge(Invalid):
    """提交的内容超过 {limit_mib} MB。请分批提交。"""

    status = 413


class BadForm(Invalid):
    """填写的内容有误：{field} {reason}。请修改后再试。"""


class BadCall(Invalid):
    """这个地址不支持这样的请求。请刷新页面后再试。"""


def problem(request: Request, fault: LiukeError, status: int | None = None) -> Response:
    """The answer that tells of an error."""
    body = Problem(
        type=f"urn:liuke:{fault.code}",
        title=type(fault).__name__,
        status=status or fault.status,
        detail=fault.message,
        code=fault.code,
        request_id=getattr(request.state, "request_id", ""),
        facts={name: value for name, value in fault.facts.items() if isinstance(value, str | int | bool)},
    )
    wait = fault.facts.get("retry_after_seconds", 2 if isinstance(fault, Unavailable) else None)
    headers = {"retry-after": str(wait)} if wait is not None else None
    return Response(body.model_dump_json(), body.status, headers, media_type="application/problem+json")


def answer_errors(app: FastAPI) -> None:
    """Turn every exception of the routes into a problem."""

    @app.exception_handler(LiukeError)
    def known(request: Request, fault: LiukeError) -> Response:
        return problem(request, fault)

    @app.exception_handler(RequestValidationError)
    def malformed(request: Request, fault: RequestValidationError) -> Response:
        return problem(request, _bad_form(fault.errors()[0]))

    @app.exception_handler(HTTPException)
    def plain(request: Request, fault: HTTPException) -> Response:
        return problem(request, NotFound() if fault.status_code == 404 else BadCall(), fault.status_code)

    @app.exception_handler(Exception)
    def unknown(request: Request, _fault: Exception) -> Response:
        return problem(request, LiukeError())


def _bad_form(fault: Mapping[str, Any]) -> BadForm:
    field = ".".join(str(part) for part in fault["loc"][1:])
    facts = {name: value for name, value in fault.get("ctx", {}).items() if isinstance(value, str | int | float)}
    return BadForm(field=field, reason=_REASONS.get(fault["type"], _OTHER).format_map(_Facts(facts)))


class _Facts(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "…"
