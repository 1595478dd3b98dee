"""GitHub's own words for what goes over the wire: githubkit's models, generated from its OpenAPI description."""

from datetime import datetime
from typing import Any, Literal, get_args, get_origin

from githubkit.versions.v2022_11_28 import models
from pydantic import BaseModel, TypeAdapter, ValidationError

REVIEW = models.PullRequestReview
BODIES: dict[str, Any] = {
    "POST reviews": models.ReposOwnerRepoPullsPullNumberReviewsPostBody,
    "PUT review": models.ReposOwnerRepoPullsPullNumberReviewsReviewIdPutBody,
    "POST check-runs": models.ReposOwnerRepoCheckRunsPostBodyOneof0 | models.ReposOwnerRepoCheckRunsPostBodyOneof1,
    "PATCH check-run": models.ReposOwnerRepoCheckRunsCheckRunIdPatchBodyAnyof0
    | models.ReposOwnerRepoCheckRunsCheckRunIdPatchBodyAnyof1,
    "POST statuses": models.ReposOwnerRepoStatusesShaPostBody,
}
ANSWERS: dict[str, Any] = {
    "GET pull": models.PullRequest,
    "GET pulls": list[models.PullRequestSimple],
    "GET reviews": list[REVIEW],
    "GET files": list[models.DiffEntry],
    "POST reviews": REVIEW,
    "PUT review": REVIEW,
    "GET check-runs": models.ReposOwnerRepoCommitsRefCheckRunsGetResponse200,
    "POST check-runs": models.CheckRun,
    "PATCH check-run": models.CheckRun,
    "GET statuses": list[models.Status],
    "POST statuses": models.Status,
}


def wrong(shape: Any, data: Any) -> str:
    """What is wrong with a body, its unknown keys included; empty when nothing is."""
    try:
        TypeAdapter(shape).validate_python(data)
    except ValidationError as error:
        return str(error)
    return _unknown(shape, data)


def made(model: type[BaseModel], **given: Any) -> dict[str, Any]:
    """An answer with what is given, and something legal in everything else a model requires."""
    rest = {
        field.alias or name: _value(field.annotation)
        for name, field in model.model_fields.items()
        if field.is_required() and (field.alias or name) not in given
    }
    return {**rest, **given}


def _value(kind: Any) -> Any:
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Literal:
        return parts[0]
    if type(None) in parts:
        return None
    if origin is list or kind is list:
        return []
    if parts and origin is not dict:
        return _value(parts[0])
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return made(kind)
    return {str: "x", int: 1, bool: False, float: 1.0, datetime: "2026-01-01T00:00:00Z"}.get(kind, {})


def _unknown(shape: Any, data: Any) -> str:
    """Pydantic passes over keys it does not know; GitHub's description does not."""
    if isinstance(data, list):
        return next((said for one in data if (said := _unknown(shape, one))), "")
    shapes = _models(shape)
    if not shapes or not isinstance(data, dict):
        return ""
    fields = {field.alias or name: field.annotation for one in shapes for name, field in one.model_fields.items()}
    if extra := data.keys() - fields.keys():
        return f"unknown keys: {sorted(extra)}"
    return next((said for name, value in data.items() if (said := _unknown(fields[name], value))), "")


def _models(kind: Any) -> list[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [kind]
    return [model for part in get_args(kind) for model in _models(part)]
